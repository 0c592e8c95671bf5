// What the evidence says, and which variables the answer needs in what role. No elimination happens here.

/** @import { Engine, Evidence, Reading } from "./types.js" */

/**
 * `fixed[v]` is the only state left or -1, `like[v]` a likelihood with largest entry 1 or null, `log` what was divided out.
 *
 * @param {Engine} engine
 * @param {Evidence["likelihoods"]} likelihoods
 * @param {Evidence["interventions"]} interventions
 * @returns {Reading}
 */
export function read(engine, likelihoods, interventions) {
  const { n, cards, names } = engine;
  const known = {
    log: 0,
    possible: true,
    changed: /** @type {number[]} */ ([]),
    fixed: new Int32Array(n).fill(-1),
    like: Array(n).fill(null),
    cut: new Uint8Array(n),
    settled: new Uint8Array(n),
  };
  for (const [key, state] of Object.entries(interventions)) {
    const v = Number(key);
    if (!(state >= 0 && state < cards[v])) throw new RangeError(`${names[v]} has no state number ${state}.`);
    known.fixed[v] = state;
    known.cut[v] = 1;
    known.changed.push(v);
  }
  for (const [key, likelihood] of Object.entries(likelihoods)) {
    const v = Number(key);
    if (likelihood.length !== cards[v] || !likelihood.every((x) => x >= 0 && x < Infinity)) {
      const got = `${names[v]} has ${cards[v]} states; got likelihoods ${likelihood}`;
      throw new RangeError(`${got}; expected one number >= 0 for each.`);
    }
    const state = known.fixed[v];
    const top = state >= 0 ? likelihood[state] : Math.max(...likelihood);
    known.possible &&= top > 0;
    known.log += Math.log(top);
    if (state < 0)
      narrow(
        known,
        v,
        Float64Array.from(likelihood, (x) => x / top),
      );
  }
  while (known.possible && known.changed.length) {
    const v = known.changed.pop();
    for (const c of [v, ...engine.children[v]]) {
      if (!engine.families[c].certain || known.cut[c] || known.settled[c] || !known.possible) continue;
      if (engine.families[c].table) deduceTable(engine, known, c);
      else deduceGate(engine, known, c);
    }
  }
  return known;
}

/**
 * Enter a likelihood of v; with one state left v is fixed.
 *
 * @param {Reading} known
 * @param {number} v
 * @param {Float64Array} likelihood
 */
function narrow(known, v, likelihood) {
  const left = [...likelihood.keys()].filter((s) => likelihood[s] > 0);
  if (left.length === 0) known.possible = false;
  if (left.length === 1) {
    known.fixed[v] = left[0];
    known.log += Math.log(likelihood[left[0]]);
  }
  known.like[v] = left.length > 1 && likelihood.some((x) => x !== 1) ? likelihood : null;
  if (left.length < likelihood.length) known.changed.push(v);
}

/**
 * Rule out the states of v for which `keep` says no.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 * @param {(state: number) => boolean} keep
 */
function restrict(engine, known, v, keep) {
  const before = states(engine, known, v);
  const left = before.filter(keep);
  if (left.length === 0) known.possible = false;
  if (left.length === before.length || !known.possible) return;
  const likelihood = new Float64Array(engine.cards[v]);
  for (const s of left) likelihood[s] = known.like[v] ? known.like[v][s] : 1;
  narrow(known, v, likelihood);
}

/**
 * The states left to v.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} v
 */
function states(engine, known, v) {
  if (known.fixed[v] >= 0) return [known.fixed[v]];
  return range(engine.cards[v]).filter((s) => !known.like[v] || known.like[v][s] > 0);
}

/**
 * A certain table: only states that occur in an assignment it allows; settled when it allows all that are left.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} c
 */
function deduceTable(engine, known, c) {
  const axes = [...engine.families[c].parents, c];
  const allowed = axes.map((v) => states(engine, known, v));
  const seen = axes.map(() => new Set());
  let excluded = 0;
  /** @param {number} depth @param {number} offset @param {number[]} chosen */
  const visit = (depth, offset, chosen) => {
    if (depth < axes.length) {
      for (const s of allowed[depth]) visit(depth + 1, offset * engine.cards[axes[depth]] + s, [...chosen, s]);
    } else if (engine.families[c].table[offset]) chosen.forEach((s, i) => seen[i].add(s));
    else excluded += 1;
  };
  visit(0, 0, []);
  if (known.fixed[c] >= 0 && excluded === 0) known.settled[c] = 1;
  axes.forEach((v, i) => restrict(engine, known, v, (s) => seen[i].has(s)));
}

/**
 * A certain gate: bounds on the ranks of its causes bound its own rank, and the other way round.
 *
 * @param {Engine} engine
 * @param {Reading} known
 * @param {number} c
 */
function deduceGate(engine, known, c) {
  const { parents, leak, links, rank } = engine.families[c];
  /** @param {Float64Array} row */
  const reach = (row) => row.indexOf(1);
  const causes = parents.map((p, i) => states(engine, known, p).map((s) => reach(links[i][s])));
  const least = Math.max(reach(leak), ...causes.map((ranks) => Math.min(...ranks)));
  const tops = causes.map((ranks) => Math.max(...ranks));
  const most = Math.max(reach(leak), ...tops);
  restrict(engine, known, c, (s) => rank[s] >= least && rank[s] <= most);
  if (!known.possible) return;
  if (least === most) known.settled[c] = 1;
  const own = states(engine, known, c).map((s) => rank[s]);
  const [low, high] = [Math.min(...own), Math.max(...own)];
  parents.forEach((p, i) => {
    const others = Math.max(reach(leak), ...tops.filter((_, j) => j !== i));
    restrict(engine, known, p, (s) => reach(links[i][s]) <= high && (others >= low || reach(links[i][s]) >= low));
  });
}

/** @param {number} count */
export const range = (count) => Array.from({ length: count }, (_, i) => i);
