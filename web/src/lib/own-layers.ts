/** A deployer's own layers of the map: those that the wall knows how to draw, bottom first, and what it says of a thing. */

export const OWN_LAYERS = ["grid", "drains", "rivers", "roads", "tunnels", "pump_stations"] as const;

export type OwnLayer = (typeof OWN_LAYERS)[number];

/** Thousands of lines that few look for: they wait until a person asks for them (key L). */
export const OFF_AT_FIRST: readonly OwnLayer[] = ["grid", "drains"];

/** How much of a thing is so in the real city. */
export type Provenance = "real" | "approximate" | "invented";

export const PROVENANCES: readonly Provenance[] = ["real", "approximate", "invented"];

/** The layers among those listed by the server that the wall can draw, in the order of drawing. */
export function drawable(listed: readonly { layer: string; is_own: boolean }[]): OwnLayer[] {
  const own = new Set(listed.filter((one) => one.is_own).map((one) => one.layer));
  return OWN_LAYERS.filter((name) => own.has(name));
}

/** What a file says of a thing; another word than the three counts as nothing said. */
export function provenanceOf(properties: Record<string, unknown> | null): Provenance | null {
  return PROVENANCES.find((one) => one === properties?.provenance) ?? null;
}

/** Which of the three occur in some layers, for the legend. */
export function provenancesIn(collections: Iterable<GeoJSON.FeatureCollection>): Provenance[] {
  const found = new Set<Provenance | null>();
  for (const { features } of collections) for (const feature of features) found.add(provenanceOf(feature.properties));
  return PROVENANCES.filter((one) => found.has(one));
}

/** The name of a thing in the language of the wall; the other one where it has no such name. */
export function nameIn(properties: Record<string, unknown>, lang: "zh" | "en"): string {
  const names = lang === "en" ? [properties.name_en, properties.name] : [properties.name, properties.name_en];
  return names.find((name) => typeof name === "string" && name !== "") as string | undefined ?? "";
}
