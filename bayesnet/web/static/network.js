// A network as the kernel reads it: its structure in one list, its numbers end to end.
//
// States of a gate are numbered by rank here, so that the axis on which its causes are gathered is its own axis. A gate that is only known
// to an interval of ranks needs sums of neighbouring ranks; these lie behind its other numbers.

import { range } from "./evidence.js";

/** @import { EngineFamily, GateRecord, NumberLayout, Structure } from "./types.js" */

/**
 * The structure as `bn_network` in question.c describes it, and the places of the numbers of each family.
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
  const first = families.map(() => -1);
  const sections = [
    cards,
    ends(families.map(({ parents }) => parents.length)),
    families.flatMap(({ parents }) => parents),
    layouts.map(({ base }) => base),
    layouts.flatMap(({ strides }) => strides),
    first,
    ends(cards),
    places.flat(),
  ];
  const begin = ends(sections.map((section) => section.length)).map((at) => 1 + sections.length + at);
  /** @type {number[]} */
  const gates = [];
  layouts.forEach(({ records }, v) => {
    if (!records) return;
    first[v] = begin[sections.length] + gates.length;
    let behind = first[v] + records.length;
    const told = records.map((record) => record && [record.columns, ...record.bases, ...record.bases.map(() => record.row)]);
    for (const record of told) {
      gates.push(record ? behind : -1);
      behind += record?.length ?? 0;
    }
    for (const record of told) if (record) gates.push(...record);
  });
  const packed = Int32Array.from([cards.length, ...begin.slice(0, -1), ...sections.flat(), ...gates]);
  return { packed, places, layouts, size, links: sections[2].length };
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
  const strides = Array(axes.length);
  for (let i = axes.length - 1; i >= 0; i--) {
    strides[i] = step;
    // The own states of a table are in order; those of a gate above it are by rank.
    const states = statesOf(places[axes[i]]);
    entry = states.flatMap((state) => entry.map((at) => state * strides[i] + at));
    step *= cards[axes[i]];
  }
  return { base, entry, sums: [], strides, records: null };
}

/**
 * A gate: the leak, then the rows of each link; then the sums for each interval of ranks.
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
  const from = [0];
  for (const p of parents) {
    const start = entry.length;
    from.push(start);
    for (const state of statesOf(places[p])) for (let r = 0; r < k; r++) entry.push(start + state * k + r);
  }
  const rows = [1, ...parents.map((p) => cards[p])];
  /** @type {[number, number][]} */
  const sums = [];
  /** @param {number} low @param {number} high @returns {GateRecord} */
  const interval = (low, high) => {
    const bases = from.map((start, i) => {
      const at = base + entry.length + sums.length;
      for (let row = start; row < start + k * rows[i]; row += k) {
        if (low) sums.push([row, row + low]);
        sums.push([row + low, row + high + 1]);
      }
      return at;
    });
    return { columns: low ? 2 : 1, bases, row: low ? 2 : 1 };
  };
  const bases = from.map((start) => base + start);
  const records = range(k * k).map((i) => {
    const [low, high] = [Math.floor(i / k), i % k];
    if (high < low) return null;
    if (high === 0) return { columns: 1, bases, row: k };
    return high - low === k - 1 || (k === 2 && low === 1) ? { columns: k, bases, row: k } : interval(low, high);
  });
  return { base, entry, sums, strides: Array(parents.length + 1).fill(0), records };
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
