// For and against: what each finding does to the target, given all the others or one after the other.

import { carriedJob, kindsOf } from "./carried.js";
import { el, put, setStyle } from "./dom.js";
import { percent, ratio } from "./format.js";
import { blocker, certainFamilies, openGraph, separated, shortestAtAll } from "./paths.js";
import { decibans, verdictOf, whyJob } from "./why.js";
import { createHeading, createSwitch, createWorker, leaderButton, whichOf } from "./working.js";

/** @import { Carried, Context, Impact, Scenario, State, View, Why } from "../types.js" */

/** @typedef {{ from: number; to: number; verdict: string; label: string; hint: string }} Bar */
/** @typedef {{ at: number; text: string; zero: boolean }} Tick */

const MINUS = "\u2212";
const VERDICTS = { for: "speaks for it", against: "speaks against it", uninformative: "is uninformative" };
const REASONS = {
  known: "which is known",
  set: "which is set by intervention",
  collider: "a collider without evidence on it or below it",
};

/** @param {Context} context */
export function createWhyView(context) {
  const { data, compute, words } = context;
  const heading = createHeading("Why");
  let mode = "given";
  /** @type {[Why, View] | null} */
  let latest = null;
  /** How each finding acts; computed once the weights are drawn. @type {Map<number, Carried>} */
  let carried = new Map();
  const choice = createSwitch(
    "How findings are weighed",
    [
      ["given", "each, given the others"],
      ["steps", "one after the other"],
    ],
    (name) => {
      mode = name;
      choice.show(mode);
      if (latest) draw(...latest);
    },
  );
  choice.show(mode);
  const body = el("div", { class: "why-body" });
  const element = el(
    "section",
    { class: "why", "aria-label": "For and against" },
    el("div", { class: "section-head" }, heading.element, choice.element),
    body,
  );
  const { barely } = data.vocabulary;
  const defaults = new Set(data.variables.filter((variable) => variable.default).map((variable) => compute.index(variable.name)));
  const { families } = data.network;
  const certain = certainFamilies(families);
  const kinds = kindsOf(data);

  const silence = "There is no answer to this case, so nothing can be weighed.";
  /** @param {View} view */
  const key = ({ state }) => [state.target, state.targetState];
  const work = createWorker(context, body, {
    key,
    silence,
    job: ({ state, scenario }, ask) => whyJob(ask, families, compute.evidenceOf(scenario), question(state, scenario)),
    show(result, view) {
      latest = [result, view];
      carried = new Map();
      draw(result, view);
      follow(view);
    },
  });
  const follow = createWorker(context, body, {
    key,
    silence,
    job: ({ state, scenario }, ask) =>
      carriedJob(ask, families, certain, compute.evidenceOf(scenario), question(state, scenario), kinds),
    show(result, view) {
      carried = result;
      draw(latest[0], view);
    },
  });
  /** @param {State} state @param {Scenario} scenario */
  const question = ({ target, targetState }, scenario) => ({
    target: compute.index(target),
    state: words.stateIndex(target, targetState),
    context: defaults,
    order: Object.keys(scenario.see).map(compute.index),
    barely,
  });

  return {
    element,
    /** @param {View} view */
    update(view) {
      const { state, scenario } = view;
      heading.say(`Why ${words.asked(state.target, state.targetState)}${whichOf(view)}`);
      const known = state.target in scenario.do || typeof scenario.see[state.target] === "string";
      if (known) {
        latest = null;
        put(
          body,
          el("p", {
            class: "hint",
            text: `${words.label(state.target)} is itself known, so nothing speaks for or against it. Choose another target.`,
          }),
        );
        return;
      }
      work(view);
    },
  };

  /** @param {Why} result @param {View} view */
  function draw(result, view) {
    const { impacts } = result;
    choice.element.hidden = impacts.length < 2;
    if (!impacts.length) {
      put(
        body,
        el("p", {
          class: "hint",
          text: `Nothing has been found yet: ${words.asked(view.state.target, view.state.targetState)} is at ${percent(result.posterior)}. Enter a finding to see its weight of evidence.`,
        }),
      );
      return;
    }
    const steps = mode === "steps" && impacts.length > 1;
    put(
      body,
      summary(result),
      steps ? waterfall(result, view) : balance(result, view),
      ...notes(view, steps),
      leaderButton(context, view),
    );
  }

  /** @param {Why} result */
  function summary({ prior, posterior, nats, impacts }) {
    const count = impacts.length === 1 ? "One finding takes" : `${impacts.length} findings take`;
    return el(
      "p",
      { class: "why-sum" },
      `${count} it from ${percent(prior)} to `,
      el("strong", { text: percent(posterior) }),
      `: ${timesOdds(nats)}, ${signedDecibans(nats)} in all.`,
    );
  }

  /**
   * Bars for and against on one axis, strongest for at the top.
   *
   * @param {Why} result
   * @param {View} view
   */
  function balance({ impacts }, view) {
    const rows = [...impacts].sort((a, b) => rank(b.nats) - rank(a.nats));
    const axis = ratioAxis(rows.map(({ nats }) => nats));
    const items = rows.map((impact) => {
      const { nats, verdict } = impact;
      const line = {
        impact,
        from: axis.at(0),
        to: axis.at(nats),
        verdict,
        label: nameOf(impact, view),
        hint: pathOf(impact, view),
      };
      const figures = [timesShort(nats), signed(nats)];
      const spoken = `${line.label}: ${VERDICTS[verdict]}, ${timesOdds(nats)}, ${signedDecibans(nats)}. ${line.hint}`;
      return rowOf(line, figures, spoken);
    });
    return chart("Findings, what speaks most for it first", ["", "changes the odds", "odds", "decibans"], axis.ticks, items);
  }

  /**
   * From the prior to the posterior, one finding after the other in the order in which they were entered.
   *
   * @param {Why} result
   * @param {View} view
   */
  function waterfall({ prior, impacts }, view) {
    const points = [prior, ...impacts.map(({ after }) => after)].map(logit);
    const axis = probabilityAxis(points);
    const items = impacts.map((impact, k) => {
      const { step, after } = impact;
      const line = {
        impact,
        from: axis.at(points[k]),
        to: axis.at(points[k + 1]),
        verdict: verdictOf(step, barely),
        label: nameOf(impact, view),
        hint: "",
      };
      const spoken = `${line.label}: ${timesOdds(step)}, ${signedDecibans(step)}; then ${percent(after)}.`;
      return rowOf(line, [timesShort(step), percent(after)], spoken);
    });
    const start = barRow(
      { from: axis.at(points[0]), to: axis.at(points[0]), verdict: "start", label: "Before the findings", hint: "" },
      ["", percent(prior)],
      `Before the findings: ${percent(prior)}.`,
    );
    return chart("Findings, in the order in which they were entered", ["", "from before to after", "odds", "then"], axis.ticks, [
      start,
      ...items,
    ]);
  }

  /**
   * A row of a chart that says in its data what it shows.
   *
   * @param {Bar & { impact: Impact }} line
   * @param {string[]} shown
   * @param {string} spoken
   */
  function rowOf({ impact, ...line }, shown, spoken) {
    const row = barRow(line, shown, spoken);
    Object.assign(row.dataset, {
      variable: data.network.names[impact.variable],
      nats: String(impact.nats),
      step: String(impact.step),
    });
    return row;
  }

  /** @param {Impact} impact @param {View} view */
  function nameOf({ variable }, { scenario }) {
    const name = data.network.names[variable];
    return words.found(name, scenario.see[name]);
  }

  /**
   * Along which path a finding is evidence, or where its path is blocked.
   *
   * @param {Impact} impact
   * @param {View} view
   */
  function pathOf({ variable }, { state, scenario }) {
    const graph = openGraph(families, compute.evidenceOf(scenario), variable, certain);
    const target = compute.index(state.target);
    /** @param {number} v */
    const name = (v) => words.label(data.network.names[v]);
    if (carried.has(variable)) return words.acts(carried.get(variable));
    if (!separated(graph, variable, target)) return "";
    const path = shortestAtAll(graph, variable, target);
    const block = path && blocker(graph, path);
    return block
      ? `No active path: the shortest is blocked at ${name(block.variable)}, ${REASONS[block.why]}.`
      : "No path leads from it to the target.";
  }

  /** @param {View} view @param {boolean} steps */
  function notes({ scenario }, steps) {
    const set = Object.keys(scenario.do).map((name) => words.found(name, scenario.do[name]));
    const how = steps
      ? "Each finding is weighed given only those above it, so the odds multiply and the decibans add up; another order gives other weights."
      : "Each finding is weighed given all the others, so it can weigh less than alone: what two findings share is credited to neither.";
    const texts = [
      `${how} Ten decibans multiply the odds by ten.`,
      set.length && `Set by intervention, so not findings: ${set.join("; ")}.`,
    ];
    return texts.filter(Boolean).map((text) => el("p", { class: "hint", text }));
  }
}

/**
 * The frame of a chart: headings, axis, rows.
 *
 * @param {string} label
 * @param {string[]} headings
 * @param {Tick[]} ticks
 * @param {HTMLElement[]} items
 */
function chart(label, headings, ticks, items) {
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
function barRow({ from, to, verdict, label, hint }, figures, spoken) {
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
function ratioAxis(weights) {
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
const logit = (p) => Math.log(p / (1 - p));

/**
 * An axis of probabilities, in log odds, that holds these points.
 *
 * @param {number[]} points
 */
function probabilityAxis(points) {
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

/**
 * For sorting: certainty first, what is undefined in the middle.
 *
 * @param {number} nats
 */
const rank = (nats) => (Number.isNaN(nats) ? 0 : nats);

/** @param {number} nats */
function timesOdds(nats) {
  if (Number.isNaN(nats)) return "already certain from the others";
  if (Math.abs(nats) === Infinity) return "it makes the answer certain";
  if (Math.abs(nats) < 5e-4) return "the odds stay the same";
  return `odds ${nats > 0 ? "times" : "divided by"} ${ratio(Math.exp(Math.abs(nats)))}`;
}

/** @param {number} nats */
function timesShort(nats) {
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
function signed(nats) {
  const weight = decibans(nats);
  if (Number.isNaN(weight)) return "–";
  const size = Number.isFinite(weight) ? Math.abs(weight).toFixed(1) : "∞";
  return size === "0.0" ? size : `${weight > 0 ? "+" : MINUS}${size}`;
}

/** @param {number} nats */
const signedDecibans = (nats) => `${signed(nats)} decibans`;
