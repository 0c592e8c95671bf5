import assert from "node:assert/strict";
import { test } from "node:test";
import { createLater } from "../../../bayesnet/web/static/page/later.js";

const STEPS = 50;

/** A `later` whose clock goes on by 3 at each look, so that a slice holds a few steps. */
function created() {
  const log = [];
  let clock = 0;
  const later = createLater({ paint: (callback) => setTimeout(callback, 0), now: () => (clock += 3), slice: 8 });
  function* job(name) {
    for (let k = 0; k < STEPS; k++) yield log.push(name);
    return name;
  }
  return { later, log, job };
}

test("nothing runs before the paint, and a job runs in slices", async () => {
  const { later, log, job } = created();
  const ended = new Promise((done) => later.start(job("one"), done));
  assert.equal(log.length, 0);
  await new Promise((next) => setTimeout(next, 1));
  assert.ok(log.length > 0 && log.length < STEPS, `${log.length} steps in the first slice`);
  assert.equal(later.busy, true);
  assert.equal(await ended, "one");
  assert.equal(log.length, STEPS);
  assert.equal(later.busy, false);
});

test("a later job ends an earlier one", async () => {
  const { later, log, job } = created();
  const ended = [];
  later.start(job("first"), (name) => ended.push(name));
  await new Promise((next) => setTimeout(next, 1));
  await new Promise((next) =>
    later.start(job("second"), (name) => {
      ended.push(name);
      next();
    }),
  );
  assert.deepEqual(ended, ["second"]);
  assert.equal(log.filter((name) => name === "second").length, STEPS);
  assert.ok(log.filter((name) => name === "first").length < STEPS);
});

test("a stopped job does not run and reports nothing", async () => {
  const { later, log, job } = created();
  later.start(job("one"), () => assert.fail("a stopped job has ended"));
  later.stop();
  await new Promise((next) => setTimeout(next, 30));
  assert.deepEqual(log, []);
  assert.equal(later.busy, false);
});
