// From roles to steps: families become tensors, axes are eliminated greedily, every product is written down as lists of offsets.
//
// An axis is a number: variable v is v, the gate of variable v is v + n, that gate with running sums beside it is v + 2n.

import { range } from "./evidence.js";

// Multiplications that one more step must save to be worth its planning.
const OVERHEAD = 500;
// Cells of an order from which a second one is tried.
const WORTH_A_SECOND = 2 ** 14;
const TWO_ROWS = [0, 1];
const ROWS = new WeakMap();
const DIAGONALS = [];

/** Tensors of the families, the order, and the steps that multiply and sum, their offsets written from `index` on. */
export function makePlan(engine, known, roles, index = 0) {
  const { n, cards, families } = engine;
  const plan = { n, engine, index, cells: 0, products: 0, log: 0, steps: [], tensors: [] };
  plan.leaves = new Map();
  plan.unary = new Map();
  plan.size = [...cards, ...cards.map((card, v) => (roles.intervals.has(v) ? 2 : card))];
  plan.hidden = new Set(roles.axes);
  plan.place = [];
  plan.vectors = new Map(roles.axes.map((v) => [v, new Float64Array(cards[v]).fill(1)]));
  for (const v of roles.axes) if (known.like[v]) multiplyVector(plan, v, known.like[v]);
  for (const v of roles.whole) {
    enter(plan, v, families[v].table ? [slice(engine, known, v)] : gateLeaves(engine, known, v, null));
  }
  for (const [v, interval] of roles.intervals) enter(plan, v, gateLeaves(engine, known, v, interval));
  for (const [v, data] of plan.vectors) plan.unary.set(v, tensor(plan, [v], true, data));
  eliminate(plan);
  return plan;
}

/** Give a plan its arrays, which it shares with every other plan of the engine, and put the families in. */
export function load(plan) {
  const { memory } = plan.engine;
  if (memory.values.length < 3 * plan.cells) memory.values = new Float64Array(4 * plan.cells);
  [plan.value, plan.slope, plan.lane] = [0, 1, 2].map((k) => memory.values.subarray(k * plan.cells, (k + 1) * plan.cells));
  for (const t of plan.tensors) if (t.data) plan.value.set(t.data, t.at);
}

/** Write down the steps that close one axis after the other. */
function eliminate(plan) {
  const tensors = [...plan.tensors];
  plan.one = tensor(plan, [], false, [1]);
  const holders = plan.size.map(() => []);
  const add = (t) => t.axes.forEach((axis) => holders[axis].push(t));
  tensors.forEach(add);
  const order = eliminationOrder(plan, tensors);
  order.forEach((axis, i) => (plan.place[axis] = i));
  for (const axis of order) {
    const bucket = holders[axis].filter((t) => t.into < 0);
    add(closeAxis(plan, axis, bucket));
  }
}

/** A buffer: its axes, the last one fastest; `carry` says that a posterior hangs on it; `into` is the step that consumes it. */
function tensor(plan, axes, carry, data = null) {
  const strides = Array(axes.length);
  let cells = 1;
  for (let i = axes.length - 1; i >= 0; i--) {
    strides[i] = cells;
    cells *= plan.size[axes[i]];
  }
  const t = { axes, strides, cells, carry, data, at: plan.cells, into: -1, scale: 1 };
  plan.cells += cells;
  refuse(plan.cells, plan.engine.maxCells, "tables of", "cells");
  plan.tensors.push(t);
  return t;
}

/** Stop before anything is allocated that a page cannot hold or wait for. */
function refuse(needed, most, what, unit) {
  if (needed <= most) return;
  throw new RangeError(`This evidence needs ${what} more than ${most} ${unit}, too many to answer exactly here.`);
}

/** Take in the leaves of family v: numbers go to the logarithm, vectors to their variable, the rest become tensors. */
function enter(plan, v, leaves) {
  const found = leaves.map(({ axes, data }) => {
    if (axes.length === 0) plan.log += Math.log(data[0]);
    else if (axes.length === 1) multiplyVector(plan, axes[0], data);
    else return tensor(plan, axes, false, data);
    return null;
  });
  plan.leaves.set(v, { leaves, tensors: found });
}

function multiplyVector(plan, v, data) {
  const own = plan.vectors.get(v);
  let top = 0;
  for (let s = 0; s < own.length; s++) top = Math.max(top, (own[s] *= data[s]));
  plan.log += Math.log(top);
  if (top > 0) for (let s = 0; s < own.length; s++) own[s] /= top;
}

/** The slice of a table at the fixed states. */
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
 */
export function gateLeaves(engine, known, v, interval) {
  const { parents, links, leak, order } = engine.families[v];
  const free = parents.flatMap((p, i) => (known.fixed[p] < 0 ? [[p, links[i]]] : []));
  const rows = interval ? (row) => [sum(row, 0, interval[0]), sum(row, interval[0], interval[1] + 1)] : (row) => row;
  const fold = (ranks, p, i) => (known.fixed[p] < 0 ? ranks : larger(ranks, rows(links[i][known.fixed[p]])));
  const base = parents.reduce(fold, rows(leak));
  if (interval && (interval[0] === 0 || free.length === 0)) {
    return [{ axes: [], data: [base[1]] }, ...free.map(([p, link]) => ({ axes: [p], data: link.map((row) => rows(row)[1]) }))];
  }
  const placed = interval ? (ranks) => ranks : (ranks) => order.map((_, s) => ranks[engine.families[v].rank[s]]);
  if (free.length === 0) return [{ axes: [v], data: placed(base) }];
  const made = free.map(([, link], i) => link.map((row) => placed(i ? rows(row) : larger(base, rows(row)))));
  if (free.length > 1) return free.map(([p], i) => ({ axes: [p, v + engine.n], data: made[i].flatMap((row) => [...row]) }));
  if (interval) return [{ axes: [free[0][0]], data: made[0].map((row) => row[1]) }];
  return [{ axes: [free[0][0], v], data: made[0].flatMap((row) => [...row]) }];
}

/** By the size of tables; where they become large, an order that makes few new neighbours is tried and the better one taken. */
function eliminationOrder(plan, tensors) {
  const first = greedy(plan, tensors, false);
  if (first.cells < WORTH_A_SECOND) return first.order;
  const second = greedy(plan, tensors, true);
  return second.cells < first.cells ? second.order : first.order;
}

/** Next the axis that makes the smallest table or, to fill, the fewest neighbours. A hidden gate becomes its variable, which waits. */
function greedy(plan, tensors, fill) {
  const { n, size, hidden } = plan;
  const axes = [...new Set(tensors.flatMap((t) => t.axes))];
  const count = axes.length;
  const at = new Map(axes.map((axis, a) => [axis, a]));
  const gate = axes.map((axis) => at.get(axis + n) ?? -1);
  const logs = axes.map((axis) => Math.log(axis < n ? size[axis] : 1.5 * size[axis]));
  const adjacent = new Uint8Array(count * count);
  const near = axes.map(() => []);
  const join = (a, b) => {
    if (a === b || adjacent[a * count + b]) return;
    adjacent[a * count + b] = adjacent[b * count + a] = 1;
    near[a].push(b);
    near[b].push(a);
  };
  const joinAll = (group) => {
    for (let i = 1; i < group.length; i++) for (let j = 0; j < i; j++) join(group[i], group[j]);
  };
  for (const t of tensors) joinAll(t.axes.map((axis) => at.get(axis)));
  const width = (a) => {
    let weight = logs[a];
    for (const b of near[a]) weight += logs[b];
    return weight;
  };
  const added = (a) => {
    const group = near[a];
    let weight = 1e-3 * width(a);
    for (let i = 0; i < group.length; i++) {
      const row = group[i] * count;
      let missing = 0;
      for (let j = 0; j < i; j++) if (!adjacent[row + group[j]]) missing += logs[group[j]];
      weight += missing * logs[group[i]];
    }
    return weight;
  };
  const weigh = fill ? added : width;
  const weights = axes.map((_, a) => (gate[a] < 0 ? weigh(a) : Infinity));
  const left = new Set(axes.keys());
  const order = [];
  let cells = 0;
  while (left.size) {
    let best = -1;
    for (const a of left) if (best < 0 || weights[a] < weights[best]) best = a;
    order.push(axes[best]);
    cells += Math.exp(width(best));
    left.delete(best);
    const group = near[best];
    for (const b of group) near[b].splice(near[b].indexOf(best), 1);
    if (axes[best] >= n && hidden.has(axes[best] - n)) {
      const own = at.get(axes[best] - n);
      if (!group.includes(own)) group.push(own);
      weights[own] = 0;
    }
    joinAll(group);
    const touched = fill ? new Set(group.flatMap((b) => [b, ...near[b]])) : group;
    for (const b of touched) if (weights[b] < Infinity) weights[b] = weigh(b);
  }
  return { order, cells };
}

/** Multiply all that mention an axis, smallest first and numbers before messages; the last product closes it. */
function closeAxis(plan, axis, bucket) {
  const bySize = (a, b) => a.cells - b.cells;
  const merge = (tensors, until) => {
    for (tensors.sort(bySize); tensors.length > until; tensors.sort(bySize)) {
      const [small, large] = tensors.splice(0, 2);
      tensors.push(times(plan, large, small, -1));
    }
    return tensors;
  };
  const constants = merge(
    bucket.filter((t) => !t.carry),
    1,
  );
  const [small, large = plan.one] = merge([...constants, ...bucket.filter((t) => t.carry)], 2);
  return times(plan, large, small, axis);
}

/**
 * The product of two tensors as a step. `closed` is summed out if it is a variable; the gate of a hidden variable becomes that
 * variable, the gate of an observed one is taken at its second row. Every axis is a list of offsets into a, b and the result;
 * what is closed last lies closest together, so that neighbouring axes often make one straight line.
 */
function times(plan, a, b, closed) {
  const becomes = closed >= plan.n && plan.hidden.has(closed - plan.n) ? closed - plan.n : -1;
  const shared = b.axes.filter((axis) => axis >= plan.n && a.axes.includes(axis));
  const wide = worthWidening(plan, a, b, shared) ? widen(plan, b, shared) : b;
  const byPlace = (x, y) => plan.place[x] - plan.place[y];
  const union = [...a.axes, ...b.axes.filter((axis) => !a.axes.includes(axis))].sort(byPlace);
  const kept = union.filter((axis) => axis !== closed && axis !== becomes);
  const out = tensor(plan, becomes < 0 ? kept : [...kept, becomes].sort(byPlace), a.carry || b.carry);
  const dimensions = [];
  for (const axis of union) {
    if (axis === becomes) continue;
    const both = shared.includes(axis);
    const [inA, inOut] = [stride(a, axis), stride(out, axis === closed ? becomes : axis)];
    const inB = stride(wide, both && wide !== b ? axis + plan.n : axis);
    const [alongA, alongB] = axis === closed ? [stride(a, becomes), stride(wide, becomes)] : [0, 0];
    const rows = both ? sharedRows(rankOf(plan, axis))[wide === b ? "pairs" : "sums"] : diagonal(plan.size[axis]);
    const dimension = [];
    for (const [i, j, k] of rows) {
      if (k !== 1 && axis === closed && axis >= plan.n && becomes < 0) continue;
      dimension.push(i * inA + k * alongA, j * inB + k * alongB, k * inOut);
    }
    dimensions.push(dimension);
  }
  return addStep(plan, a, wide, out, dimensions);
}

/**
 * Keep a product as its longest straight line and, for what is left, two shorter lists of offsets, so that a step costs memory
 * like the square root of its multiplications.
 */
function addStep(plan, a, b, out, dimensions) {
  const total = dimensions.reduce((product, d) => (product * d.length) / 3, 1);
  plan.products += total;
  refuse(plan.products, plan.engine.maxProducts, "a plan of", "multiplications");
  const { count, by, from, to } = longestLine(dimensions);
  const rest = [...dimensions.slice(0, from), ...dimensions.slice(to)];
  const half = Math.max(24, Math.sqrt(total / count));
  let split = rest.length;
  for (let rows = 1; split > 0 && rows < half; rows *= rest[split].length / 3) split -= 1;
  const [inner, outer] = [offsets(plan, rest.slice(split)), offsets(plan, rest.slice(0, split))];
  a.into = b.into = plan.steps.length;
  plan.steps.push({ a, b, out, count, by, inner, outer, products: total });
  return out;
}

/** The neighbouring dimensions whose offsets grow by the same three steps from one entry to the next, the most entries. */
function longestLine(dimensions) {
  let best = { count: 1, by: [0, 0, 0], from: 0, to: 0 };
  let now = null;
  for (let from = dimensions.length - 1; from >= 0; from--) {
    const d = dimensions[from];
    const by = [d[3] ?? 0, d[4] ?? 0, d[5] ?? 0];
    const straight = d.every((x, i) => x === Math.trunc(i / 3) * by[i % 3]);
    const continues = straight && now?.by.every((x, k) => x * now.count === by[k]);
    if (continues) now = { ...now, count: (now.count * d.length) / 3, from };
    else now = straight ? { count: d.length / 3, by, from, to: from + 1 } : null;
    if (now?.count > best.count) best = now;
  }
  return best;
}

/**
 * Rows (i, j, k) of a gate that two tensors share: k is where the larger rank of i and j lies. `pairs` takes the second tensor as
 * it is, `sums` takes it widened: first its sum up to the rank of i, then its single ranks above.
 */
function sharedRows(rank) {
  if (!ROWS.has(rank)) {
    const pairs = rank.flatMap((_, i) => rank.map((_, j) => [i, j, rank[j] > rank[i] ? j : i]));
    const above = pairs.filter(([i, , k]) => rank[k] > rank[i]).map(([i, j, k]) => [i, rank.length + rank[j] - 1, k]);
    ROWS.set(rank, { pairs, sums: [...rank.map((_, i) => [i, i, i]), ...above] });
  }
  return ROWS.get(rank);
}

/** Rows (i, i, i) of an axis. */
function diagonal(size) {
  while (DIAGONALS.length <= size) DIAGONALS.push(range(DIAGONALS.length).map((i) => [i, i, i]));
  return DIAGONALS[size];
}

/** Whether the fewer products with a widened second tensor (3 in place of 4 per binary gate) pay for making it. */
function worthWidening(plan, a, b, shared) {
  if (shared.length === 0) return false;
  const apart = shared.reduce((cells, gate) => cells / plan.size[gate], b.cells);
  const others = b.axes.reduce((cells, axis) => (a.axes.includes(axis) ? cells : cells * plan.size[axis]), a.cells);
  const product = (count) => shared.reduce((total, gate) => total * count(plan.size[gate]), 1);
  const half = (s) => (s * (s + 1)) / 2;
  const cells = others / product((s) => s);
  const alone = cells * product((s) => s * s);
  return alone > cells * product(half) + apart * product((s) => half(s) + s - 1) + OVERHEAD;
}

/** Running sums and single ranks of b along the gates `shared`. */
function widen(plan, b, shared) {
  const { n, size } = plan;
  const axes = b.axes.map((axis) => (shared.includes(axis) ? axis + n : axis));
  for (const gate of shared) size[gate + n] = 2 * size[gate] - 1;
  const out = tensor(plan, axes, b.carry);
  const dimensions = b.axes.map((axis, at) => {
    const [inB, inOut] = [b.strides[at], out.strides[at]];
    if (!shared.includes(axis)) return range(size[axis]).flatMap((i) => [i * inB, 0, i * inOut]);
    const rank = rankOf(plan, axis);
    const upTo = (i) => rank.flatMap((_, j) => (rank[j] <= rank[i] ? [j * inB, 0, i * inOut] : []));
    const single = (j) => (rank[j] > 0 ? [j * inB, 0, (rank.length + rank[j] - 1) * inOut] : []);
    return rank.flatMap((_, i) => [...upTo(i), ...single(i)]);
  });
  return addStep(plan, b, plan.one, out, dimensions);
}

function stride(t, axis) {
  const at = t.axes.indexOf(axis);
  return at < 0 ? 0 : t.strides[at];
}

const rankOf = (plan, gate) => (plan.hidden.has(gate - plan.n) ? plan.engine.families[gate - plan.n].rank : TWO_ROWS);

/** All sums of one entry per dimension, as triples in the shared index array. */
function offsets(plan, dimensions) {
  const { memory } = plan.engine;
  const total = dimensions.reduce((product, d) => (product * d.length) / 3, 1);
  const start = plan.index;
  plan.index += 3 * total;
  if (plan.index > memory.index.length) {
    const larger = new Int32Array(2 * plan.index);
    larger.set(memory.index);
    memory.index = larger;
  }
  const { index } = memory;
  index.fill(0, start, start + 3);
  let count = 3;
  for (const d of dimensions) {
    for (let e = d.length - 3; e >= 0; e -= 3) {
      const to = start + (e / 3) * count;
      for (let i = 0; i < count; i += 3) for (let k = 0; k < 3; k++) index[to + i + k] = index[start + i + k] + d[e + k];
    }
    count *= d.length / 3;
  }
  return { start, end: start + count };
}

/** The distribution of the larger of two independent ranks. */
function larger(a, b) {
  let [belowA, upToB] = [0, 0];
  return Float64Array.from(a, (x, r) => {
    upToB += b[r];
    const found = x * upToB + belowA * b[r];
    belowA += x;
    return found;
  });
}

export function sum(array, begin, end) {
  let total = 0;
  for (let i = begin; i < end; i++) total += array[i];
  return total;
}
