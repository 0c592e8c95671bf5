// What to ask next: for each finding that is not known its results, what each would do to the target, bits, price and net value.

import { el, focusOf, put, setStyle } from "./dom.js";
import { percent, position } from "./format.js";
import { bestOfEachTest, nextJob } from "./next.js";
import { createHeading, createWorker, leaderButton, whichOf } from "./working.js";

/** @import { Context, NextTest, NextTests, Outcome, Scale, View } from "../types.js" */

const FIRST = 12;
const NO_BREAK = "\u00a0";
const MINUS = "\u2212";

/** @param {Context} context */
export function createNextView(context) {
  const { data, store, compute, words } = context;
  const { names } = data.network;
  const cards = data.network.states.map((states) => states.length);
  const decision = data.decision ?? null;
  const costs = data.costs ?? null;
  const shown = { sort: "bits", all: false, free: false };
  /** @type {[NextTests, View] | null} */
  let latest = null;
  const heading = createHeading("What to ask next");
  /** @type {HTMLInputElement} */
  const free = el("input", { type: "checkbox", onChange: () => redraw({ free: free.checked }) });
  const filter = costs && el("label", { class: "next-free" }, free, " only what costs nothing");
  const body = el("div", { class: "next-body" });
  const element = el(
    "section",
    { class: "next", "aria-label": "What to ask next" },
    el("div", { class: "section-head" }, heading.element, filter),
    body,
  );
  const work = createWorker(context, body, {
    key: ({ state }) => [state.target, state.targetState],
    silence: "There is no answer to this case, so no finding can be ranked.",
    job: ({ state, scenario }, ask) =>
      nextJob(ask, compute.evidenceOf(scenario), {
        target: compute.index(state.target),
        state: words.stateIndex(state.target, state.targetState),
        cards,
        names,
        askable: data.askable ?? names.map((_, v) => v),
        decision,
        costs,
      }),
    show(result, view) {
      latest = [result, view];
      draw(result, view);
    },
  });
  return {
    element,
    /** @param {View} view */
    update(view) {
      heading.say(`What to ask about ${words.asked(view.state.target, view.state.targetState)}${whichOf(view)}`);
      work(view);
    },
  };

  /** @param {{ sort?: "bits" | "net"; all?: boolean; free?: boolean }} change */
  function redraw(change) {
    Object.assign(shown, change);
    if (latest) draw(...latest);
  }

  /** @param {NextTests} result @param {View} view */
  function draw(result, view) {
    const open = costs && !shown.free ? bestOfEachTest(result.tests) : result.tests;
    const kept = shown.free ? open.filter(({ cost }) => cost?.value === 0) : open;
    const sorted = [...kept].sort(ORDERS[shown.sort]);
    const rows = shown.all ? sorted : sorted.slice(0, FIRST);
    const focus = focusOf(body);
    const focused = body.contains(focus) ? focus?.dataset.sort : null;
    put(
      body,
      ...summary(result, view),
      rows.length ? table(rows, result, view) : null,
      more(sorted.length),
      el("p", { class: "hint", text: reading(result) }),
      leaderButton(context, view),
    );
    if (focused) /** @type {HTMLElement} */ (body.querySelector(`[data-sort="${focused}"]`))?.focus();
  }

  /**
   * What to ask first, in words.
   *
   * @param {NextTests} result
   * @param {View} view
   */
  function summary({ tests, entropy }, { state }) {
    const listed = bestOfEachTest(tests);
    const first = listed[0];
    const about = words.asked(state.target, state.targetState);
    if (!first || !(first.bits > 0))
      return [el("p", { class: "why-sum", text: `No remaining finding is informative about ${about}.` })];
    /** @param {NextTest} test */
    const label = ({ variable }) => words.label(names[variable]);
    const parts = [
      el("strong", { text: label(first) }),
      ` is the most informative: ${figures(first.bits)} of ${figures(entropy)} bits of uncertainty.`,
    ];
    const simple = listed.find(({ cost, bits }) => cost?.value === 0 && bits > 0);
    if (simple && simple !== first)
      parts.push(" Of the findings that cost nothing, ", el("strong", { text: label(simple) }), " is the most informative.");
    const worth = listed.filter(({ net }) => net > 0).sort(ORDERS.net)[0];
    if (worth)
      parts.push(
        " For the decision, ",
        el("strong", { text: label(worth) }),
        ` has the largest net value: ${figures(worth.net)} ${decision.unit}.`,
      );
    else if (listed.some(({ net }) => !Number.isNaN(net)))
      parts.push(" No single finding would change the decision enough to be worth its price.");
    return [el("p", { class: "why-sum" }, parts)];
  }

  /** @param {NextTest[]} rows @param {NextTests} result @param {View} view */
  function table(rows, result, view) {
    const largest = Math.max(...result.tests.map(({ bits }) => bits));
    /** @param {"bits" | "net"} key @param {string} text */
    const sortable = (key, text) => {
      const on = shown.sort === key;
      const button = el("button", {
        type: "button",
        class: "next-sort",
        text,
        dataset: { sort: key },
        onClick: () => redraw({ sort: key }),
      });
      return el(
        "th",
        { scope: "col", role: "columnheader", class: "next-number", "aria-sort": on ? "descending" : null },
        button,
      );
    };
    /** @param {string} text */
    const plain = (text) => el("th", { scope: "col", role: "columnheader" }, text);
    const heads = [
      plain("finding"),
      plain("its results, and the probability after each"),
      sortable("bits", "bits"),
      decision && sortable("net", "net value"),
    ];
    return el(
      "table",
      { class: decision ? "next-table with-value" : "next-table", role: "table" },
      el("caption", {
        class: "unseen",
        text: "Unknown findings, most informative first; each result is a button that enters it",
      }),
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads)),
      el(
        "tbody",
        { role: "rowgroup" },
        rows.map((test) => line(test, result, largest, view)),
      ),
    );
  }

  /** @param {NextTest} test @param {NextTests} result @param {number} largest @param {View} view */
  function line(test, { now }, largest, view) {
    const name = names[test.variable];
    const { cost } = test;
    const price = cost && [
      cost.label,
      cost.value ? `${cost.value}${NO_BREAK}${costs.unit}` : "free",
      cost.burden !== "none" && cost.burden,
    ];
    const bar = el("span", { class: "next-bits", "aria-hidden": true });
    setStyle(bar, "--share", largest > 0 ? test.bits / largest : 0);
    return el(
      "tr",
      { role: "row", dataset: { variable: name, bits: String(test.bits), net: String(test.net) } },
      el(
        "th",
        { scope: "row", role: "rowheader" },
        words.label(name),
        price && el("small", { text: price.filter(Boolean).join(", ") }),
      ),
      el(
        "td",
        { role: "cell", class: "next-results" },
        spread(test, now, view.state.scale),
        el(
          "div",
          { class: "next-buttons" },
          test.outcomes.map((outcome) => result(test, outcome, view)),
        ),
      ),
      el("td", { role: "cell", class: "next-number" }, el("span", { class: "next-name", text: "bits" }), figures(test.bits), bar),
      decision &&
        el("td", { role: "cell", class: "next-number" }, el("span", { class: "next-name", text: "net value" }), signed(test.net)),
    );
  }

  /**
   * Where each result would take the target, on the scale of the page, with a mark where it is now.
   *
   * @param {NextTest} test
   * @param {number} now
   * @param {Scale} scale
   */
  function spread({ outcomes }, now, scale) {
    const possible = outcomes.filter(({ probability }) => probability > 0).map(({ after }) => position(after, scale));
    const track = el("span", { class: "next-spread", "aria-hidden": true });
    const span = el("span", { class: "next-span" });
    setStyle(span, "--from", Math.min(...possible));
    setStyle(span, "--to", Math.max(...possible));
    /** @param {number} at @param {string} kind */
    const mark = (at, kind) => {
      const dot = el("span", { class: kind });
      setStyle(dot, "--at", at);
      return dot;
    };
    track.append(span, ...possible.map((at) => mark(at, "next-dot")), mark(position(now, scale), "next-now"));
    return track;
  }

  /**
   * A result as a button: what it is, how probable, and the target after it.
   *
   * @param {NextTest} test
   * @param {Outcome} outcome
   * @param {View} view
   */
  function result({ variable }, { state, probability, after, advised }, view) {
    const name = names[variable];
    const value = data.variables[variable].states[state];
    const then = probability > 0 ? percent(after) : "–";
    const target = words.asked(view.state.target, view.state.targetState);
    const advice = advised === null ? "" : ` Best then: ${decision.options[advised].label}.`;
    const spoken = `Enter ${words.found(name, value.name)}. Probability of this result ${percent(probability)}; ${target} then ${then}.${advice}`;
    return el(
      "button",
      {
        type: "button",
        class: "next-result",
        dataset: { state: value.name, after: String(after) },
        disabled: !(probability > 0),
        "aria-label": spoken,
        title: spoken,
        onClick() {
          context.announce(`${words.found(name, value.name)} entered.`);
          store.dispatch({ type: "see", variable: name, value: value.name });
        },
      },
      el("span", { text: value.label }),
      el("small", { text: percent(probability, 2) }),
      el("span", { class: "next-arrow", text: "→" }),
      el("strong", { text: then }),
    );
  }

  /** @param {number} count */
  function more(count) {
    if (count <= FIRST) return null;
    return el("button", {
      type: "button",
      class: "tool next-more",
      text: shown.all ? `Only the first ${FIRST}` : `All ${count}`,
      onClick: () => redraw({ all: !shown.all }),
    });
  }

  /** @param {NextTests} result */
  function reading({ tests }) {
    const one =
      costs && !shown.free ? `Of ${tests.length} findings, the most informative one of each test that has a price. ` : "";
    const value = decision
      ? ` Net value: the expected value of the finding for the decision (${decision.title}) less its price, in ${decision.unit}; none (–) where only an option of the decision provides it, or it has no price.`
      : "";
    return `${one}Each result shows its probability and, after the arrow, the probability of the target given this result; press it to enter it. Bits: the expected information about the target.${value}`;
  }
}

/** @param {number} x */
const last = (x) => (Number.isNaN(x) ? -Infinity : x);

/** @type {Record<string, (a: NextTest, b: NextTest) => number>} */
const ORDERS = {
  bits: (a, b) => b.bits - a.bits,
  net: (a, b) => last(b.net) - last(a.net) || b.bits - a.bits,
};

/**
 * A figure to three places of its own.
 *
 * @param {number} x
 */
function figures(x) {
  if (x === 0) return "0";
  if (x < 1e-5) return x.toExponential(1).replace("-", MINUS);
  return x < 1e-3 ? x.toFixed(1 - Math.floor(Math.log10(x))) : String(Number(x.toPrecision(3)));
}

/** @param {number} x */
function signed(x) {
  if (Number.isNaN(x)) return "–";
  if (x === 0) return "0";
  return `${x > 0 ? "+" : MINUS}${figures(Math.abs(x))}`;
}
