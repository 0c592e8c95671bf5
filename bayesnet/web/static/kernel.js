// The compiled kernel: the questions of this page composed, planned and run by the C of the Python package, as WebAssembly.
//
// The C files allocate nothing: every array lies in one memory, the network at its beginning, behind it what one question needs. The
// answer to a question is gone with the next one; `holds` says whose it is.

import { WASM } from "./wasm.js";

/** @import { Asked, Engine, Reading } from "./types.js" */

/** Integers at the head of what the kernel finds, and how many arrays it lists behind them. */
const [HEAD, SECTIONS] = [5, 18];
const [CUT, SETTLED, GIVEN, WANTED] = [1, 2, 4, 8];
/** Columns that are run side by side. */
export const LANES = 8;
const MOST_BYTES = 2 ** 29;
const PAGE = 2 ** 16;

/** @type {Record<string, any>} */
let kernel;
let ints = new Int32Array(0);
let doubles = new Float64Array(0);
let top = 0;
/** The room of each array whose size is not known before, in bytes; more is given where it does not suffice. @type {Record<string, number>} */
let rooms = { found: 2 ** 17, code: 2 ** 19, arena: 2 ** 20 };
/** Whose numbers it holds, in one column and in eight, and whose question. @type {{ engine: Engine | null; wide: Engine | null; asked: Asked | null }} */
const memory = { engine: null, wide: null, asked: null };

/** Resolved when the kernel is compiled; before, nothing can be asked. */
export const ready = WebAssembly.instantiate(
  Uint8Array.from(atob(WASM), (letter) => letter.charCodeAt(0)),
  {},
).then(({ instance }) => {
  kernel = instance.exports;
});

/**
 * Whether the memory still holds what was asked.
 *
 * @param {Asked} asked
 */
export const holds = (asked) => memory.asked === asked;

/**
 * Room for an array behind all others.
 *
 * @param {number} bytes
 */
function take(bytes) {
  const at = top;
  top += Math.ceil(bytes / 16) * 16;
  if (top > MOST_BYTES) throw new RangeError(tooMuch(`more than ${MOST_BYTES / 2 ** 20} MiB`));
  const missing = Math.ceil((top - kernel.memory.buffer.byteLength) / PAGE);
  if (missing > 0) kernel.memory.grow(missing);
  if (ints.buffer !== kernel.memory.buffer) {
    ints = new Int32Array(kernel.memory.buffer);
    doubles = new Float64Array(kernel.memory.buffer);
  }
  return at;
}

/** @param {string} what */
const tooMuch = (what) => `This evidence needs ${what}, too many to answer exactly here.`;

/**
 * Call the kernel until its arrays are large enough; it traps where they are not. They stay as large as they had to be.
 *
 * @param {(at: Record<string, number>, room: Record<string, number>) => number} call
 */
function roomy(call) {
  const before = top;
  for (let room = rooms; ; room = scaled(room, 2)) {
    top = before;
    const at = Object.fromEntries(Object.entries(room).map(([name, bytes]) => [name, take(bytes)]));
    try {
      if (call(at, room) < 0) throw new Error("A question that makes no sense was handed to the kernel.");
      rooms = room;
      return at;
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    }
  }
}

/** @param {Record<string, number>} room @param {number} by */
const scaled = (room, by) => Object.fromEntries(Object.entries(room).map(([name, bytes]) => [name, bytes * by]));

const i64 = BigInt;
/** Number i of an array of 64-bit integers; all of them fit in 32. @param {number} at @param {number} i */
const long = (at, i) => ints[(at >> 2) + 2 * i];
/** @param {number} at @param {number} i @param {number} x */
const setLong = (at, i, x) => {
  ints[(at >> 2) + 2 * i] = x;
  ints[(at >> 2) + 2 * i + 1] = x < 0 ? -1 : 0;
};

/**
 * Compose and plan a question: what is known, whose posteriors are wanted, and which other variables will get likelihoods. What is too
 * large is refused before it is run.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number[]} wanted
 * @param {Iterable<number>} given
 * @returns {Asked}
 */
export function ask(engine, known, wanted, given) {
  const { n, structure, values, maxCells, maxProducts } = engine;
  memory.asked = null;
  top = kernel.__heap_base.value;
  const net = take(4 * structure.packed.length);
  const numbers = take(8 * structure.size);
  const wide = take(8 * structure.size * LANES);
  if (memory.engine?.structure !== structure) memory.wide = null;
  if (memory.engine?.structure !== structure) ints.set(structure.packed, net >> 2);
  if (memory.engine !== engine) doubles.set(values, numbers >> 3);
  memory.engine = engine;
  const question = take(8 * n);
  writeQuestion(engine, known, wanted, given, question >> 2);
  const sizes = take(24);
  const { found, code } = roomy(({ found, code, arena }, room) =>
    kernel.bn_plan(
      ...[net, question, i64(2 * n), 0, maxCells, arena, i64(room.arena), code, i64(room.code / 4)],
      ...[found, i64(room.found / 8), sizes],
    ),
  );
  const { counts, at } = sections(found);
  const [space, products, largest] = doubles.subarray(sizes >> 3, (sizes >> 3) + 3);
  if (Math.max(space, largest) > maxCells) throw new RangeError(tooMuch(`tables of more than ${maxCells} cells`));
  if (products > maxProducts) throw new RangeError(tooMuch(`a plan of more than ${maxProducts} multiplications`));
  const [length, ups, slots, result, resultSlot] = Array.from({ length: HEAD }, (_, i) => long(found, i));
  top = Math.ceil((code + 4 * length) / 16) * 16;
  const [bases, reach, state] = [take(8 * counts.factors), take(8 * counts.factors), take(16)];
  addFixed(at.bases, counts.factors, at.fixes, counts.fixes, question, bases);
  addFixed(at.unary, counts.unary, at.unaryFixes, counts.unaryFixes, question, at.unary);
  const wrong = kernel.bn_check(code, i64(length), i64(ups), i64(space), i64(slots), reach, i64(counts.factors));
  if (wrong) throw new Error(`Operation ${wrong} of a plan names a place outside it.`);
  const plan = { code, length, ups, slots, space, result, resultSlot, bases, reach, state };
  /** @type {Asked} */
  const asked = { engine, known, counts, at, plan, numbers, wide, products, top, spaces: {} };
  memory.asked = asked;
  return asked;
}

/**
 * What is known and wanted, for every variable: the place of its state, and flags.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number[]} wanted
 * @param {Iterable<number>} given
 * @param {number} to
 */
function writeQuestion({ n, structure: { places } }, { fixed, like, cut, settled }, wanted, given, to) {
  ints.fill(-1, to, to + n);
  for (let v = 0; v < n; v++) {
    if (fixed[v] >= 0) ints[to + v] = places[v][fixed[v]];
    ints[to + n + v] = (cut[v] ? CUT : 0) | (settled[v] ? SETTLED : 0) | (fixed[v] < 0 && like[v] ? GIVEN : 0);
  }
  for (const v of wanted) ints[to + n + v] |= WANTED;
  for (const v of given) if (fixed[v] < 0) ints[to + n + v] |= GIVEN;
}

/**
 * How much the kernel found of everything, and where it lies.
 *
 * @param {number} found
 */
function sections(found) {
  let behind = found + 8 * (HEAD + SECTIONS);
  const [ids, begin, ends, bases, fixes, unary, unaryFixes, distance, which, , ptr, variables, cuts, own, slope] = Array.from(
    { length: SECTIONS },
    (_, i) => {
      const count = long(found, HEAD + i);
      behind += 8 * count;
      return { from: behind - 8 * count, count };
    },
  );
  const at = {
    ids: ids.from,
    begin: begin.from,
    ends: ends.from,
    bases: bases.from,
    fixes: fixes.from,
    unary: unary.from,
    unaryFixes: unaryFixes.from,
    distance: distance.from,
    which: which.from,
    ptr: ptr.from,
    variables: variables.from,
    cuts: cuts.from,
    own: own.from,
    slope: slope.from,
  };
  const counts = {
    axes: ids.count,
    factors: bases.count,
    unary: unary.count,
    vectors: ends.count,
    fixes: fixes.count / 3,
    unaryFixes: unaryFixes.count / 3,
    entries: distance.count,
    cells: ptr.count - 1,
    answers: variables.count,
  };
  return { counts, at };
}

/**
 * Bases moved on by the states of fixed variables.
 *
 * @param {number} bases
 * @param {number} count
 * @param {number} fixes
 * @param {number} fixed
 * @param {number} question
 * @param {number} to
 */
function addFixed(bases, count, fixes, fixed, question, to) {
  for (let i = 0; i < count; i++) setLong(to, i, long(bases, i));
  for (let i = 0; i < 3 * fixed; i += 3) {
    const part = long(fixes, i);
    setLong(to, part, long(to, part) + long(fixes, i + 2) * ints[(question >> 2) + long(fixes, i + 1)]);
  }
}

/**
 * Run what was asked, in one column or in eight: `soft(column)` says which likelihoods a column has beside what is known, `values(column)`
 * its numbers where they are not the engine's own (only of eight). Returns ln P(e) of each column.
 *
 * @param {Asked} asked
 * @param {{ width: number; down: boolean; soft?: (column: number) => Iterable<[number, ArrayLike<number>]>; values?: (column: number) => Float64Array }} how
 */
export function run(asked, { width, down, soft = () => [], values }) {
  const { engine, counts, at, plan } = asked;
  const space = spaceOf(asked, width);
  const size = engine.structure.size;
  const numbers = width === 1 ? asked.numbers : asked.wide;
  if (width > 1 && (values || memory.wide !== engine)) {
    for (let w = 0; w < width; w++) {
      const own = values ? values(w) : engine.values;
      for (let i = 0, to = (numbers >> 3) + w; i < size; i++, to += width) doubles[to] = own[i];
    }
    memory.wide = values ? null : engine;
  }
  fillLikelihoods(asked, space.soft >> 3, width, soft);
  ints.fill(0, space.powers >> 2, (space.powers >> 2) + 2 * plan.slots * width);
  doubles.fill(1, (space.work >> 3) + plan.space * width, (space.work >> 3) + (plan.space + 1) * width);
  const bad = kernel.bn_run(
    ...[plan.code, i64(down ? plan.length : plan.ups), plan.bases, plan.reach, i64(counts.factors), numbers, i64(size)],
    ...[i64(counts.vectors), width, space.index, at.ptr, space.soft, at.ends, space.work, space.powers, plan.state],
  );
  if (bad) throw new Error("A plan was run with numbers of another length than it was made for.");
  return Array.from({ length: width }, (_, w) => {
    const result = doubles[(space.work >> 3) + plan.result * width + w];
    return Math.log(result) + long(space.powers, plan.resultSlot * width + w) * Math.LN2;
  });
}

/**
 * The arrays of a run of some columns, made at the first one.
 *
 * @param {Asked} asked
 * @param {number} width
 */
function spaceOf(asked, width) {
  const { counts, at, plan } = asked;
  if (asked.spaces[width]) return asked.spaces[width];
  top = asked.top;
  const space = {
    index: take(8 * counts.entries * width),
    soft: take(8 * counts.cells * width),
    powers: take(8 * plan.slots * width),
    work: take(8 * (plan.space + 1) * width),
  };
  asked.top = top;
  ints.fill(0, plan.state >> 2, (plan.state >> 2) + 4);
  for (let i = 0; i < counts.entries; i++) {
    const place = long(at.distance, i) + long(at.unary, long(at.which, i));
    for (let w = 0; w < width; w++) setLong(space.index, i * width + w, place);
  }
  return (asked.spaces[width] = space);
}

/**
 * The likelihoods of all cells of the vectors.
 *
 * @param {Asked} asked
 * @param {number} to
 * @param {number} width
 * @param {(column: number) => Iterable<[number, ArrayLike<number>]>} soft
 */
function fillLikelihoods({ engine, known, counts, at }, to, width, soft) {
  const { n } = engine;
  const { places } = engine.structure;
  doubles.fill(1, to, to + counts.cells * width);
  /** @type {Map<number, number>} */
  const begin = new Map();
  for (let i = 0; i < counts.axes; i++) {
    const [id, from] = [long(at.ids, i), long(at.begin, i)];
    if (from >= 0) begin.set(id % n, begin.has(id % n) ? Math.min(from, begin.get(id % n)) : from);
  }
  /** @param {number} v @param {ArrayLike<number>} vector @param {number} first @param {number} last */
  const multiply = (v, vector, first, last) => {
    const from = begin.get(v);
    if (from === undefined) return;
    for (let s = 0; s < vector.length; s++) {
      for (let w = first; w < last; w++) doubles[to + (from + places[v][s]) * width + w] *= vector[s];
    }
  };
  known.like.forEach((vector, v) => vector && known.fixed[v] < 0 && multiply(v, vector, 0, width));
  for (let w = 0; w < width; w++) for (const [v, vector] of soft(w)) multiply(v, vector, w, w + 1);
}

/**
 * The posteriors that were asked, of one column, after a run up and down.
 *
 * @param {Asked} asked
 * @param {number} width
 * @param {number} column
 * @returns {Map<number, Float64Array>}
 */
export function readPosteriors({ engine, counts, at, spaces }, width, column) {
  const work = (spaces[width].work >> 3) + column;
  const found = new Map();
  for (let k = 0; k < counts.answers; k++) {
    const [v, from] = [long(at.variables, k), long(at.cuts, k)];
    const posterior = new Float64Array(engine.cards[v]);
    let total = 0;
    for (let s = 0; s < posterior.length; s++) {
      posterior[s] = doubles[work + long(at.own, from + s) * width] * doubles[work + long(at.slope, from + s) * width];
      total += posterior[s];
    }
    for (let s = 0; s < posterior.length; s++) posterior[s] /= total;
    found.set(v, posterior);
  }
  return found;
}
