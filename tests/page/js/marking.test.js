import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { markAnswer } from "../../../bayesnet/web/static/page/marking.js";

// The table that Python's marker is tested with too.
const { marking, questions } = JSON.parse(readFileSync(new URL("../../data/marking.json", import.meta.url), "utf8"));

for (const { name, cases, ...question } of questions) {
  test(`answers of the shared table are marked: ${name}`, () => {
    for (const [text, verdict, error] of cases) {
      const marked = markAnswer(text, question, marking);
      assert.deepEqual([marked.verdict, marked.error], [verdict, error], text);
      assert.ok(marked.message && !marked.message.includes("{"), text);
    }
  });
}
