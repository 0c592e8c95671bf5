// The intervals of the target and of the differential: computed when the page has nothing else to do, kept for the way back.

import { compile } from "../engine.js";
import { drawnNumbers, intervalJob } from "./draws.js";
import { createLater } from "./later.js";
import { numberPosition } from "./numbers.js";
import { guarded } from "./working.js";

/** @import { Compute, Interval, Intervals, PageData, Scenario } from "../types.js" */

const QUIET = 250;
const KEPT = 60;

/**
 * @param {PageData} data
 * @param {Compute} compute
 * @returns {Intervals}
 */
export function createIntervals(data, compute) {
  const later = createLater({ paint: (callback) => setTimeout(callback, QUIET) });
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /** @type {Map<string, Map<number, Interval[]>>} */
  const known = new Map();
  /** Scenario and variables whose draws are all counted. @type {Set<string>} */
  const complete = new Set();
  let working = "";
  const prepared = prepare(data);
  /** The order of findings does not matter. @param {Scenario} scenario */
  const keyOf = ({ see, do: set, numbers }) => JSON.stringify([see, set, numbers].map((part) => Object.entries(part).sort()));
  /** @param {string} key @param {Map<number, Interval[]>} found */
  const keep = (key, found) => {
    known.set(key, new Map([...(known.get(key) ?? []), ...found]));
    if (known.size > KEPT) known.delete(known.keys().next().value);
    for (const listener of listeners) listener();
  };
  return {
    of: (scenario, variable, state) => known.get(keyOf(scenario))?.get(variable)?.[state] ?? null,
    listen: (callback) => void listeners.add(callback),
    update({ state, scenario, answer }) {
      const key = keyOf(scenario);
      const wanted = [...new Set([...data.diagnoses, state.target])].map(compute.index);
      const variables = wanted.filter((v) => !complete.has(`${v} ${key}`));
      if (!prepared || !answer.posteriors || !variables.length) return later.stop();
      const job = JSON.stringify([key, variables]);
      if (job === working && later.busy) return;
      working = job;
      const kept = new Map(Object.entries(scenario.numbers).map(([id, value]) => [numberPosition(data, id), value]));
      // The first hundred draws are shown at once; the rest make the ends firmer.
      const tell = (/** @type {Map<number, Interval[]>} */ found) => keep(key, found);
      const { engine, valuesOf } = prepared();
      const draws = intervalJob(data, engine, valuesOf, compute.evidenceOf(scenario), { variables, kept, tell });
      later.start(guarded(draws), (found) => {
        if ("refused" in found) return;
        for (const v of variables) complete.add(`${v} ${key}`);
        keep(key, found);
      });
    },
    get busy() {
      return later.busy;
    },
    destroy: () => later.stop(),
  };
}

/**
 * What the draws need, made at the first question: an engine of their own, so that they take nothing from the answer that is shown.
 *
 * @param {PageData} data
 */
function prepare(data) {
  if (!data.draws) return null;
  /** @type {{ engine: import("../types.js").Engine; valuesOf: (draw: number) => Float64Array } | null} */
  let made = null;
  return () => (made ??= { engine: compile(data.network), valuesOf: drawnNumbers(data) });
}
