import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { change, frequency, logOddsPosition, percent } from "../../../bayesnet/web/static/page/format.js";

const cases = JSON.parse(readFileSync(new URL("../../data/frequencies.json", import.meta.url), "utf8"));

test("a frequency is written as in the shared table", () => {
  assert.ok(cases.frequencies.length > 20);
  for (const [p, text] of cases.frequencies) assert.equal(frequency(p, cases.words), text, String(p));
  assert.equal(frequency(NaN, cases.words), "–");
});

test("a percentage is written as in the shared table", () => {
  assert.ok(cases.percentages.length > 15);
  for (const [p, text] of cases.percentages) assert.equal(percent(p).replace("\u00a0", " "), text, String(p));
});

test("a change is a factor, and never one that rounds to none", () => {
  const expected = [
    [0.1, 0.1, "same"],
    [0.1, 0.1002, "same"],
    [0.01, 0.5, "× 50"],
    [0.5, 0.16, "÷ 3.1"],
    [0.1, 0.102, "× 1.02"],
    [0, 0.1, "from none"],
    [0.1, 0, "to none"],
  ];
  for (const [before, now, text] of expected) assert.equal(change(before, now).replace("\u00a0", " "), text);
});

test("the log-odds axis is ordered and ends at its edges", () => {
  const at = [0, 1e-5, 1e-4, 0.01, 0.5, 0.9, 0.9999, 1].map((p) => logOddsPosition(p));
  assert.equal(at[0], 0);
  assert.equal(at.at(-1), 1);
  for (let i = 2; i < at.length - 1; i++) assert.ok(at[i] > at[i - 1], `${at[i - 1]} before ${at[i]}`);
});
