// The families that follow from changed numbers, as `Network.with_numbers` makes them in Python.
//
// This module repeats bayesnet/model/gates.py and bayesnet/model/columns.py on purpose: a saved page has no Python, and its sliders
// move numbers offline. Both are tested with one table of cases, tests/data/gates.json; whoever changes a gate changes both, and adds
// a case.
//
// A gate of the page data lists the numbers of its columns by position, -1 for the rest that closes a column: `table` one column
// per setting of the parents, `noisy` the leak and the links in Henrion's form (leak included), in rank order, `odds` a baseline
// and one ratio per parent's state that has an effect.

/** @import { Family, Gate, Network, NumberRecord, PageData } from "../types.js" */

const SUM_SLACK = 1e-6;
const NUMBER_SLACK = 1e-9;
const POSITIONS = new WeakMap();
/** @type {NumberRecord[]} */
const NONE = [];

/**
 * The network with some numbers at other values, `{id: value}`; the other entries of a column keep their proportions (Chan &
 * Darwiche 2002). Throws a RangeError that says what is impossible. Families without a changed number are those of the network.
 *
 * @param {PageData} data
 * @param {Record<string, number>} wanted
 * @returns {Network}
 */
export function withNumbers(data, wanted) {
  const { network, gates } = data;
  const changed = numbersByFamily(data, wanted);
  if (changed.size === 0) return network;
  const families = [...network.families];
  for (const [v, own] of changed) families[v] = changedFamily(data, v, gates[v], own);
  return { ...network, families };
}

/**
 * The network with every number at a value of its own, by position, in some families; the others stay. A link below its leak has no
 * effect.
 *
 * @param {PageData} data
 * @param {Float64Array} values
 * @param {number[]} which
 * @returns {Network}
 */
export function networkAt(data, values, which) {
  const families = [...data.network.families];
  for (const v of which) {
    const gate = data.gates[v];
    if (gate) families[v] = familyOf(data, v, gate, (k) => values[k], null);
  }
  return { ...data.network, families };
}

/**
 * The position of a number by its id.
 *
 * @param {Pick<PageData, "numbers">} data
 * @param {string} id
 */
export function numberPosition({ numbers = NONE }, id) {
  if (!POSITIONS.has(numbers)) POSITIONS.set(numbers, new Map(numbers.map((number, k) => [number.id, k])));
  const k = POSITIONS.get(numbers).get(id);
  if (k === undefined) throw new RangeError(`There is no number "${id}" in this network.`);
  return k;
}

/**
 * For every family that changes, its numbers that are set: position -> value.
 *
 * @param {PageData} data
 * @param {Record<string, number>} wanted
 */
function numbersByFamily(data, wanted) {
  const found = new Map();
  for (const [id, value] of Object.entries(wanted)) {
    const k = numberPosition(data, id);
    const number = data.numbers[k];
    const v = data.network.names.indexOf(number.variable);
    const odds = data.gates[v].kind === "odds";
    if (!(value >= 0 && value <= (odds ? Number.MAX_VALUE : 1))) {
      const expected = odds ? "an odds or odds ratio of 0 or more" : "a probability from 0 to 1";
      throw new RangeError(`number "${id}": got ${value}; expected ${expected}`);
    }
    if (!found.has(v)) found.set(v, new Map());
    found.get(v).set(k, value);
  }
  return found;
}

/** @param {PageData} data @param {number} v @param {Gate} gate @param {Map<number, number>} own @returns {Family} */
function changedFamily(data, v, gate, own) {
  return familyOf(data, v, gate, (k) => own.get(k) ?? data.numbers[k].value, own);
}

/**
 * A family made of its numbers; where some are set, the others of their columns co-vary, and what is impossible is refused.
 *
 * @param {PageData} data
 * @param {number} v
 * @param {Gate} gate
 * @param {(k: number) => number} valueOf
 * @param {Map<number, number> | null} own
 * @returns {Family}
 */
function familyOf(data, v, gate, valueOf, own) {
  const { parents } = data.network.families[v];
  if (gate.kind === "odds") return { parents, table: oddsTable(data.network, v, gate, valueOf) };
  /** @param {number[]} column */
  const entries = (column) => (own ? coVaried(data, column, own) : column.map((k) => (k < 0 ? 0 : valueOf(k))));
  const columns = gate.columns.map((column) => filled(column, entries(column)));
  if (gate.kind === "table") return { parents, table: columns.flat() };
  const [leak, ...compound] = columns;
  if (own) compound.forEach((column, row) => refuseBelowLeak(data, v, gate, row, column, leak));
  const links = parents.map((p) => data.network.states[p].flatMap(() => leak.map((_, rank) => Number(rank === 0))));
  compound.forEach((column, row) => {
    const [parent, state] = gate.slots[row];
    links[parent].splice(state * leak.length, leak.length, ...withoutLeak(column, leak));
  });
  return { parents, order: data.network.families[v].order, leak, links };
}

/**
 * The values of a column in which some numbers are set; the other entries co-vary in proportion.
 *
 * @param {PageData} data
 * @param {number[]} column
 * @param {Map<number, number>} own
 */
function coVaried({ numbers }, column, own) {
  const start = column.map((k) => (k < 0 ? 0 : numbers[k].value));
  const set = column.map((k) => own.has(k));
  if (!set.includes(true)) return start;
  const values = column.map((k, s) => (set[s] ? own.get(k) : start[s]));
  const total = sumWhere(values, set);
  if (total > 1 + SUM_SLACK || (!set.includes(false) && Math.abs(total - 1) > SUM_SLACK)) {
    const names = column.filter((_, s) => set[s]).map((k) => `"${numbers[k].id}"`);
    const expected = "expected at most 1, and 1 where they are the whole column";
    throw new RangeError(`numbers ${names.join(", ")}: they sum to ${total}; ${expected}`);
  }
  const over = Math.max(1, total);
  const [left, had] = [1 - total / over, 1 - sumWhere(start, set)];
  const evenly = left / set.filter((is) => !is).length;
  /** @param {number} x */
  const moved = (x) => Math.min(1, Math.max(0, had > 1e-12 ? x * (left / had) : evenly));
  return values.map((x, s) => (set[s] ? x / over : moved(start[s])));
}

/**
 * A column as a distribution: full ones divided by their sum, the rest of the others with all its digits.
 *
 * @param {number[]} column
 * @param {number[]} values
 */
function filled(column, values) {
  const rest = column.indexOf(-1);
  const entries = values.map((x, s) => (s === rest ? 0 : x));
  const total = entries.reduce((sum, x) => sum + x, 0);
  if (rest < 0) return Math.abs(total - 1) <= 4 * Number.EPSILON * entries.length ? entries : entries.map((x) => x / total);
  return entries.map((x, s) => (s === rest ? Math.max(0, restOf(entries)) : x / Math.max(1, total)));
}

/**
 * 1 - the sum, rounded once (Neumaier 1974); what rounding leaves of nothing is nothing.
 *
 * @param {number[]} entries
 */
function restOf(entries) {
  let [total, lost] = [1, 0];
  for (const x of entries) {
    const summed = total - x;
    const shifted = summed - total;
    lost += total - (summed - shifted) + (-x - shifted);
    total = summed;
  }
  const left = total + lost;
  return entries.length > 2 && Math.abs(left) <= Number.EPSILON ? 0 : left;
}

/**
 * A link includes its leak: up to every rank its probability relative to the leak is at most 1 and never falls.
 *
 * @param {PageData} data
 * @param {number} v
 * @param {Gate} gate
 * @param {number} row
 * @param {number[]} column
 * @param {number[]} leak
 */
function refuseBelowLeak({ network, numbers }, v, gate, row, column, leak) {
  const [own, without] = [sums(column), sums(leak)];
  for (let rank = 0; rank < leak.length - 1; rank++) {
    const falls = rank > 0 && own[rank] * without[rank - 1] < own[rank - 1] * without[rank] - NUMBER_SLACK;
    if (own[rank] <= without[rank] + NUMBER_SLACK && !falls) continue;
    const named = gate.columns[row + 1].find((k) => k >= 0);
    const link = named === undefined ? network.names[v] : numbers[named].id;
    throw new RangeError(`the link "${link}" lies below the leak; expected at least the leak (a link includes it)`);
  }
}

/**
 * What a cause does by itself (Diez 1993): with C and L the sums of column and leak up to a rank, C_k / L_k - C_(k-1) / L_(k-1),
 * written so that only the stored numbers are subtracted and a link of 1e-12 keeps its digits.
 *
 * @param {number[]} column
 * @param {number[]} leak
 */
function withoutLeak(column, leak) {
  const [own, without] = [sums(column), sums(leak)];
  const inverse = without.map((x) => (x > 0 ? 1 / x : 0));
  const above = column.map((x, k) => x - leak[k]);
  const size = above.map((x, k) => (k === 0 ? column[0] + leak[0] : Math.abs(x)));
  const net = column.map((x, k) => {
    if (k === 0) return x * inverse[0];
    if (without[k - 1] === 0) return own[k] * inverse[k];
    const [below, upwards] = [sum1(above.slice(0, k)), sum1(above.slice(k))];
    const tail = sum1(size.slice(0, k)) < sum1(size.slice(k)) ? -below : upwards;
    return Math.max(0, (above[k] * without[k - 1] + leak[k] * tail) * inverse[k] * inverse[k - 1]);
  });
  const total = sum1(net);
  return Math.abs(total - 1) > 4 * Number.EPSILON ? net.map((x) => x / total) : net;
}

/**
 * odds(child) = baseline x the odds ratio of each parent's state, spelled out as a table.
 *
 * @param {Network} network
 * @param {number} v
 * @param {Gate} gate
 * @param {(k: number) => number} valueOf
 */
function oddsTable({ families, states }, v, { target, baseline, ratios }, valueOf) {
  let odds = [valueOf(baseline)];
  families[v].parents.forEach((p, parent) => {
    const factors = states[p].map(() => 1);
    for (const [k, i, state] of ratios) if (i === parent) factors[state] = valueOf(k);
    odds = odds.flatMap((x) => factors.map((factor) => x * factor));
  });
  return odds.flatMap((x) => {
    const [yes, no] = [1 / (1 + 1 / x), 1 / (1 + x)];
    return target === 0 ? [yes, no] : [no, yes];
  });
}

/**
 * Sums up to each entry; the last is 1 exactly.
 *
 * @param {number[]} column
 */
function sums(column) {
  let total = 0;
  return column.map((x, k) => (k === column.length - 1 ? 1 : (total += x)));
}

/** @param {number[]} values */
const sum1 = (values) => values.reduce((total, x) => total + x, 0);
/** @param {number[]} values @param {boolean[]} which */
const sumWhere = (values, which) => sum1(values.filter((_, s) => which[s]));
