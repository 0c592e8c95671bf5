// Posteriors of gates without a finding below them, from the probability of being at a rank or below: they have no axis in a plan.
//
// "At rank r or below" is a product of one vector for each cause, so its probability is that of some more likelihoods, eight of them in one
// run of a plan that was made without the gate. Where a cause is such a gate itself, a vector on it is a sum over its ranks.

/** @import { Engine, Lane, Reading } from "./types.js" */

// Lanes that one variable may take; with more, causes of it get an axis.
const MOST_LANES = 16;

/**
 * The variables whose posteriors a plan gives, those that are answered by lanes, and which of the former then get likelihoods.
 *
 * @param {Engine} engine
 * @param {Reading} known
 */
export function partOf({ n, families, cards, topological }, known) {
  /** @param {number} v */
  const open = (v) => families[v].parents.filter((p) => known.fixed[p] < 0);
  const needed = new Uint8Array(n);
  for (const v of [...topological].reverse()) {
    if (known.fixed[v] >= 0 || known.like[v]) needed[v] = 1;
    if (needed[v] && !known.cut[v] && !known.settled[v]) for (const p of open(v)) needed[p] = 1;
  }
  /** How many lanes a vector on a variable becomes. @type {Map<number, number>} */
  const later = new Map();
  /** @param {number} v */
  const hold = (v) => later.delete(v) && open(v).forEach(hold);
  for (const v of topological) {
    const causes = open(v);
    const { order } = families[v];
    if (needed[v] || known.fixed[v] >= 0 || !((order && causes.length > 1) || causes.some((p) => later.has(p)))) continue;
    const settings = order ? order.length - 1 : causes.slice(0, -1).reduce((total, p) => total * cards[p], 1);
    const lanes = () => causes.reduce((total, p) => total * (later.get(p) ?? 1), settings);
    if (lanes() > MOST_LANES) causes.forEach(hold);
    if (order || causes.some((p) => later.has(p))) later.set(v, lanes() + (order ? 1 : 0));
  }
  const given = new Set([...later.keys()].flatMap(open).filter((p) => !later.has(p)));
  const now = topological.filter((v) => known.fixed[v] < 0 && !later.has(v));
  return { now, later: new Set(later.keys()), given };
}

/**
 * The lanes of a variable: of a gate those of "rank r or below" for all ranks but the highest, of a table those of each state.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Set<number>} later
 * @param {number} v
 * @returns {Lane[][]}
 */
export function lanesOf(engine, known, later, v) {
  const { order } = engine.families[v];
  /** @param {(state: number) => number} weight */
  const lanes = (weight) => {
    /** @type {Lane[]} */
    const found = [];
    unfold(engine, known, later, new Map([[v, Float64Array.from({ length: engine.cards[v] }, (_, s) => weight(s))]]), 1, found);
    return found;
  };
  if (!order) return engine.network.states[v].map((_, state) => lanes((s) => Number(s === state)));
  return order.slice(1).map((_, r) => lanes((s) => Number(engine.families[v].rank[s] <= r)));
}

/**
 * The posterior from the probabilities of the lanes.
 *
 * @param {Engine} engine
 * @param {number} v
 * @param {number[]} probability
 */
export function fromLanes({ families, cards }, v, probability) {
  const { order } = families[v];
  const into = new Float64Array(cards[v]);
  if (!order) into.set(probability);
  else order.forEach((state, r) => (into[state] = Math.max(0, (probability[r] ?? 1) - (probability[r - 1] ?? 0))));
  const total = into.reduce((sum, x) => sum + x, 0);
  return into.map((x) => x / total);
}

/**
 * The only open parent of a table that is answered later, if that is answered later too; -1 for others.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Set<number>} later
 * @param {number} v
 */
function onlyParent({ families }, known, later, v) {
  const open = families[v].parents.filter((p) => known.fixed[p] < 0);
  return later.has(v) && families[v].table && open.length === 1 && later.has(open[0]) ? open[0] : -1;
}

/**
 * The variable itself, or the one above it that it follows.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Set<number>} later
 * @param {number} v
 * @returns {number}
 */
export function gateAbove(engine, known, later, v) {
  const above = onlyParent(engine, known, later, v);
  return above < 0 ? v : gateAbove(engine, known, later, above);
}

/**
 * The posteriors of the tables that hang on one variable alone, by its own.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Set<number>} later
 * @param {number} v
 * @param {Float64Array} posterior
 */
export function followers(engine, known, later, v, posterior) {
  const { families, cards, children } = engine;
  /** @type {Map<number, Float64Array>} */
  const found = new Map();
  for (const c of children[v]) {
    if (onlyParent(engine, known, later, c) !== v) continue;
    const { parents, table } = families[c];
    found.set(
      c,
      new Float64Array(cards[c]).map((_, s) =>
        [...posterior].reduce((sum, p, at) => {
          const row = parents.reduce((index, q) => index * cards[q] + (q === v ? at : known.fixed[q]), 0);
          return sum + p * table[row * cards[c] + s];
        }, 0),
      ),
    );
  }
  return found;
}

/**
 * `weight` times the vectors, as lanes without vectors on what is answered later: the last such variable goes first.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {Set<number>} later
 * @param {Map<number, Float64Array>} vectors
 * @param {number} weight
 * @param {Lane[]} into
 */
function unfold(engine, known, later, vectors, weight, into) {
  if (weight === 0) return;
  const mine = [...vectors.keys()].filter((v) => later.has(v));
  if (!mine.length) {
    into.push({ weight, vectors });
    return;
  }
  const v = mine.reduce((last, u) => (engine.place[u] > engine.place[last] ? u : last));
  const vector = vectors.get(v);
  /** @param {number} factor @param {[number, Float64Array][]} more */
  const go = (factor, more) => {
    const rest = new Map(vectors);
    rest.delete(v);
    for (const [p, data] of more) rest.set(p, rest.has(p) ? data.map((x, s) => x * rest.get(p)[s]) : data);
    unfold(engine, known, later, rest, weight * factor, into);
  };
  const { order } = engine.families[v];
  if (!order) tableTerms(engine, known, v, vector, go);
  else {
    order.forEach((state, r) => {
      const step = vector[state] - (r + 1 < order.length ? vector[order[r + 1]] : 0);
      if (r + 1 === order.length) go(step, []);
      else if (step !== 0) upTo(engine, known, v, r, step, go);
    });
  }
}

/**
 * A gate at rank r or below: a number for the leak and the causes that are known, a vector for each that is not.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {number} r
 * @param {number} step
 * @param {(factor: number, more: [number, Float64Array][]) => void} go
 */
function upTo({ families }, known, v, r, step, go) {
  const { parents, leak, links } = families[v];
  /** @param {Float64Array} row */
  const below = (row) => row.subarray(0, r + 1).reduce((sum, x) => sum + x, 0);
  let factor = step * below(leak);
  /** @type {[number, Float64Array][]} */
  const more = [];
  parents.forEach((p, i) => {
    if (known.fixed[p] >= 0) factor *= below(links[i][known.fixed[p]]);
    else more.push([p, Float64Array.from(links[i], below)]);
  });
  go(factor, more);
}

/**
 * A table: a vector on the last parent that is open, for each setting of the other ones.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {Float64Array} vector
 * @param {(factor: number, more: [number, Float64Array][]) => void} go
 */
function tableTerms({ families, cards }, known, v, vector, go) {
  const { parents, table } = families[v];
  /** @param {number} row */
  const seen = (row) => vector.reduce((sum, x, s) => sum + x * table[row * vector.length + s], 0);
  const last = parents.findLastIndex((p) => known.fixed[p] < 0);
  /** @param {number} i @param {number} row @param {[number, Float64Array][]} more */
  const visit = (i, row, more) => {
    const p = parents[i];
    if (i === parents.length) go(seen(row), more);
    else if (known.fixed[p] >= 0) visit(i + 1, row * cards[p] + known.fixed[p], more);
    else if (i < last) {
      for (let s = 0; s < cards[p]; s++)
        visit(i + 1, row * cards[p] + s, [...more, [p, Float64Array.from({ length: cards[p] }, (_, k) => Number(k === s))]]);
    } else {
      const behind = parents.slice(i + 1);
      /** @param {number} s */
      const rowOf = (s) => behind.reduce((at, q) => at * cards[q] + known.fixed[q], row * cards[p] + s);
      go(1, [...more, [p, Float64Array.from({ length: cards[p] }, (_, s) => seen(rowOf(s)))]]);
    }
  };
  visit(0, 0, []);
}
