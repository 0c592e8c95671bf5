// How sure an answer is: the posteriors under draws of all numbers, the draws of `diagnoses` in Python.

import { answerColumns, recompile } from "../engine.js";
import { networkAt } from "./numbers.js";
import { requisite } from "./sweep.js";

/** @import { Engine, Evidence, Interval, Job, PageData } from "../types.js" */

const TOGETHER = 8;
const TAILS = [0.025, 0.975];
const LEVELS = 255;

/**
 * The values of all numbers in a draw, from the bytes of the page.
 *
 * @param {PageData} data
 * @returns {(draw: number) => Float64Array}
 */
export function drawnNumbers({ numbers, draws }) {
  const codes = Uint8Array.from(atob(draws.codes), (letter) => letter.charCodeAt(0));
  const fixed = Float64Array.from(numbers, ({ value }) => value);
  return (draw) => {
    const values = fixed.slice();
    draws.numbers.forEach((k, i) => {
      const [from, to] = [draws.from[i], draws.to[i]];
      const x = from + ((to - from) * codes[i * draws.count + draw]) / LEVELS;
      values[k] = draws.log[i] ? Math.exp(x) : x;
    });
    return values;
  };
}

/**
 * A generator that yields after every eight draws and returns the middle 95 % of each posterior: for each of `variables` one interval for each
 * state. Draws in which the findings are impossible are left out. `kept` are numbers by position that are not drawn; `tell` is called
 * with what is known after about each hundred draws.
 *
 * @param {PageData} data
 * @param {Engine} engine
 * @param {(draw: number) => Float64Array} valuesOf
 * @param {Evidence} evidence
 * @param {{ variables: number[]; kept?: Map<number, number>; tell?: (found: Map<number, Interval[]>) => void }} asked
 * @returns {Job<Map<number, Interval[]>>}
 */
export function* intervalJob(data, engine, valuesOf, evidence, { variables, kept = new Map(), tell = () => {} }) {
  const needed = new Set(variables.flatMap((v) => requisite(data.network.families, evidence, v)));
  const which = [...needed];
  /** @type {Map<number, number[][]>} */
  const found = new Map(variables.map((v) => [v, data.network.states[v].map(() => /** @type {number[]} */ ([]))]));
  const middle = () => new Map([...found].map(([v, states]) => [v, states.map(interval)]));
  const { count } = data.draws;
  /** @param {number} draw */
  const drawn = (draw) => {
    const values = valuesOf(draw);
    for (const [k, value] of kept) values[k] = value;
    return recompile(engine, networkAt(data, values, which));
  };
  for (let begin = 0; begin < count; begin += TOGETHER) {
    const engines = Array.from({ length: Math.min(TOGETHER, count - begin) }, (_, i) => drawn(begin + i));
    for (const { posteriors } of answerColumns(engines, evidence, variables)) {
      if (posteriors) for (const [v, states] of found) states.forEach((drawn, s) => drawn.push(posteriors.get(v)[s]));
    }
    const hundreds = Math.floor((begin + engines.length) / 100);
    if (hundreds > Math.floor(begin / 100) && begin + engines.length < count) tell(middle());
    yield;
  }
  return middle();
}

/**
 * The middle 95 %, between the nearest draws.
 *
 * @param {number[]} drawn
 * @returns {Interval}
 */
function interval(drawn) {
  const sorted = Float64Array.from(drawn).sort();
  const [low, high] = TAILS.map((tail) => {
    const at = tail * (sorted.length - 1);
    const below = Math.floor(at);
    return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  });
  return [low, high];
}
