// What to do: the options by expected utility, the probabilities behind them, and where the advice would turn.

import { advise, peelJob, statesOf } from "./advice.js";
import { el, put, setStyle } from "./dom.js";
import { logOddsPosition, percent } from "./format.js";
import { createWorker } from "./working.js";

/** @import { Advice, Context, Decision } from "../types.js" */

const MINUS = "\u2212";
const PATTERNS = ["one", "two", "three", "four", "five"];

/** @param {Context} context */
export function createAdviceView(context) {
  const { data, compute } = context;
  const { decision } = data;
  const body = el("div", { class: "advice-body" });
  const element = el(
    "section",
    { class: "advice", "aria-label": "What to do" },
    el("div", { class: "section-head" }, el("h2", { text: decision.title })),
    body,
  );
  const work = createWorker(context, body, {
    key: () => null,
    silence: "There is no answer to this case, so there is no advice on it.",
    *job({ scenario }, ask) {
      const left = yield* peelJob(ask, compute.evidenceOf(scenario), decision);
      return advise(decision, statesOf(left));
    },
    show: (advice) => draw(advice),
  });
  return { element, update: work };

  /** @param {Advice} advice */
  function draw(advice) {
    put(
      body,
      summary(advice),
      options(advice),
      thresholds(advice),
      firmness(advice),
      decision.warning && el("p", { class: "hint", text: decision.warning }),
    );
  }

  /** @param {Advice} advice */
  function summary({ best, lead, options: [, second] }) {
    const next = decision.options[second.option].label;
    return el(
      "p",
      { class: "why-sum" },
      "Largest expected utility: ",
      el("strong", { text: decision.options[best].label }),
      `, ${figures(lead)} ${decision.unit} ahead of ${next}.`,
    );
  }

  /**
   * One bar for each option: what it is expected to cost against the best that could be.
   *
   * @param {Advice} advice
   */
  function options({ options: lines, best }) {
    const lowest = Math.min(0, ...lines.map(({ expected }) => expected));
    const highest = Math.max(0, ...lines.map(({ expected }) => expected));
    /** @param {number} x */
    const place = (x) => (highest === lowest ? 0 : (x - lowest) / (highest - lowest));
    const items = lines.map(({ option, expected, behind }) => {
      const { label } = decision.options[option];
      const bar = el("span", { class: `advice-bar ${pattern(option)}` });
      setStyle(bar, "--from", Math.min(place(0), place(expected)));
      setStyle(bar, "--to", Math.max(place(0), place(expected)));
      const after = option === best ? "best" : `${figures(behind)} behind`;
      const seen = el(
        "span",
        { class: "advice-row", "aria-hidden": true },
        el("span", { class: "advice-label" }, el("span", { class: `advice-key ${pattern(option)}` }), label),
        el("span", { class: "advice-track" }, bar),
        el("span", { class: "advice-figure", text: signed(expected) }),
        el("span", { class: option === best ? "advice-figure is-best" : "advice-figure", text: after }),
      );
      return el(
        "li",
        { dataset: { option: decision.options[option].name, expected: String(expected) } },
        el("span", { class: "unseen", text: `${label}: expected ${signed(expected)} ${decision.unit}, ${after}.` }),
        seen,
      );
    });
    return el(
      "div",
      {},
      el("h3", { text: `Expected ${decision.unit}` }),
      el("ol", { class: "advice-options", "aria-label": "Options, best first" }, items),
    );
  }

  /**
   * For each state that matters: which option is best as its probability goes from 0 to 1, and where it is now.
   *
   * @param {Advice} advice
   */
  function thresholds({ thresholds: strips, states }) {
    const rows = strips.map((pieces, s) => {
      const { label } = decision.states[s];
      const parts = pieces.map(([from, upto, option]) => {
        const part = el("span", { class: `advice-piece ${pattern(option)}` });
        setStyle(part, "--from", from <= 0 ? 0 : logOddsPosition(from));
        setStyle(part, "--to", upto >= 1 ? 1 : logOddsPosition(upto));
        return part;
      });
      const now = el("span", { class: "advice-now" });
      setStyle(now, "--at", logOddsPosition(states[s]));
      const ends = pieces.slice(0, -1).map(([, upto]) => {
        const end = el("span", { class: "advice-end" }, el("span", { text: percent(upto) }));
        setStyle(end, "--at", logOddsPosition(upto));
        return end;
      });
      const best = pieces.map(([from, upto, option]) => `${decision.options[option].label} ${between(from, upto)}`);
      return el(
        "li",
        {},
        el("p", { class: "advice-state" }, el("strong", { text: sentence(label) }), ` ${percent(states[s])} now`),
        el("div", { class: "advice-strip", "aria-hidden": true }, parts, ends, now),
        el("p", {
          class: "hint",
          text: pieces.length > 1 ? `Best: ${best.join("; ")}.` : `Best throughout: ${decision.options[pieces[0][2]].label}.`,
        }),
      );
    });
    const rest = decision.states.length - 1;
    const once = rest > 1 ? " A patient with several of these is counted once, under the first." : "";
    return el(
      "div",
      {},
      el("h3", { text: "Where the advice changes" }),
      el("p", {
        class: "hint",
        text: `Each strip varies one probability from 0 to 100 %, the others in proportion. The axis is in log odds; the mark is the current probability. ${sentence(decision.states[rest].label)}: ${percent(states[rest])}.${once}`,
      }),
      el("ul", { class: "advice-strips" }, rows),
    );
  }

  /**
   * What the advice hangs on.
   *
   * @param {Advice} advice
   */
  function firmness({ evpi, turning }) {
    const named = turning.map(({ utility }) => {
      const { id, value, low, high, grade, source } = decision.utilities[utility];
      const [option, state] = id.split(" | ").map((name) => name.replaceAll("_", " "));
      return el(
        "li",
        {},
        `${option}, if ${state}: ${plainly(value)} [${plainly(low)} to ${plainly(high)}]`,
        el("small", { text: grade === "judgement" ? "judged" : source || grade }),
      );
    });
    return el(
      "div",
      {},
      el("h3", { text: "How robust it is" }),
      el("p", { text: `Expected value of perfect information: ${figures(evpi)} ${decision.unit}.` }),
      el("p", {
        text: named.length
          ? "Each of these utilities alone, within its own range, would change the advice:"
          : "No utility alone, within its own range, would change the advice.",
      }),
      named.length ? el("ul", { class: "advice-turning" }, named) : null,
      judged(decision),
    );
  }
}

/** @param {Decision} decision */
function judged({ utilities }) {
  const count = utilities.filter(({ grade }) => grade === "judgement").length;
  return count
    ? el("p", { class: "hint", text: `Caveats: ${count} of the ${utilities.length} utilities are expert judgement.` })
    : null;
}

/** @param {number} option */
const pattern = (option) => `is-${PATTERNS[option % PATTERNS.length]}`;

/** @param {number} from @param {number} upto */
function between(from, upto) {
  if (from <= 0) return `below ${percent(upto)}`;
  return upto >= 1 ? `from ${percent(from)} on` : `from ${percent(from)} to ${percent(upto)}`;
}

/** @param {string} text */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {number} x */
const plainly = (x) => String(Number(x.toPrecision(3))).replace("-", MINUS);

/** @param {number} x */
function figures(x) {
  if (x === 0) return "0";
  return x < 1e-4 ? x.toExponential(1).replace("-", MINUS) : String(Number(x.toPrecision(2)));
}

/** @param {number} x */
const signed = (x) => plainly(x);
