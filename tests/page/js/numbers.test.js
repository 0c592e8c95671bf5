import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { withNumbers } from "../../../bayesnet/web/static/page/numbers.js";

const { cases } = JSON.parse(readFileSync(new URL("../../data/gates.json", import.meta.url), "utf8"));

/** Page data of a case: x, its numbers first, below its parents. */
function dataOf({ states, parents, numbers, page, expected }) {
  const names = [...Object.keys(parents), "x"];
  return {
    network: {
      names,
      states: [...Object.values(parents), states],
      families: names.map((name) => ({
        parents: name === "x" ? names.slice(0, -1).map((_, p) => p) : [],
        order: name === "x" ? expected?.order : undefined,
      })),
    },
    gates: names.map((name) => (name === "x" ? page : null)),
    numbers: Object.entries(numbers).map(([id, value]) => ({ id, value, variable: "x" })),
  };
}

function assertClose(found, expected) {
  assert.equal(found.length, expected.length);
  found.forEach((x, i) => {
    const off = Math.abs(x - expected[i]);
    assert.ok(off <= 1e-15 + 1e-12 * Math.abs(expected[i]), `entry ${i}: got ${x}, expected ${expected[i]}`);
  });
}

for (const one of cases) {
  test(one.name, () => {
    const data = dataOf(one);
    // A family is made anew where one of its numbers is set, also where it is set to itself.
    const [id, value] = Object.entries(one.numbers)[0];
    const wanted = one.moved ?? { [id]: value };
    if (one.refused) {
      assert.throws(
        () => withNumbers(data, wanted),
        (error) => error instanceof RangeError && error.message.includes(one.refused),
      );
      return;
    }
    const family = withNumbers(data, wanted).families.at(-1);
    const { table, leak, links, order } = one.expected;
    if (table) assertClose(family.table, table);
    else {
      assert.deepEqual(family.order, order);
      assertClose(family.leak, leak);
      assert.equal(family.links.length, links.length);
      family.links.forEach((link, p) => assertClose(link, links[p]));
    }
  });
}
