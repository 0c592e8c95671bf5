// How numbers are written for people; the words are those of bayesnet.results.words.

/** @import { Scale, Vocabulary } from "../types.js" */

const NO_BREAK = "\u00a0";

/**
 * A probability as a percentage with three figures; near certainty with one figure less of what is missing to it.
 *
 * @param {number} p
 * @param {number} [figures]
 */
export function percent(p, figures = 3) {
  if (Number.isNaN(p)) return "–";
  if (p === 0 || p === 1) return `${100 * p}${NO_BREAK}%`;
  const near = Math.min(p, 1 - p);
  if (near < 1e-12) return p < 0.5 ? `${Number((100 * p).toPrecision(3))}${NO_BREAK}%` : `over 99.99999${NO_BREAK}%`;
  let digits = Math.max(0, figures - 1 - Math.floor(Math.log10(100 * near)));
  if (p > 0.5) digits = Math.max(figures - 2, digits - 1);
  return `${fixed(100 * p, digits)}${NO_BREAK}%`;
}

/**
 * A probability as a natural frequency: "30 in 100", "1 in 330"; `words` are those for 0 and 1.
 *
 * @param {number} p
 * @param {Pick<Vocabulary, "never" | "always">} words
 */
export function frequency(p, { never, always }) {
  if (Number.isNaN(p)) return "–";
  if (p === 0) return never;
  if (p === 1) return always;
  if (p < 0.1) return `1 in ${twoFigures(1 / p)}`;
  const share = halfEven(100 * p);
  return share < 100 ? `${share} in 100` : "over 99 in 100";
}

/**
 * A large number to two figures.
 *
 * @param {number} x
 */
function twoFigures(x) {
  if (x >= 1e8) return x.toExponential(1).replace(/e\+(\d)$/, "e+0$1");
  const place = 10 ** Math.max(0, Math.floor(Math.log10(x)) - 1);
  return grouped(halfEven(x / place) * place);
}

/**
 * The nearest whole number; of two the even one, as Python rounds.
 *
 * @param {number} x
 */
function halfEven(x) {
  const nearest = Math.round(x);
  return Math.abs(x % 1) === 0.5 && nearest % 2 ? nearest - 1 : nearest;
}

/**
 * `toFixed` that takes the even one of two nearest, as Python does.
 *
 * @param {number} x
 * @param {number} digits
 */
function fixed(x, digits) {
  const text = x.toFixed(digits);
  const tie = /^50*$/.test(x.toFixed(100).split(".")[1].slice(digits));
  return tie && Number(text.at(-1)) % 2 ? `${text.slice(0, -1)}${Number(text.at(-1)) - 1}` : text;
}

/**
 * A ratio to two or three figures: 12.3, 0.057, 23,500.
 *
 * @param {number} x
 */
export function ratio(x) {
  if (Number.isNaN(x)) return "–";
  if (x === Infinity) return "infinite";
  if (x === 0) return "0";
  if (x < 1e-4 || x >= 1e8) return x.toExponential(1);
  if (x >= 999.5) {
    const place = 10 ** (Math.floor(Math.log10(x)) - 2);
    return grouped(Math.round(x / place) * place);
  }
  return String(Number(x.toPrecision(3)));
}

/**
 * By how much a probability has grown or shrunk, in words and with a sign: "×12", "÷3.1", "same".
 *
 * @param {number} before
 * @param {number} now
 */
export function change(before, now) {
  if (before === now || (before > 0 && Math.abs(now / before - 1) < 5e-3)) return "same";
  if (before === 0) return "from none";
  if (now === 0) return "to none";
  const quotient = now > before ? now / before : before / now;
  const figures = quotient < 10 ? 2 : Math.max(2, Math.floor(Math.log10(quotient)) + 1);
  const text =
    quotient < 1.05
      ? quotient.toFixed(2)
      : quotient >= 1000
        ? ratio(Number(quotient.toPrecision(2)))
        : String(Number(quotient.toPrecision(figures)));
  return `${now > before ? "×" : "÷"}${NO_BREAK}${text}`;
}

const EDGES = [5e-5, 0.998];
/** @param {number} p */
const logOdds = (p) => Math.log(p / (1 - p));

/**
 * Position of a probability on the log-odds axis of the page: 0 at 1 in 20,000, 1 at 99.8 %, clamped at the ends.
 *
 * @param {number} p
 */
export function logOddsPosition(p) {
  const [low, high] = EDGES;
  return (logOdds(Math.min(high, Math.max(low, p))) - logOdds(low)) / (logOdds(high) - logOdds(low));
}

/**
 * Position of a probability on the chosen scale, from 0 to 1.
 *
 * @param {number} p
 * @param {Scale} scale
 */
export function position(p, scale) {
  return scale === "log" ? logOddsPosition(p) : Math.min(1, Math.max(0, p));
}

const THOUSANDS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/**
 * A whole number with its thousands apart.
 *
 * @param {number} x
 */
export function grouped(x) {
  return THOUSANDS.format(x);
}

/**
 * Words joined as in a sentence: "a, b and c".
 *
 * @param {string[]} words
 */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/**
 * A name as words: "1_to_3_months" is "1 to 3 months".
 *
 * @param {string} name
 */
export function spaced(name) {
  return name.replaceAll("_", " ");
}

/**
 * A probability to two figures with its interval: "about 82 in 100, 42 to 95", "about 1 in 330, from 1 in 900 to 1 in 120".
 *
 * @param {number} p
 * @param {[number, number] | null} interval
 * @param {Pick<Vocabulary, "never" | "always">} words
 */
export function roughly(p, interval, words) {
  const about = p === 0 || p === 1 ? frequency(p, words) : `about ${frequency(p, words)}`;
  return { about, between: interval ? betweenFrequencies(interval, p, words) : "" };
}

/** @param {[number, number]} interval @param {number} p @param {Pick<Vocabulary, "never" | "always">} words */
function betweenFrequencies([low, high], p, words) {
  if (p >= 0.1 && low >= 0.005 && high < 0.995) return `${halfEven(100 * low)} to ${halfEven(100 * high)}`;
  return `from ${frequency(low, words)} to ${frequency(high, words)}`;
}

/**
 * An interval in per cent, to two figures: "42–95\u00a0%".
 *
 * @param {[number, number]} interval
 */
export function percentBetween([low, high]) {
  const [from, to] = [percent(low, 2), percent(high, 2)];
  return from === to ? to : `${from.replace(`${NO_BREAK}%`, "")}\u2013${to}`;
}
