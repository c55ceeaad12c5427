import type { Team, TeamState, Topics } from "./protocol";

export interface TeamRow extends Team {
  teamId: string;
  siteId: string | null;
}

const STATE_ORDER: Record<TeamState, number> = { on_scene: 0, en_route: 1, assigned: 2, free: 3, off: 4 };

/** Teams with the site that they are sent to: those at work first. */
export function teamRows(topics: Pick<Topics, "teams" | "orders">): TeamRow[] {
  return Object.entries(topics.teams)
    .map(([teamId, team]) => ({
      ...team,
      teamId,
      siteId: team.order_id === null ? null : (topics.orders[team.order_id]?.site_id ?? null),
    }))
    .sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || a.name.localeCompare(b.name, "zh") || a.teamId.localeCompare(b.teamId));
}
