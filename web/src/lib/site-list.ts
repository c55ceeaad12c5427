import type { Site } from "./protocol";
import type { RoomState, SiteStatus } from "./state";

export interface SiteRow {
  siteId: string;
  site: Site;
  status: SiteStatus;
}

/** Sites whose name or district holds every word of `search`; the worst first, then the deepest, then by name. */
export function siteRows(room: RoomState, search: string): SiteRow[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return Object.entries(room.topics.sites)
    .map(([siteId, site]) => ({ siteId, site, status: room.statusOf(siteId) }))
    .filter(({ siteId, site }) => {
      const text = `${siteId} ${site.name} ${site.name_en ?? ""} ${site.district ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort(
      (a, b) =>
        b.status.level - a.status.level ||
        (b.status.depthM ?? -1) - (a.status.depthM ?? -1) ||
        a.site.name.localeCompare(b.site.name, "zh") ||
        a.siteId.localeCompare(b.siteId),
    );
}
