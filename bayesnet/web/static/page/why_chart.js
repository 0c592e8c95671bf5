// The chart of what speaks for and against: its frame, its rows, its axes, and weights in words.

import { el, setStyle } from "./dom.js";
import { ratio } from "./format.js";
import { decibans } from "./why.js";

/** @typedef {{ from: number; to: number; verdict: string; label: string; hint: string }} Bar */
/** @typedef {{ at: number; text: string; zero: boolean }} Tick */

const MINUS = "\u2212";

/**
 * The frame of a chart: headings, axis, rows.
 *
 * @param {string} label
 * @param {string[]} headings
 * @param {Tick[]} ticks
 * @param {HTMLElement[]} items
 */
export function chart(label, headings, ticks, items) {
  const marks = ticks.map(({ at, text, zero }) => {
    const tick = el("span", { class: zero ? "tick middle" : "tick" }, el("span", { text }));
    setStyle(tick, "--at", at);
    return tick;
  });
  return el(
    "div",
    { class: "why-chart" },
    el(
      "div",
      { class: "why-row why-heads", "aria-hidden": true },
      headings.map((text) => el("span", { text })),
    ),
    el("div", { class: "why-axis", "aria-hidden": true }, marks),
    el("ol", { "aria-label": label }, items),
  );
}

/** @param {Bar} bar @param {string[]} figures @param {string} spoken */
export function barRow({ from, to, verdict, label, hint }, figures, spoken) {
  const bar = el("span", { class: `why-bar is-${verdict}` });
  setStyle(bar, "--from", Math.min(from, to));
  setStyle(bar, "--to", Math.max(from, to));
  const seen = [
    el("span", { class: "why-label" }, label, hint && el("small", { text: hint })),
    el("span", { class: "why-track" }, bar),
    ...figures.map((text) =>
      el("span", { class: /^[+\u2212]?[\d.∞]+$/.test(text) ? "why-figure is-decibans" : "why-figure", text }),
    ),
  ];
  return el("li", {}, el("span", { class: "unseen", text: spoken }), el("span", { class: "why-row", "aria-hidden": true }, seen));
}

/**
 * An axis of odds ratios that holds these weights and no change.
 *
 * @param {number[]} weights
 */
export function ratioAxis(weights) {
  const finite = weights.filter(Number.isFinite);
  const infinite = weights.some((nats) => Math.abs(nats) === Infinity);
  const reach = Math.max(Math.log(3), ...finite.map(Math.abs)) * (infinite ? 1.4 : 1);
  const low = Math.min(-Math.log(1.6), ...finite, weights.includes(-Infinity) ? -reach : 0) * 1.04;
  const high = Math.max(Math.log(1.6), ...finite, weights.includes(Infinity) ? reach : 0) * 1.04;
  /** @param {number} nats @returns {number} */
  const at = (nats) => (Number.isNaN(nats) ? at(0) : (Math.min(high, Math.max(low, nats)) - low) / (high - low));
  const decades = (high - low) / Math.LN10;
  const factors =
    decades < 0.6
      ? [1.2, 1.5, 2]
      : decades < 2.2
        ? [2, 5, 10, 20, 50, 100]
        : decades < 5
          ? [10, 100, 1000, 10000]
          : [100, 1e4, 1e6, 1e8, 1e10];
  const ticks = [...factors.map((x) => -Math.log(x)), 0, ...factors.map((x) => Math.log(x))].filter((x) => x >= low && x <= high);
  return {
    at,
    ticks: ticks.map((x) => ({
      at: at(x),
      zero: x === 0,
      text: x === 0 ? "same" : `${x > 0 ? "×" : "÷"}\u00a0${ratio(Number(Math.exp(Math.abs(x)).toPrecision(2)))}`,
    })),
  };
}

const PROBABILITIES = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999];
/** @param {number} p */
export const logit = (p) => Math.log(p / (1 - p));

/**
 * An axis of probabilities, in log odds, that holds these points.
 *
 * @param {number[]} points
 */
export function probabilityAxis(points) {
  const finite = points.filter(Number.isFinite);
  const low = Math.min(...finite, 0) - 0.7;
  const high = Math.max(...finite, points.includes(Infinity) ? logit(0.999) : -Infinity) + 0.7;
  /** @param {number} x */
  const at = (x) => (Number.isNaN(x) ? 0 : (Math.min(high, Math.max(low, x)) - low) / (high - low));
  const inside = PROBABILITIES.filter((p) => logit(p) >= low && logit(p) <= high);
  const every = Math.ceil(inside.length / 6);
  return {
    at,
    ticks: inside
      .filter((_, i) => i % every === 0)
      .map((p) => ({ at: at(logit(p)), zero: p === 0.5, text: `${Number((100 * p).toPrecision(3))}\u00a0%` })),
  };
}

/** @param {number} nats */
export function timesOdds(nats) {
  if (Number.isNaN(nats)) return "already certain from the others";
  if (Math.abs(nats) === Infinity) return "it makes the answer certain";
  if (Math.abs(nats) < 5e-4) return "the odds stay the same";
  return `odds ${nats > 0 ? "times" : "divided by"} ${ratio(Math.exp(Math.abs(nats)))}`;
}

/** @param {number} nats */
export function timesShort(nats) {
  if (Number.isNaN(nats)) return "–";
  if (Math.abs(nats) === Infinity) return "certain";
  if (Math.abs(nats) < 5e-3) return "same";
  return `${nats > 0 ? "×" : "÷"}\u00a0${ratio(Math.exp(Math.abs(nats)))}`;
}

/**
 * Decibans with their sign: "+9.2".
 *
 * @param {number} nats
 */
export function signed(nats) {
  const weight = decibans(nats);
  if (Number.isNaN(weight)) return "–";
  const size = Number.isFinite(weight) ? Math.abs(weight).toFixed(1) : "∞";
  return size === "0.0" ? size : `${weight > 0 ? "+" : MINUS}${size}`;
}

/** @param {number} nats */
export const signedDecibans = (nats) => `${signed(nats)} decibans`;
