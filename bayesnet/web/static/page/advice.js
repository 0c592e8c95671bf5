// What to do: expected utilities of the options and how firm the advice is, the figures of `case.advise()`.
//
// Raiffa H, Schlaifer R (1961). Applied Statistical Decision Theory. Harvard University.
// Howard RA (1966). Information value theory. IEEE Transactions on Systems Science and Cybernetics 2, 22-26.
// Pauker SG, Kassirer JP (1980). The threshold approach to clinical decision making. N Engl J Med 302, 1109-1117.

/** @import { Advice, Answer, Ask, Box, Decision, Evidence, Job, Remainder, Vector } from "../types.js" */

// Gains smaller than this share of the largest utility are rounding.
const DUST = 1e-12;

/** @param {Vector} row @param {Vector} p */
const dot = (row, p) => Array.from(row).reduce((total, x, i) => total + x * p[i], 0);
/** @param {number} a @param {number} b */
const add = (a, b) => a + b;

/**
 * Evidence with more likelihoods, multiplied in.
 *
 * @param {Evidence} evidence
 * @param {Box} more
 */
export function narrowed({ likelihoods, interventions }, more) {
  const joined = { ...likelihoods };
  for (const [v, vector] of Object.entries(more)) joined[v] = joined[v] ? vector.map((x, s) => x * joined[v][s]) : vector;
  return { likelihoods: joined, interventions };
}

/**
 * Utilities as rows, one for each option.
 *
 * @param {Decision} decision
 */
export function utilityTable({ options, states, utilities }) {
  return options.map((_, o) => states.map((_, s) => utilities[o * states.length + s].value));
}

/**
 * A generator that yields after every answer and returns what remains as the decision's states are excluded one after the other:
 * lists of `{weight, posteriors}`, whose weights sum to the probability that none of the first k states holds.
 *
 * @param {Ask} ask
 * @param {Evidence} evidence
 * @param {Decision} decision
 * @param {Answer} [full]
 * @returns {Job<Remainder | null>}
 */
export function* peelJob(ask, evidence, decision, full = ask(evidence)) {
  if (!full.posteriors) return null;
  yield;
  const left = [[{ weight: 1, posteriors: full.posteriors }]];
  for (const boxes of decision.excluded) {
    const parts = [];
    for (const box of boxes) {
      const { logProbability, posteriors } = ask(narrowed(evidence, box));
      if (posteriors) parts.push({ weight: Math.exp(logProbability - full.logProbability), posteriors });
      yield;
    }
    left.push(parts);
  }
  return left;
}

/**
 * P(state of the decision), from what remains.
 *
 * @param {Remainder} left
 */
export function statesOf(left) {
  const rest = [...left.map((parts) => parts.map(({ weight }) => weight).reduce(add, 0)), 0];
  return left.map((_, k) => Math.max(0, rest[k] - rest[k + 1]));
}

/**
 * P(state of the decision, v), one row for each state.
 *
 * @param {Remainder} left
 * @param {number} v
 * @param {number} card
 */
export function jointWith(left, v, card) {
  const rest = left.map((parts) => {
    const row = new Float64Array(card);
    for (const { weight, posteriors } of parts) for (let i = 0; i < card; i++) row[i] += weight * posteriors[v][i];
    return row;
  });
  return rest.map((row, k) => row.map((x, i) => Math.max(0, x - (rest[k + 1]?.[i] ?? 0))));
}

/**
 * Expected value of learning v before choosing, from P(state, v): never negative.
 *
 * @param {number[][]} table
 * @param {Float64Array[]} joint
 */
export function sampleValue(table, joint) {
  const results = [...joint[0].keys()];
  const after = results.map((i) =>
    Math.max(
      ...table.map((row) =>
        dot(
          row,
          joint.map((states) => states[i]),
        ),
      ),
    ),
  );
  const now = Math.max(
    ...table.map((row) =>
      dot(
        row,
        joint.map((states) => states.reduce(add, 0)),
      ),
    ),
  );
  const gain = after.reduce(add, 0) - now;
  const largest = Math.max(1e-300, ...table.flat().map(Math.abs));
  return gain > DUST * largest ? gain : 0;
}

/**
 * The option of largest expected utility for each result of v.
 *
 * @param {number[][]} table
 * @param {Float64Array[]} joint
 */
export function advisedAfter(table, joint) {
  return [...joint[0].keys()].map((i) =>
    first(
      table.map((row) =>
        dot(
          row,
          joint.map((states) => states[i]),
        ),
      ),
    ),
  );
}

/** @param {number[]} values */
const first = (values) => values.indexOf(Math.max(...values));

/**
 * The advice under these probabilities of the decision's states.
 *
 * @param {Decision} decision
 * @param {number[]} p
 * @returns {Advice}
 */
export function advise(decision, p) {
  const table = utilityTable(decision);
  const expected = table.map((row) => dot(row, p));
  const best = first(expected);
  const options = expected
    .map((value, o) => ({ option: o, expected: value, behind: expected[best] - value }))
    .sort((a, b) => b.expected - a.expected);
  const perfect =
    dot(
      decision.states.map((_, s) => Math.max(...table.map((row) => row[s]))),
      p,
    ) - expected[best];
  return {
    best,
    lead: options[1].behind,
    options,
    states: p,
    evpi: Math.max(0, perfect),
    thresholds: decision.states.slice(0, -1).map((_, s) => threshold(table, p, s)),
    turning: turning(decision, table, p, best),
  };
}

/**
 * Which option is best as one state's probability goes from 0 to 1 and the others keep their proportions: [from, to, option].
 *
 * @param {number[][]} table
 * @param {number[]} p
 * @param {number} s
 */
function threshold(table, p, s) {
  const others = p.filter((_, k) => k !== s);
  const total = others.reduce(add, 0);
  const shares = others.map((x) => (total > 0 ? x / total : 1 / others.length));
  const atNone = table.map((row) =>
    dot(
      row.filter((_, k) => k !== s),
      shares,
    ),
  );
  const atAll = table.map((row) => row[s]);
  const rounded = atNone.map((x) => Math.round(x * 1e12) / 1e12);
  let now = [...table.keys()].reduce((a, b) =>
    rounded[b] > rounded[a] || (rounded[b] === rounded[a] && atAll[b] > atAll[a]) ? b : a,
  );
  /** @type {[number, number, number][]} */
  const pieces = [];
  let x = 0;
  for (;;) {
    let [upto, after] = [1, now];
    for (const o of table.keys()) {
      const c = crossing(atNone, atAll, now, o);
      if (c > x && c < upto) [upto, after] = [c, o];
    }
    pieces.push([x, upto, now]);
    if (upto >= 1) return pieces;
    [x, now] = [upto, after];
  }
}

/**
 * Where an option overtakes another between 0 and 1; NaN where it does not.
 *
 * @param {number[]} atNone
 * @param {number[]} atAll
 * @param {number} now
 * @param {number} other
 */
function crossing(atNone, atAll, now, other) {
  const behind = atNone[now] - atNone[other];
  const gain = atAll[other] - atNone[other] - (atAll[now] - atNone[now]);
  return gain <= 0 || behind < 0 || behind > gain ? NaN : behind / gain;
}

/**
 * Utilities that alone, within their own range, would change the advice, those that move it most first.
 *
 * @param {Decision} decision
 * @param {number[][]} table
 * @param {number[]} p
 * @param {number} best
 */
function turning(decision, table, p, best) {
  const count = decision.states.length;
  return decision.utilities
    .flatMap((utility, k) => {
      if (utility.low === utility.high) return [];
      const ends = [utility.low, utility.high].map((value) => {
        const expected = table.map(
          (row, o) => dot(row, p) + (o === Math.floor(k / count) ? (value - utility.value) * p[k % count] : 0),
        );
        return { lead: expected[best] - Math.max(...expected.filter((_, o) => o !== best)), option: first(expected) };
      });
      const turns = ends[0].option !== ends[1].option || ends.some(({ lead }) => lead < 0);
      return turns ? [{ utility: k, width: Math.abs(ends[1].lead - ends[0].lead), ends }] : [];
    })
    .sort((a, b) => b.width - a.width);
}
