import { expect, test } from "vitest";
import { gcj02ToBd09, isInChina, navigationLinks, wgs84ToGcj02 } from "./coords";
import { distanceM } from "./geo";

// A metro station of the city's published list in both systems: 河南工业大学.
const WGS = { lon: 113.535995, lat: 34.827622 };
const GCJ = { lon: 113.542167, lat: 34.826588 };

test("WGS 84 becomes GCJ-02 to within two metres of the published pair", () => {
  expect(distanceM(wgs84ToGcj02(WGS), GCJ)).toBeLessThan(2);
  expect(distanceM(WGS, GCJ)).toBeGreaterThan(500); // what a raw hand-off would be off by
});

test("BD-09 lies about 900 m further, by Baidu's own shift", () => {
  const bd = gcj02ToBd09(GCJ);
  expect(bd.lon - GCJ.lon).toBeCloseTo(0.0065, 3);
  expect(bd.lat - GCJ.lat).toBeCloseTo(0.006, 3);
});

test("in China both apps get their own coordinates, abroad the system's link gets WGS 84", () => {
  expect(navigationLinks(WGS, "京广路").map((l) => l.app)).toEqual(["amap", "baidu"]);
  expect(navigationLinks(WGS, "京广路")[0]?.href).toContain("to=113.5421");
  const newYork = { lon: -73.831185, lat: 40.658779 };
  expect(isInChina(newYork)).toBe(false);
  expect(navigationLinks(newYork, "Q - 102nd St/160th Ave")).toEqual([
    { app: "geo", href: "geo:40.658779,-73.831185?q=40.658779,-73.831185(Q%20-%20102nd%20St%2F160th%20Ave)" },
  ]);
});
