import type { Level } from "./protocol";
import type { RoomState } from "./state";

export interface AreaRank {
  area: string | null;
  worst: Level;
  sites: number;
  countByLevel: Record<Level, number>;
  abnormal: number;
}

/** Districts with the worst first: the highest level, then how many sites have it, then how many are abnormal at all. */
export function rankAreas(room: RoomState): AreaRank[] {
  const areas = new Map<string | null, AreaRank>();
  for (const [siteId, status] of room.status) {
    const area = room.topics.sites[siteId]?.district ?? null;
    const rank = areas.get(area) ?? { area, worst: 0, sites: 0, countByLevel: { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 }, abnormal: 0 };
    rank.sites += 1;
    rank.countByLevel[status.level] += 1;
    rank.abnormal += Number(status.level > 0);
    rank.worst = Math.max(rank.worst, status.level) as Level;
    areas.set(area, rank);
  }
  return [...areas.values()].sort(
    (a, b) =>
      b.worst - a.worst ||
      b.countByLevel[b.worst] - a.countByLevel[a.worst] ||
      b.abnormal - a.abnormal ||
      b.sites - a.sites ||
      (a.area ?? "").localeCompare(b.area ?? ""),
  );
}
