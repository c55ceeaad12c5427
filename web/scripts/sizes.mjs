/** Prints what each page loads, gzipped, and fails when the phone's first load outgrows its budget. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const STATIC = new URL("../../dashboard_api/static/", import.meta.url);
const FIELD_BUDGET_KB = 150; // a phone on a weak cell in heavy rain

const gzipped = (path) => gzipSync(readFileSync(new URL(path, STATIC))).length / 1000;

function firstLoad(page) {
  const html = readFileSync(new URL(page, STATIC), "utf8");
  const assets = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
  return [page, ...new Set(assets)].reduce((sum, path) => sum + gzipped(path), 0);
}

const wall = firstLoad("wall.html");
const field = firstLoad("field.html");
console.log(`first load, gzip: wall ${wall.toFixed(0)} kB (the map follows), field ${field.toFixed(0)} kB of ${FIELD_BUDGET_KB} kB`);
if (field > FIELD_BUDGET_KB) process.exit(1);
