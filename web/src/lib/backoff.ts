const FIRST_MS = 500;
const LONGEST_MS = 15_000; // a wall that is back within 15 s of its server

/** How long to wait before attempt `attempt` (0, 1, …); `random` in [0, 1) spreads a hundred walls over half the wait. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return full * (0.5 + random / 2);
}
