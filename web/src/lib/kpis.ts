import type { Level } from "./protocol";
import type { RoomState } from "./state";

export interface Kpis {
  countByLevel: Record<Level, number>;
  deepest: { siteId: string; depthM: number } | null;
  fastest: { siteId: string; rateMmMin: number } | null;
  teamsFree: number;
  teamsBusy: number;
  awaitingConfirmation: number;
}

/** The deepest and the fastest rise are of sites that are still heard; a stale depth is not "now". */
export function kpis(room: RoomState): Kpis {
  const out: Kpis = {
    countByLevel: { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 },
    deepest: null,
    fastest: null,
    teamsFree: 0,
    teamsBusy: 0,
    awaitingConfirmation: 0,
  };
  for (const [siteId, status] of room.status) {
    out.countByLevel[status.level] += 1;
    const site = room.topics.sites[siteId];
    if (status.link !== "online" || !site || site.thresholds.length === 0) continue;
    const { depthM, rateMmMin } = status;
    if (depthM !== null && depthM > (out.deepest?.depthM ?? 0)) out.deepest = { siteId, depthM };
    if (rateMmMin !== null && rateMmMin > (out.fastest?.rateMmMin ?? 0)) out.fastest = { siteId, rateMmMin };
  }
  for (const team of Object.values(room.topics.teams)) {
    if (team.state === "free") out.teamsFree += 1;
    else if (team.state !== "off") out.teamsBusy += 1;
  }
  for (const order of Object.values(room.topics.orders)) out.awaitingConfirmation += Number(order.state === "proposed");
  return out;
}
