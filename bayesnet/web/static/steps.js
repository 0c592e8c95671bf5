// The steps of a plan: products of two buffers, written down as lists of offsets, and how one is run.

import { range } from "./evidence.js";

/** @import { Plan, Step, Tensor } from "./types.js" */

// Multiplications that one more step must save to be worth its planning.
const OVERHEAD = 500;
const TWO_ROWS = [0, 1];
const ROWS = new WeakMap();
/** @type {number[][][]} */
const DIAGONALS = [];

/**
 * A buffer: its axes, the last one fastest; `carry` says that a posterior hangs on it; `into` is the step that consumes it.
 *
 * @param {Plan} plan
 * @param {number[]} axes
 * @param {boolean} carry
 * @param {number[] | Float64Array | null} [data]
 * @returns {Tensor}
 */
export function tensor(plan, axes, carry, data = null) {
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

/**
 * Stop before anything is allocated that a page cannot hold or wait for.
 *
 * @param {number} needed
 * @param {number} most
 * @param {string} what
 * @param {string} unit
 */
function refuse(needed, most, what, unit) {
  if (needed <= most) return;
  throw new RangeError(`This evidence needs ${what} more than ${most} ${unit}, too many to answer exactly here.`);
}

/**
 * Multiply all that mention an axis, smallest first and numbers before messages; the last product closes it.
 *
 * @param {Plan} plan
 * @param {number} axis
 * @param {Tensor[]} bucket
 */
export function closeAxis(plan, axis, bucket) {
  /** @param {Tensor} a @param {Tensor} b */
  const bySize = (a, b) => a.cells - b.cells;
  /** @param {Tensor[]} tensors @param {number} until */
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
 *
 * @param {Plan} plan
 * @param {Tensor} a
 * @param {Tensor} b
 * @param {number} closed
 */
function times(plan, a, b, closed) {
  const becomes = closed >= plan.n && plan.hidden.has(closed - plan.n) ? closed - plan.n : -1;
  const shared = b.axes.filter((axis) => axis >= plan.n && a.axes.includes(axis));
  const wide = worthWidening(plan, a, b, shared) ? widen(plan, b, shared) : b;
  /** @param {number} x @param {number} y */
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
 *
 * @param {Plan} plan
 * @param {Tensor} a
 * @param {Tensor} b
 * @param {Tensor} out
 * @param {number[][]} dimensions
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

/**
 * The neighbouring dimensions whose offsets grow by the same three steps from one entry to the next, the most entries.
 *
 * @param {number[][]} dimensions
 */
function longestLine(dimensions) {
  let best = { count: 1, by: [0, 0, 0], from: 0, to: 0 };
  /** @type {typeof best | null} */
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
 *
 * @param {number[]} rank
 */
function sharedRows(rank) {
  if (!ROWS.has(rank)) {
    const pairs = rank.flatMap((_, i) => rank.map((_, j) => [i, j, rank[j] > rank[i] ? j : i]));
    const above = pairs.filter(([i, , k]) => rank[k] > rank[i]).map(([i, j, k]) => [i, rank.length + rank[j] - 1, k]);
    ROWS.set(rank, { pairs, sums: [...rank.map((_, i) => [i, i, i]), ...above] });
  }
  return ROWS.get(rank);
}

/**
 * Rows (i, i, i) of an axis.
 *
 * @param {number} size
 */
function diagonal(size) {
  while (DIAGONALS.length <= size) DIAGONALS.push(range(DIAGONALS.length).map((i) => [i, i, i]));
  return DIAGONALS[size];
}

/**
 * Whether the fewer products with a widened second tensor (3 in place of 4 per binary gate) pay for making it.
 *
 * @param {Plan} plan
 * @param {Tensor} a
 * @param {Tensor} b
 * @param {number[]} shared
 */
function worthWidening(plan, a, b, shared) {
  if (shared.length === 0) return false;
  const apart = shared.reduce((cells, gate) => cells / plan.size[gate], b.cells);
  const others = b.axes.reduce((cells, axis) => (a.axes.includes(axis) ? cells : cells * plan.size[axis]), a.cells);
  /** @param {(size: number) => number} count */
  const product = (count) => shared.reduce((total, gate) => total * count(plan.size[gate]), 1);
  /** @param {number} s */
  const half = (s) => (s * (s + 1)) / 2;
  const cells = others / product((s) => s);
  const alone = cells * product((s) => s * s);
  return alone > cells * product(half) + apart * product((s) => half(s) + s - 1) + OVERHEAD;
}

/**
 * Running sums and single ranks of b along the gates `shared`.
 *
 * @param {Plan} plan
 * @param {Tensor} b
 * @param {number[]} shared
 */
function widen(plan, b, shared) {
  const { n, size } = plan;
  const axes = b.axes.map((axis) => (shared.includes(axis) ? axis + n : axis));
  for (const gate of shared) size[gate + n] = 2 * size[gate] - 1;
  const out = tensor(plan, axes, b.carry);
  const dimensions = b.axes.map((axis, at) => {
    const [inB, inOut] = [b.strides[at], out.strides[at]];
    if (!shared.includes(axis)) return range(size[axis]).flatMap((i) => [i * inB, 0, i * inOut]);
    const rank = rankOf(plan, axis);
    /** @param {number} i */
    const upTo = (i) => rank.flatMap((_, j) => (rank[j] <= rank[i] ? [j * inB, 0, i * inOut] : []));
    /** @param {number} j */
    const single = (j) => (rank[j] > 0 ? [j * inB, 0, (rank.length + rank[j] - 1) * inOut] : []);
    return rank.flatMap((_, i) => [...upTo(i), ...single(i)]);
  });
  return addStep(plan, b, plan.one, out, dimensions);
}

/** @param {Tensor} t @param {number} axis */
function stride(t, axis) {
  const at = t.axes.indexOf(axis);
  return at < 0 ? 0 : t.strides[at];
}

/** @param {Plan} plan @param {number} gate */
const rankOf = (plan, gate) => (plan.hidden.has(gate - plan.n) ? plan.engine.families[gate - plan.n].rank : TWO_ROWS);

/**
 * All sums of one entry per dimension, as triples in the shared index array.
 *
 * @param {Plan} plan
 * @param {number[][]} dimensions
 */
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

/**
 * z += x * y over a step. p, q, r say which offset of each triple belongs to x, y, z: 0 operand a, 1 operand b, 2 the result.
 *
 * @param {Int32Array} index
 * @param {Step} step
 * @param {Float64Array} x
 * @param {Float64Array} y
 * @param {Float64Array} z
 * @param {number} p
 * @param {number} q
 * @param {number} r
 */
export function multiply(index, step, x, y, z, p, q, r) {
  const { inner, outer, count, by } = step;
  const at = [step.a.at, step.b.at, step.out.at];
  const [begin, end] = [inner.start, inner.end];
  const [byX, byY, byZ] = [by[p], by[q], by[r]];
  for (let o = outer.start; o < outer.end; o += 3) {
    const [xo, yo, zo] = [at[p] + index[o + p], at[q] + index[o + q], at[r] + index[o + r]];
    for (let i = begin; i < end; i += 3) {
      let [xi, yi, zi] = [xo + index[i + p], yo + index[i + q], zo + index[i + r]];
      for (let k = 0; k < count; k++) {
        z[zi] += x[xi] * y[yi];
        xi += byX;
        yi += byY;
        zi += byZ;
      }
    }
  }
}
