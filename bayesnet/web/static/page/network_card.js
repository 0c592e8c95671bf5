// The card of a node of the drawn network: the states of its variable, a choice, and the question about it.

import { isKnown } from "./aim.js";
import { el, focusOf, placeAt, put, write } from "./dom.js";
import { createFindingRow } from "./finding_row.js";
import { percent } from "./format.js";

/** @import { Context, View } from "../types.js" */

/**
 * What opens at a node: its states, a choice, and the question about it. `nodeOf` gives the node of a variable that is drawn.
 *
 * @param {Context} context
 * @param {(v: number) => HTMLElement | null} nodeOf
 */
export function createNetworkCard(context, nodeOf) {
  const { data, store, words } = context;
  const title = el("h3", {});
  const body = el("div", {});
  const close = el("button", { type: "button", class: "remove", "aria-label": "Close", text: "×", onClick: () => shut(true) });
  const element = el(
    "div",
    { class: "net-card", role: "dialog", hidden: true, onKeydown: (event) => event.key === "Escape" && shut(true) },
    el("div", { class: "net-card-head" }, title, close),
    body,
  );
  const rows = new Map();
  let shown = -1;
  /** @type {View | null} */
  let latest = null;
  // A click elsewhere closes it; the path, not the target, because a notebook may keep this page in a shadow tree.
  /** @param {PointerEvent} event */
  const outside = (event) => {
    if (!event.composedPath().some((part) => part === element || (part instanceof Element && part.classList.contains("node"))))
      shut(false);
  };

  /** @returns {HTMLElement[]} */
  const controls = (which = "button, input, select") => [...body.querySelectorAll(which)].map((one) => /** @type {any} */ (one));

  /** @param {boolean} focus */
  function shut(focus) {
    if (shown < 0) return;
    element.hidden = true;
    document.removeEventListener("pointerdown", outside);
    if (focus) nodeOf(shown)?.focus();
    shown = -1;
  }

  /** Below its node, inside the section. */
  function move() {
    if (shown < 0) return;
    const node = nodeOf(shown);
    if (!node) {
      shut(false);
      return;
    }
    const [from, at] = [element.parentElement.getBoundingClientRect(), node.getBoundingClientRect()];
    const left = Math.max(0, Math.min(at.left - from.left, from.width - element.offsetWidth));
    placeAt(element, left, at.bottom - from.top + 6);
  }

  function fill() {
    const variable = data.variables[shown];
    const { name, states } = variable;
    if (!rows.has(name)) rows.set(name, createFindingRow(context, variable));
    const row = rows.get(name);
    row.update(latest);
    write(title, variable.label);
    element.setAttribute("aria-label", variable.label);
    const now = latest.answer.posteriors?.[shown];
    const past = latest.prior.posteriors?.[shown];
    const lines = states.map((state, s) => {
      const asked = latest.state.target === name && latest.state.targetState === state.name;
      const ask = el("button", {
        type: "button",
        class: "net-ask",
        "aria-pressed": asked,
        "aria-label": `Ask about ${words.asked(name, state.name)}`,
        text: asked ? "asked" : "ask",
        disabled: isKnown(latest.scenario, name),
        onClick: () => store.dispatch({ type: "target", variable: name, state: state.name }),
      });
      return el(
        "tr",
        {},
        el("th", { scope: "row", text: state.label }),
        el("td", { text: past ? percent(past[s]) : "–" }),
        el("td", {}, el("strong", { text: now ? percent(now[s]) : "–" })),
        el("td", {}, ask),
      );
    });
    const heads = ["", "before", "now", ""].map((text) => (text ? el("th", { scope: "col", text }) : el("td", {})));
    const focus = controls().indexOf(focusOf(body));
    put(
      body,
      variable.meaning ? el("p", { class: "hint", text: variable.meaning }) : null,
      row.element,
      el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, lines)),
    );
    if (focus >= 0) controls()[focus]?.focus({ preventScroll: true });
  }

  return {
    element,
    /** @param {number} v */
    open(v) {
      shown = v;
      fill();
      element.hidden = false;
      document.addEventListener("pointerdown", outside);
      move();
      element.scrollIntoView({ block: "nearest" });
      controls("input:checked, select, button")[0]?.focus({ preventScroll: true });
    },
    /** @param {View} view */
    update(view) {
      latest = view;
      if (shown >= 0) fill();
    },
    place: move,
  };
}
