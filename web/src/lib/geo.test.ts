import { expect, test } from "vitest";
import { boundsOf, centroid, degreesText, distanceM, graticuleStep, positions, scaleBar, ticks } from "./geo";

test("a degree of latitude is 111.2 km", () => {
  expect(distanceM({ lon: 0, lat: 34 }, { lon: 0, lat: 35 }) / 1000).toBeCloseTo(111.2, 1);
});

test("bounds and centroid of places, none of nothing", () => {
  const places = [{ lon: 1, lat: 5 }, { lon: 3, lat: 4 }];
  expect([boundsOf(places), boundsOf([])]).toEqual([[1, 4, 3, 5], null]);
  expect([centroid(places), centroid([])]).toEqual([{ lon: 2, lat: 4.5 }, null]);
});

test("positions are found at any depth of a geometry", () => {
  expect([...positions([[[[1, 2], [3, 4]]]])]).toEqual([{ lon: 1, lat: 2 }, { lon: 3, lat: 4 }]);
});

test("the graticule takes the finest step that stays under the number of lines", () => {
  expect([graticuleStep(0.5, 7), graticuleStep(0.72, 7), graticuleStep(500, 7)]).toEqual([0.1, 0.2, 10]);
  expect(ticks(-0.25, 0.2, 0.1)).toEqual([-0.2, -0.1, 0, 0.1, 0.2]);
  expect([degreesText(-73.9, 0.1, "lon"), degreesText(40.75, 0.05, "lat")]).toEqual(["73.9°W", "40.75°N"]);
});

test("the scale bar is the longest round length that fits", () => {
  expect(scaleBar(50, 180)).toEqual({ metres: 5000, px: 100 });
});
