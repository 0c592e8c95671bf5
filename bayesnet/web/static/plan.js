// From roles to steps: families become tensors, axes are eliminated greedily, every product is written down as lists of offsets.
//
// An axis is a number: variable v is v, the gate of variable v is v + n, that gate with running sums beside it is v + 2n.

import { eliminationOrder } from "./order.js";
import { closeAxis, tensor } from "./steps.js";

/** @import { Engine, Leaf, Plan, Reading, Roles, Tensor } from "./types.js" */

/**
 * Tensors of the families, the order, and the steps that multiply and sum.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Roles} roles
 * @returns {Plan}
 */
export function makePlan(engine, known, roles) {
  const { n, cards, families } = engine;
  /** @type {Plan} */
  const plan = {
    n,
    engine,
    index: 0,
    cells: 0,
    products: 0,
    log: 0,
    steps: [],
    tensors: [],
    leaves: new Map(),
    unary: new Map(),
    size: [...cards, ...cards.map((card, v) => (roles.intervals.has(v) ? 2 : card))],
    hidden: new Set(roles.axes),
    place: [],
    vectors: new Map(roles.axes.map((v) => [v, new Float64Array(cards[v]).fill(1)])),
  };
  for (const v of roles.axes) if (known.like[v]) multiplyVector(plan, v, known.like[v]);
  for (const v of roles.whole) {
    enter(plan, v, families[v].table ? [slice(engine, known, v)] : gateLeaves(engine, known, v, null));
  }
  for (const [v, interval] of roles.intervals) enter(plan, v, gateLeaves(engine, known, v, interval));
  for (const [v, data] of plan.vectors) plan.unary.set(v, tensor(plan, [v], true, data));
  eliminate(plan);
  return plan;
}

/**
 * Give a plan its arrays, which it shares with every other plan of the engine, and put the families in.
 *
 * @param {Plan} plan
 */
export function load(plan) {
  const { memory } = plan.engine;
  if (memory.values.length < 3 * plan.cells) memory.values = new Float64Array(4 * plan.cells);
  [plan.value, plan.slope, plan.lane] = [0, 1, 2].map((k) => memory.values.subarray(k * plan.cells, (k + 1) * plan.cells));
  for (const t of plan.tensors) if (t.data) plan.value.set(t.data, t.at);
}

/**
 * Write down the steps that close one axis after the other.
 *
 * @param {Plan} plan
 */
function eliminate(plan) {
  const tensors = [...plan.tensors];
  plan.one = tensor(plan, [], false, [1]);
  const holders = plan.size.map(() => /** @type {Tensor[]} */ ([]));
  /** @param {Tensor} t */
  const add = (t) => t.axes.forEach((axis) => holders[axis].push(t));
  tensors.forEach(add);
  const order = eliminationOrder(plan, tensors);
  order.forEach((axis, i) => (plan.place[axis] = i));
  for (const axis of order) {
    const bucket = holders[axis].filter((t) => t.into < 0);
    add(closeAxis(plan, axis, bucket));
  }
}

/**
 * Take in the leaves of family v: numbers go to the logarithm, vectors to their variable, the rest become tensors.
 *
 * @param {Plan} plan
 * @param {number} v
 * @param {Leaf[]} leaves
 */
function enter(plan, v, leaves) {
  const found = leaves.map(({ axes, data }) => {
    if (axes.length === 0) plan.log += Math.log(data[0]);
    else if (axes.length === 1) multiplyVector(plan, axes[0], data);
    else return tensor(plan, axes, false, data);
    return null;
  });
  plan.leaves.set(v, { leaves, tensors: found });
}

/** @param {Plan} plan @param {number} v @param {number[] | Float64Array} data */
function multiplyVector(plan, v, data) {
  const own = plan.vectors.get(v);
  let top = 0;
  for (let s = 0; s < own.length; s++) top = Math.max(top, (own[s] *= data[s]));
  plan.log += Math.log(top);
  if (top > 0) for (let s = 0; s < own.length; s++) own[s] /= top;
}

/**
 * The slice of a table at the fixed states.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @returns {Leaf}
 */
export function slice(engine, known, v) {
  const { parents, table } = engine.families[v];
  const axes = [];
  let [offsets, step] = [[0], 1];
  for (let i = parents.length; i >= 0; i--) {
    const axis = i < parents.length ? parents[i] : v;
    const fixed = known.fixed[axis];
    if (fixed < 0) axes.unshift(axis);
    const wider = [];
    for (let s = fixed < 0 ? 0 : fixed; s < (fixed < 0 ? engine.cards[axis] : fixed + 1); s++) {
      for (const offset of offsets) wider.push(offset + s * step);
    }
    offsets = wider;
    step *= engine.cards[axis];
  }
  return { axes, data: offsets.map((offset) => table[offset]) };
}

/**
 * A gate as tensors, the leak and the fixed parents folded into the first. With an interval its ranks are two rows, below and
 * inside, of which the second is taken at the end; from rank zero on it falls apart into one vector per parent.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {number[] | null} interval
 * @returns {Leaf[]}
 */
export function gateLeaves(engine, known, v, interval) {
  const { parents, links, leak, order } = engine.families[v];
  const free = parents.flatMap((p, i) => (known.fixed[p] < 0 ? [{ p, link: links[i] }] : []));
  /** @type {(row: number[] | Float64Array) => number[] | Float64Array} */
  const rows = interval ? (row) => [sum(row, 0, interval[0]), sum(row, interval[0], interval[1] + 1)] : (row) => row;
  /** @param {number[] | Float64Array} ranks @param {number} p @param {number} i */
  const fold = (ranks, p, i) => (known.fixed[p] < 0 ? ranks : larger(ranks, rows(links[i][known.fixed[p]])));
  const base = parents.reduce(fold, rows(leak));
  if (interval && (interval[0] === 0 || free.length === 0)) {
    return [{ axes: [], data: [base[1]] }, ...free.map(({ p, link }) => ({ axes: [p], data: link.map((row) => rows(row)[1]) }))];
  }
  /** @type {typeof rows} */
  const placed = interval ? (ranks) => ranks : (ranks) => order.map((_, s) => ranks[engine.families[v].rank[s]]);
  if (free.length === 0) return [{ axes: [v], data: placed(base) }];
  const made = free.map(({ link }, i) => link.map((row) => placed(i ? rows(row) : larger(base, rows(row)))));
  if (free.length > 1) return free.map(({ p }, i) => ({ axes: [p, v + engine.n], data: made[i].flatMap((row) => [...row]) }));
  if (interval) return [{ axes: [free[0].p], data: made[0].map((row) => row[1]) }];
  return [{ axes: [free[0].p, v], data: made[0].flatMap((row) => [...row]) }];
}

/**
 * The distribution of the larger of two independent ranks.
 *
 * @param {number[] | Float64Array} a
 * @param {number[] | Float64Array} b
 */
function larger(a, b) {
  let [belowA, upToB] = [0, 0];
  return Float64Array.from(a, (x, r) => {
    upToB += b[r];
    const found = x * upToB + belowA * b[r];
    belowA += x;
    return found;
  });
}

/** @param {number[] | Float64Array} array @param {number} begin @param {number} end */
export function sum(array, begin, end) {
  let total = 0;
  for (let i = begin; i < end; i++) total += array[i];
  return total;
}
