import type { Texts } from "./i18n";
import type { Quality } from "./protocol";

const SAID = 2; // reasons in a narrow place

/** What a person should know of a reading's quality, such as 存疑·陡变; nothing for one that is good or not judged yet. */
export function doubt(quality: Quality | null, flags: string[], t: Pick<Texts, "quality" | "flag">): string {
  const reasons = flags.flatMap((flag) => t.flag[flag] ?? []);
  const word = quality === null ? undefined : t.quality[quality];
  if (word === undefined) return flags.includes("corrected") ? (t.flag.corrected ?? "") : "";
  return [word, ...reasons.slice(0, SAID)].join("·");
}
