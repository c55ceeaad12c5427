import { expect, test } from "vitest";
import { drawable, nameIn, provenanceOf, provenancesIn } from "./own-layers";

const line = (properties: Record<string, unknown> | null): GeoJSON.Feature => ({
  type: "Feature",
  geometry: { type: "LineString", coordinates: [[113.6, 34.7], [113.7, 34.7]] },
  properties,
});

test("of the listed layers the deployer's own are drawn that the wall knows, rivers under roads", () => {
  const listed = [
    { layer: "districts", is_own: false },
    { layer: "roads", is_own: true },
    { layer: "hospitals", is_own: true },
    { layer: "rivers", is_own: true },
  ];
  expect(drawable(listed)).toEqual(["rivers", "roads"]);
});

test("a thing is real, approximate or invented as its file says, and nothing where it says anything else", () => {
  expect(["real", "approximate", "invented", "guessed", 1, undefined].map((provenance) => provenanceOf({ provenance }))).toEqual(["real", "approximate", "invented", null, null, null]);
  expect(provenanceOf(null)).toBeNull();
});

test("the legend has the kinds that occur, the surest first", () => {
  const rivers = { type: "FeatureCollection" as const, features: [line({ provenance: "approximate" }), line(null)] };
  const roads = { type: "FeatureCollection" as const, features: [line({ provenance: "invented" }), line({ provenance: "approximate" })] };
  expect(provenancesIn([rivers, roads])).toEqual(["approximate", "invented"]);
  expect(provenancesIn([])).toEqual([]);
});

test("a name in one language stands in for the other", () => {
  expect([nameIn({ name: "金水河", name_en: "Jinshui River" }, "en"), nameIn({ name: "金水河" }, "en"), nameIn({ name_en: "R" }, "zh"), nameIn({ name: 7 }, "zh")]).toEqual([
    "Jinshui River", "金水河", "R", "",
  ]);
});
