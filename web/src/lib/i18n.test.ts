import { expect, test } from "vitest";
import { site, team } from "../testing/five-streets";
import { areaName, roomTitle, sceneText, siteName, teamName, TEXTS } from "./i18n";

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return [String((value as (...args: unknown[]) => unknown)("S", "T", "U"))];
  return Object.values(value as object).flatMap(leaves);
}

test("English has no Chinese left, but for the switch back", () => {
  const { otherLanguage, ...english } = TEXTS.en;
  expect(otherLanguage).toBe("中文");
  expect(leaves(english).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
});

test("names follow the language where they are known in it", () => {
  expect([siteName(site("甲", null, { name_en: "A" }), "x", "en"), siteName(site("甲", null), "x", "en"), siteName(undefined, "x", "zh")]).toEqual(["A", "甲", "x"]);
  expect(teamName(team("一队", { name_en: "Team 1" }), "t", "en")).toBe("Team 1");
  expect([areaName("金水区", "en"), areaName("Queens", "zh"), areaName(null, "zh")]).toEqual(["Jinshui", "Queens", "未标区划"]);
  expect([roomTitle("城区内涝监测一张图", "en"), roomTitle("Our city", "zh")]).toEqual([TEXTS.en.title, "Our city"]);
});

test("a scene is told in the language of the wall, and nothing where nothing is played", () => {
  const scene = { title: "暴雨", title_en: "A cloudburst", note: "雨型为构造", note_en: "Its rain is constructed." };
  expect(sceneText(scene, "zh")).toEqual({ title: "暴雨", note: "雨型为构造" });
  expect(sceneText(scene, "en")).toEqual({ title: "A cloudburst", note: "Its rain is constructed." });
  expect(sceneText(null, "zh")).toEqual({ title: "", note: "" });
});
