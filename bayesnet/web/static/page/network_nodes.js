// The nodes of the drawn network: one button for each variable, with its posterior as a bar or, where it is known, its state.

import { el, setAttribute, setStyle, write } from "./dom.js";
import { percent, position } from "./format.js";

/** @import { Context, Marks, Scenario, Variable, View } from "../types.js" */

/**
 * A node; `show(view)` writes what is known and the probabilities.
 *
 * @param {Context} context
 * @param {number} v
 * @param {(v: number) => void} press
 */
export function createNode(context, v, press) {
  const { data, words } = context;
  const variable = data.variables[v];
  const { name, label, states, neutral } = variable;
  const title = el("span", { class: "node-label", text: label });
  const bar = el("span", { class: "node-bar" });
  const prior = el("span", { class: "node-prior" });
  const rest = states.length > 2 ? states.map(() => el("span", { class: "node-part" })) : [];
  const track = el("span", { class: "node-track" }, rest.length ? rest : bar, prior);
  const text = el("span", { class: "node-text" });
  const tag = el("span", { class: "node-tag" });
  const element = el(
    "button",
    {
      type: "button",
      class: "node",
      tabindex: -1,
      dataset: { variable: name },
      "aria-haspopup": "dialog",
      onClick: () => press(v),
    },
    tag,
    title,
    track,
    text,
  );
  return {
    element,
    name,
    /** @param {View} view @param {Marks} marks */
    show({ state, scenario, answer, prior: before }, marks) {
      const kind = kindOf(scenario, variable);
      const asked = name === state.target;
      const now = answer.posteriors?.[v];
      const past = before.posteriors?.[v];
      const stated = statedOf(kind, scenario);
      const s = asked && !stated ? states.findIndex((one) => one.name === state.targetState) : shownState(now);
      const classes = [
        "node",
        stated && "is-known",
        kind && `is-${kind}`,
        asked && "is-target",
        marks.apart.has(v) && "is-apart",
        marks.silent.has(v) && "is-silent",
      ];
      setAttribute(element, "class", classes.filter(Boolean).join(" "));
      Object.assign(element.dataset, {
        state: states[s]?.name ?? "",
        posterior: String(now?.[s] ?? NaN),
        prior: String(past?.[s] ?? NaN),
      });
      write(
        tag,
        [asked ? "asked" : "", TAGS[kind] ?? "", marks.silent.has(v) ? "no active path" : ""].filter(Boolean).join(", "),
      );
      track.hidden = Boolean(stated);
      let figure = "–";
      if (!stated && now) {
        if (rest.length) drawParts(now);
        else setStyle(bar, "--to", position(now[s], state.scale));
        prior.hidden = Boolean(rest.length) || !past;
        if (past) setStyle(prior, "--at", position(past[s], state.scale));
        figure = `${plain(s) ? "" : `${states[s].label} `}${percent(now[s])}`;
      }
      write(text, stated || figure);
      const was = past && !stated ? `, before ${percent(past[s])}` : "";
      const spoken = [
        label,
        asked && "asked about",
        stated ? `${TAGS[kind] || "known"}: ${stated}` : `${words.stateLabel(name, states[s]?.name)} ${figure}${was}`,
        marks.silent.has(v) && "no active path to the target",
      ];
      setAttribute(element, "aria-label", spoken.filter(Boolean).join(", "));
    },
  };

  /** @param {string} kind @param {Scenario} scenario */
  function statedOf(kind, scenario) {
    if (kind === "assumed") return words.stateLabel(name, variable.default);
    if (kind === "set") return words.stateLabel(name, scenario.do[name]);
    return kind === "seen" ? words.stateLabel(name, String(scenario.see[name])) : "";
  }

  /**
   * Of two states the one that is not neutral; of several the most probable.
   *
   * @param {Float64Array | undefined} p
   */
  function shownState(p) {
    if (states.length === 2) return neutral === null ? 1 : 1 - neutral;
    return p ? p.indexOf(Math.max(...p)) : 0;
  }

  /**
   * "Fever 12 %" goes without "present".
   *
   * @param {number} s
   */
  function plain(s) {
    return states.length === 2 && neutral !== null && s !== neutral;
  }

  /**
   * States side by side, each as wide as it is probable.
   *
   * @param {Float64Array} p
   */
  function drawParts(p) {
    let from = 0;
    rest.forEach((part, i) => {
      setStyle(part, "--from", from);
      setStyle(part, "--to", (from += p[i]));
    });
  }
}

/** @type {Record<string, string>} */
const TAGS = { assumed: "assumed", set: "set", weighed: "weighed" };

/**
 * How a variable is known: seen, weighed, set, assumed, or not.
 *
 * @param {Scenario} scenario
 * @param {Variable} variable
 */
function kindOf(scenario, { name, default: assumed }) {
  if (name in scenario.do) return "set";
  if (name in scenario.see) return typeof scenario.see[name] === "string" ? "seen" : "weighed";
  return assumed ? "assumed" : "";
}
