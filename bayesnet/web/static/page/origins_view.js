// What a consequence comes from, and what the diagnosis includes that means none of the others.

import { el, put, write } from "./dom.js";
import { percent } from "./format.js";
import { createWorker } from "./working.js";

/** @import { Ask, Context, Job, View } from "../types.js" */

// As in Python: a consequence less probable than this has no causes worth an answer, a cause less probable is not named.
const WORTH = 0.01;
const NAMED = 3;

/** @param {Context} context */
export function createOrigins(context) {
  const { data, compute, words } = context;
  const consequences = data.variables.filter(({ name, consequence_of }) => consequence_of && data.diagnoses.includes(name));
  const [led, residual] = [el("summary", {}), el("p", {})];
  const leads = el("details", { class: "hint", hidden: true }, led, residual);
  const body = el("div", {});
  /** @param {string[]} told */
  const show = (told) => {
    put(body, ...told.map((text) => el("p", { class: "hint", text })));
  };
  const work = createWorker(context, body, { key: () => 0, job, show, silence: "" });
  return {
    element: el("div", { class: "origins" }, leads, body),
    /** @param {View} view */
    update(view) {
      const [text, more] = whatLeads(view);
      leads.hidden = !text;
      write(led, text);
      write(residual, more);
      if (consequences.length) work(view);
    },
  };

  /**
   * A sentence for each consequence that is probable enough.
   *
   * @param {View} view
   * @param {Ask} ask
   * @returns {Job<string[]>}
   */
  function* job({ scenario, answer: { posteriors } }, ask) {
    const told = [];
    for (const { name, label, states, consequence_of } of consequences) {
      const [v, present] = [compute.index(name), words.stateIndex(name, "present")];
      const p = posteriors[v][present];
      if (p <= WORTH || name in scenario.do) continue;
      yield;
      const evidence = compute.evidenceOf(scenario);
      const only = states.map((_, s) => Number(s === present));
      const given = ask({ ...evidence, likelihoods: { ...evidence.likelihoods, [v]: only } }).posteriors;
      if (!given) continue;
      const shares = consequence_of
        .map((cause) => ({ cause, share: 1 - given[compute.index(cause)][0] }))
        .sort((a, b) => b.share - a.share)
        .filter(({ share }, i) => i === 0 || share >= WORTH)
        .slice(0, NAMED);
      const named = shares.map(({ cause, share }) => `${words.inside(cause)} (${percent(share, 2)})`);
      told.push(`${label} (${percent(p)}) is a consequence, most likely from ${named.join(", ")}.`);
    }
    return told;
  }

  /**
   * What the leading diagnosis means and contains, where it is the one that means none of the others.
   *
   * @param {View} view
   * @returns {[string, string]}
   */
  function whatLeads({ answer: { posteriors } }) {
    if (!posteriors || !data.diagnoses.length) return ["", ""];
    /** @param {string} name */
    const p = (name) => posteriors[compute.index(name)][words.stateIndex(name, "present")];
    const first = data.diagnoses.reduce((best, name) => (p(name) > p(best) ? name : best));
    if (words.isSpecific(first)) return ["", ""];
    const { label, meaning, note } = words.variable(first);
    return [`${label} leads with ${percent(p(first))}${meaning ? `: ${meaning}` : ""}.`, note ?? ""];
  }
}
