// Bars with figures: one line for each thing asked, the largest first, with a mark where it stood before.

import { scenarioName } from "./case_view.js";
import { el, focusOf, put, setAttribute, setStyle, stillness, write } from "./dom.js";
import { change, percent, position } from "./format.js";

/** @import { Answer, Context, Line, Scale, View } from "../types.js" */

const TICKS = { log: [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99], linear: [0, 0.25, 0.5, 0.75, 1] };
const MOVE = { duration: 420, easing: "cubic-bezier(.2,.7,.2,1)" };

/**
 * A chart; `show(wanted, view)` takes lines `{key, name, state, label}` and puts them in order, or keeps theirs with `sorted: false`.
 *
 * @param {Context} context
 * @param {string} label
 * @param {{ sorted?: boolean }} [options]
 */
export function createBars(context, label, { sorted = true } = {}) {
  const axis = el("div", { class: "axis", "aria-hidden": true });
  const list = el("ol", { class: "bars", "aria-label": label });
  const columns = el("div", { class: "bar-row columns", "aria-hidden": true });
  const element = el("div", { class: "chart" }, columns, axis, list);
  const rows = new Map();
  let drawn = "";
  return {
    element,
    /** @param {Line[]} wanted @param {View} view */
    show(wanted, view) {
      const { state, answer, other } = view;
      const key = [state.scale, Boolean(other)].join();
      if (key !== drawn) drawFrame(state.scale, Boolean(other));
      drawn = key;
      element.classList.toggle("without-answer", !answer.posteriors);
      element.classList.toggle("comparing", Boolean(other));
      const lines = wanted.map((one) => ({ ...one, ...figures(context, view, one) }));
      if (answer.posteriors && sorted) lines.sort((a, b) => b.now - a.now);
      for (const one of lines) {
        if (!rows.has(one.key)) rows.set(one.key, createRow(context, one));
        rows.get(one.key).show(one, view);
      }
      arrange(lines.map((one) => rows.get(one.key).element));
    },
  };

  /** @param {Scale} scale @param {boolean} comparing */
  function drawFrame(scale, comparing) {
    put(
      columns,
      ["", "", ...(comparing ? ["A", "B", "A to B"] : ["probability", "that is", "change"])].map((text) => el("span", { text })),
    );
    const ticks = TICKS[scale].map((p, i, all) => {
      const tick = el(
        "span",
        { class: "tick" },
        el("span", { text: `${Number((100 * p).toPrecision(3))}${i === all.length - 1 ? "\u00a0%" : ""}` }),
      );
      setStyle(tick, "--at", position(p, scale));
      return tick;
    });
    put(axis, ticks);
  }

  /**
   * Put rows in order; those that change place move there, unless motion is unwanted.
   *
   * @param {HTMLElement[]} elements
   */
  function arrange(elements) {
    const same = list.children.length === elements.length && elements.every((row, i) => list.children[i] === row);
    if (same) return;
    const before = stillness() ? null : new Map([...list.children].map((row) => [row, row.getBoundingClientRect().top]));
    const focused = list.contains(document.activeElement) ? focusOf(list) : null;
    list.replaceChildren(...elements);
    focused?.focus({ preventScroll: true });
    if (before?.size) requestAnimationFrame(() => move(before));
  }

  /**
   * Runs before the next painting, when the browser has to lay out the page anyway.
   *
   * @param {Map<Element, number>} before
   */
  function move(before) {
    const moved = [...before].map(([row, top]) => ({ row, by: row.isConnected ? top - row.getBoundingClientRect().top : 0 }));
    for (const { row, by } of moved) if (by) row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], MOVE);
  }
}

/**
 * Probabilities of a line: before and now in the active scenario, and A and B where two are compared.
 *
 * @param {Context} context
 * @param {View} view
 * @param {Line} line
 */
function figures({ compute, words }, { state, answer, prior, other }, { name, state: wanted }) {
  const s = words.stateIndex(name, wanted);
  /** @param {Answer} result */
  const of = (result) => result?.posteriors?.[compute.index(name)][s] ?? NaN;
  const now = of(answer);
  const pair = other ? [of(other.answer), now] : null;
  return { now, before: of(prior), pair: pair && state.active === 0 ? pair.reverse() : pair };
}

/**
 * One line: name, bar, figures; pressing it asks about it.
 *
 * @param {Context} context
 * @param {Line} line
 */
function createRow({ data, store, words }, { name, state, label }) {
  const bars = [el("span", { class: "bar" }), el("span", { class: "bar second", hidden: true })];
  const mark = el("span", { class: "before-mark" });
  const cells = ["now", "people", "change"].map((kind) => el("span", { class: kind }));
  const role = words.isGrave(name) ? data.vocabulary.grave_label : null;
  const spoken = el("span", { class: "unseen" });
  const name_ = el("span", { class: "bar-label" }, label, role && el("small", { text: role }));
  const seen = el("span", { class: "bar-row", "aria-hidden": true }, name_, el("span", { class: "track" }, bars, mark), cells);
  const ask = () => store.dispatch({ type: "target", variable: name, state });
  const button = el("button", { type: "button", class: "bar-button", onClick: ask }, spoken, seen);
  const element = el("li", { dataset: { variable: name, state } }, button);
  /** @param {HTMLElement} part @param {number} p @param {Scale} scale */
  const place = (part, p, scale) => setStyle(part, "--at", Number.isNaN(p) ? 0 : position(p, scale));
  return {
    element,
    /** @param {{ now: number; before: number; pair: number[] | null }} figures @param {View} view */
    show({ now, before, pair }, { state: page }) {
      const [first, second] = pair ?? [now, NaN];
      Object.assign(element.dataset, { posterior: String(now), prior: String(before), a: String(first), b: String(second) });
      button.setAttribute("aria-pressed", String(page.target === name && page.targetState === state));
      place(bars[0], first, page.scale);
      place(bars[1], second, page.scale);
      place(mark, before, page.scale);
      bars[1].hidden = !pair;
      mark.hidden = Number.isNaN(before);
      /** @param {number} a @param {number} b */
      const changed = (a, b) => (Number.isNaN(a) || Number.isNaN(b) || a === b ? "" : change(a, b));
      const texts = pair
        ? [percent(first), percent(second), changed(first, second)]
        : [percent(now), words.frequency(now), changed(before, now)];
      cells.forEach((cell, i) => write(cell, texts[i]));
      setAttribute(cells[2], "data-direction", pair ? direction(first, second) : direction(before, now));
      const text = pair
        ? `${scenarioName(0)} ${texts[0]}, ${scenarioName(1)} ${texts[1]}`
        : `${texts[0]}, ${texts[1]}, before ${percent(before)}`;
      write(spoken, `${label}${role ? `, ${role}` : ""}: ${Number.isNaN(now) && !pair ? "no answer" : text}`);
    },
  };
}

/** @param {number} before @param {number} now */
function direction(before, now) {
  if (Number.isNaN(before) || Number.isNaN(now) || change(before, now) === "same") return null;
  return now > before ? "up" : "down";
}
