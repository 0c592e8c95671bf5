// A network as the kernel reads it: its structure in one list, its numbers end to end.
//
// States of a gate are numbered by rank here, so that the axis on which its causes are gathered is its own axis. A gate whose rank is
// known needs the sum below it and the rank alone; these lie behind its other numbers.

import { range } from "./evidence.js";

/** @import { EngineFamily, NumberLayout, Structure } from "./types.js" */

/**
 * The structure as planner.c reads it, and the places of the numbers of each family.
 *
 * @param {number[]} cards
 * @param {EngineFamily[]} families
 * @returns {Structure}
 */
export function packStructure(cards, families) {
  const places = families.map(({ rank }, v) => rank ?? range(cards[v]));
  let size = 0;
  const layouts = families.map((family, v) => {
    const found = family.order
      ? gateLayout(family, cards, places, size)
      : tableLayout([...family.parents, v], cards, places, size);
    size += found.entry.length + found.sums.length;
    return found;
  });
  const above = families.flatMap(({ parents }) => parents);
  const states = places.flat();
  const packed = Int32Array.from([
    ...[cards.length, above.length, states.length, ...cards, ...ends(families.map(({ parents }) => parents.length)), ...above],
    ...layouts.map(({ base }) => base),
    ...layouts.map(({ derived }) => derived),
    ...ends(cards),
    ...states,
  ]);
  return { packed, places, layouts, size };
}

/**
 * A table has its axes in order, the states of each by their places.
 *
 * @param {number[]} axes
 * @param {number[]} cards
 * @param {number[][]} places
 * @param {number} base
 * @returns {NumberLayout}
 */
function tableLayout(axes, cards, places, base) {
  let [entry, step] = [[0], 1];
  for (let i = axes.length - 1; i >= 0; i--) {
    // The own states of a table are in order; those of a gate above it are by rank.
    const [states, stride] = [statesOf(places[axes[i]]), step];
    entry = states.flatMap((state) => entry.map((at) => state * stride + at));
    step *= cards[axes[i]];
  }
  return { base, entry, sums: [], derived: -1 };
}

/**
 * A gate: the leak, then the rows of each link; then for each rank the sums below it and of it alone.
 *
 * @param {EngineFamily} family
 * @param {number[]} cards
 * @param {number[][]} places
 * @param {number} base
 * @returns {NumberLayout}
 */
function gateLayout({ parents, order }, cards, places, base) {
  const k = order.length;
  const entry = range(k);
  for (const p of parents) {
    const start = entry.length;
    for (const state of statesOf(places[p])) for (let r = 0; r < k; r++) entry.push(start + state * k + r);
  }
  /** @type {[number, number][]} */
  const sums = [];
  for (let rank = 1; rank < k && k > 2; rank++) {
    for (let row = 0; row < entry.length; row += k) sums.push([row, row + rank], [row + rank, row + rank + 1]);
  }
  return { base, entry, sums, derived: base + entry.length };
}

/**
 * Put the numbers of one family in their places.
 *
 * @param {NumberLayout} layout
 * @param {Float64Array} numbers
 * @param {Float64Array} values
 */
export function layOut({ base, entry, sums }, numbers, values) {
  for (let i = 0; i < entry.length; i++) values[base + i] = numbers[entry[i]];
  sums.forEach(([from, to], i) => {
    let total = 0;
    for (let k = base + from; k < base + to; k++) total += values[k];
    values[base + entry.length + i] = total;
  });
}

/** @param {number[]} places */
const statesOf = (places) => range(places.length).map((place) => places.indexOf(place));

/** @param {number[]} lengths */
const ends = (lengths) => lengths.reduce((found, x) => [...found, found.at(-1) + x], [0]);
