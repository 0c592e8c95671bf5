// The arcs of the drawn network, and the legend that explains them.

import { el, setAttribute, setStyle, svg } from "./dom.js";
import { NODE, arcShape } from "./network_layout.js";

/** @import { Place } from "../types.js" */

/**
 * One arc: its line as thick as it is strong, and its end.
 *
 * @param {number} parent
 * @param {number} child
 * @param {number | null} strength
 * @param {number} sign
 */
export function createArc(parent, child, strength, sign) {
  const line = svg("path", { class: "net-line" });
  const head = svg("path", { class: sign > 0 ? "net-head" : "net-head is-open" });
  const group = svg("g", {}, line, head);
  setStyle(line, "--strength", strength ?? 0.3);
  return {
    /** @param {Map<number, Place>} places @param {string} state */
    show(places, state) {
      const { line: curve, head: end } = arcShape(places.get(parent), places.get(child), sign, state === "cut");
      setAttribute(line, "d", curve);
      setAttribute(head, "d", end);
      setAttribute(group, "class", `net-arc is-${state}`);
      return group;
    },
    point: (/** @type {boolean} */ on) => group.classList.toggle("is-near", on),
  };
}

/** The legend below the drawing. */
export function createLegend() {
  /** @param {string} kind @param {string} text */
  const item = (kind, text) => el("li", {}, el("span", { class: `net-key ${kind}` }), text);
  /** @param {string} state @param {number} sign @param {string} text */
  const line = (state, sign, text) => {
    const { line: curve, head } = arcShape(
      { x: -NODE.width, y: -NODE.height / 2 },
      { x: 40, y: -NODE.height / 2 },
      sign,
      state === "cut",
    );
    const parts = [
      svg("path", { class: "net-line", d: curve }),
      svg("path", { class: sign > 0 ? "net-head" : "net-head is-open", d: head }),
    ];
    return el(
      "li",
      {},
      svg(
        "svg",
        { class: "net-sample", viewBox: "0 -8 44 16", "aria-hidden": true },
        svg("g", { class: `net-arc is-${state}` }, parts),
      ),
      text,
    );
  };
  const marks = [
    item("is-known", "known"),
    item("is-target", "target"),
    item("is-bar", "probability now; mark: before the findings"),
    line("lit", 1, "strongest active path from a finding"),
    line("closed", 1, "blocked"),
    line("cut", 0, "cut by an intervention"),
    line("open", 1, "raises"),
    line("open", -1, "lowers"),
    line("open", 0, "either"),
  ];
  return el("ul", { class: "net-legend", "aria-label": "Legend" }, marks);
}
