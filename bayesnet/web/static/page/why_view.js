// For and against: what each finding does to the target, given all the others or one after the other.

import { carriedJob, kindsOf } from "./carried.js";
import { el, put } from "./dom.js";
import { percent } from "./format.js";
import { blocker, certainFamilies, openGraph, separated, shortestAtAll } from "./paths.js";
import { verdictOf, whyJob } from "./why.js";
import { barRow, chart, logit, probabilityAxis, ratioAxis, signed, signedDecibans, timesOdds, timesShort } from "./why_chart.js";
import { createHeading, createSwitch, createWorker, leaderButton, whichOf } from "./working.js";

/** @import { Carried, Context, Impact, Scenario, State, View, Why } from "../types.js" */

/** @import { Bar } from "./why_chart.js" */

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
 * For sorting: certainty first, what is undefined in the middle.
 *
 * @param {number} nats
 */
const rank = (nats) => (Number.isNaN(nats) ? 0 : nats);
