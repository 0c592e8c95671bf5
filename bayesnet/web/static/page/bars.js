// Bars with figures: one line for each thing asked, the largest first, with a mark where it stood before.

import { scenarioName } from "./case_view.js";
import { el, focusOf, put, setAttribute, setStyle, stillness, write } from "./dom.js";
import { change, percent, percentBetween, position, roughly } from "./format.js";

/** @import { Answer, Context, Interval, Line, Scale, View } from "../types.js" */

const TICKS = { log: [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99], linear: [0, 0.25, 0.5, 0.75, 1] };
const MOVE = { duration: 420, easing: "cubic-bezier(.2,.7,.2,1)" };

/**
 * A chart; `show(wanted, view)` takes lines `{key, name, state, label}` and puts them in order, or keeps theirs with `sorted: false`. Beyond
 * `most` lines the least probable wait behind a button; the target is always in sight.
 *
 * @param {Context} context
 * @param {string} label
 * @param {{ sorted?: boolean; most?: number }} [options]
 */
export function createBars(context, label, { sorted = true, most = Infinity } = {}) {
  const axis = el("div", { class: "axis", "aria-hidden": true });
  const list = el("ol", { class: "bars", "aria-label": label });
  const columns = el("div", { class: "bar-row columns", "aria-hidden": true });
  const rest = el("button", { type: "button", class: "rest", "aria-expanded": false, hidden: true, onClick: unfold });
  const element = el("div", { class: "chart" }, columns, axis, list);
  const rows = new Map();
  /** @type {Map<HTMLElement, number>} */
  let places = new Map();
  let drawn = "";
  let whole = false;
  /** @type {[Line[], View] | null} */
  let latest = null;
  context.intervals.listen(() => latest && show(...latest));
  return { element, rest, show };

  function unfold() {
    whole = !whole;
    show(...latest);
  }

  /** @param {Line[]} wanted @param {View} view */
  function show(wanted, view) {
    latest = [wanted, view];
    const { state, answer, other } = view;
    const key = [state.scale, Boolean(other)].join();
    if (key !== drawn) drawFrame(state.scale, Boolean(other));
    drawn = key;
    element.classList.toggle("without-answer", !answer.posteriors);
    element.classList.toggle("comparing", Boolean(other));
    const lines = wanted.map((one) => ({ ...one, ...figures(context, view, one) }));
    if (answer.posteriors && sorted) lines.sort((a, b) => b.now - a.now);
    const shown = whole ? lines : kept(lines, view);
    for (const one of shown) {
      if (!rows.has(one.key)) rows.set(one.key, createRow(context, one));
      rows.get(one.key).show(one, view);
    }
    arrange(shown.map((one) => rows.get(one.key).element));
    fold(lines, shown.length);
  }

  /**
   * The first lines, and the target.
   *
   * @template {Line} T
   * @param {T[]} lines
   * @param {View} view
   */
  function kept(lines, { state }) {
    if (lines.length <= most + 1) return lines;
    return lines.filter(({ name, state: wanted }, i) => i < most || (name === state.target && wanted === state.targetState));
  }

  /** @param {{ now: number }[]} lines @param {number} shown */
  function fold(lines, shown) {
    const left = lines.length - shown;
    rest.hidden = lines.length <= most + 1;
    rest.setAttribute("aria-expanded", String(whole));
    const limit = lines[most]?.now;
    const each = Number.isNaN(limit) || limit === undefined ? "" : `, each at most ${percent(limit, 2)}`;
    write(rest, whole ? `Show the first ${most} only` : `${left} more${each}`);
  }

  /** @param {Scale} scale @param {boolean} comparing */
  function drawFrame(scale, comparing) {
    put(
      columns,
      ["", "", ...(comparing ? ["A", "B", "A to B"] : ["now", "interval", "change"])].map((text) => el("span", { text })),
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
    const { children } = list;
    if (children.length === elements.length && elements.every((row, i) => children[i] === row)) return;
    const focused = list.contains(document.activeElement) ? focusOf(list) : null;
    for (const row of [...children]) if (!elements.includes(/** @type {HTMLElement} */ (row))) row.remove();
    elements.forEach((row, i) => children[i] !== row && list.insertBefore(row, children[i] ?? null));
    focused?.focus({ preventScroll: true });
    if (!stillness()) requestAnimationFrame(move);
  }

  /** Runs before the next painting, when the browser has to lay out the page anyway; from where a row was after the last one. */
  function move() {
    const tops = new Map(
      [...rows.values()].filter(({ element: row }) => row.isConnected).map(({ element: row }) => [row, row.offsetTop]),
    );
    for (const [row, top] of tops) {
      const by = (places.get(row) ?? top) - top;
      if (by) row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], MOVE);
    }
    places = tops;
  }
}

/**
 * Probabilities of a line: before and now in the active scenario, and A and B where two are compared.
 *
 * @param {Context} context
 * @param {View} view
 * @param {Line} line
 */
function figures({ compute, words, intervals }, { state, scenario, answer, prior, other }, { name, state: wanted }) {
  const s = words.stateIndex(name, wanted);
  /** @param {Answer} result */
  const of = (result) => result?.posteriors?.[compute.index(name)][s] ?? NaN;
  const now = of(answer);
  const pair = other ? [of(other.answer), now] : null;
  const interval = other ? null : intervals.of(scenario, compute.index(name), s);
  return { now, before: of(prior), pair: pair && state.active === 0 ? pair.reverse() : pair, interval };
}

/**
 * One line: name, bar, figures; pressing it asks about it.
 *
 * @param {Context} context
 * @param {Line} line
 */
function createRow({ data, store, words }, { name, state, label }) {
  const [band, mark] = [el("span", { class: "band", hidden: true }), el("span", { class: "before-mark" })];
  const dots = [el("span", { class: "dot" }), el("span", { class: "dot second", hidden: true })];
  const cells = ["now", "people", "change"].map((kind) => el("span", { class: kind }));
  const role = words.isGrave(name) ? data.vocabulary.grave_label : null;
  const spoken = el("span", { class: "unseen" });
  const name_ = el("span", { class: "bar-label" }, label, role && el("small", { title: role, text: "!" }));
  const seen = el(
    "span",
    { class: "bar-row", "aria-hidden": true },
    name_,
    el("span", { class: "track" }, band, mark, dots),
    cells,
  );
  const ask = () => store.dispatch({ type: "target", variable: name, state });
  const button = el("button", { type: "button", class: "bar-button", onClick: ask }, spoken, seen);
  const element = el("li", { dataset: { variable: name, state } }, button);
  /** @param {HTMLElement} part @param {number} p @param {Scale} scale */
  const place = (part, p, scale) => setStyle(part, "--at", Number.isNaN(p) ? 0 : position(p, scale));
  return {
    element,
    /** @param {{ now: number; before: number; pair: number[] | null; interval: Interval | null }} figures @param {View} view */
    show({ now, before, pair, interval }, { state: page }) {
      const [first, second] = pair ?? [now, NaN];
      Object.assign(element.dataset, { posterior: String(now), prior: String(before), a: String(first), b: String(second) });
      Object.assign(element.dataset, { low: String(interval?.[0] ?? NaN), high: String(interval?.[1] ?? NaN) });
      button.setAttribute("aria-pressed", String(page.target === name && page.targetState === state));
      place(dots[0], first, page.scale);
      place(dots[1], second, page.scale);
      place(mark, before, page.scale);
      dots[0].hidden = Number.isNaN(first);
      dots[1].hidden = !pair;
      mark.hidden = Number.isNaN(before);
      band.hidden = !interval;
      if (interval) {
        setStyle(band, "--from", position(interval[0], page.scale));
        setStyle(band, "--to", position(interval[1], page.scale));
      }
      /** @param {number} a @param {number} b */
      const changed = (a, b) => (Number.isNaN(a) || Number.isNaN(b) || a === b ? "" : change(a, b));
      const texts = pair
        ? [percent(first), percent(second), changed(first, second)]
        : [percent(now, 2), interval ? percentBetween(interval) : "", changed(before, now)];
      cells.forEach((cell, i) => write(cell, texts[i]));
      setAttribute(cells[2], "data-direction", pair ? direction(first, second) : direction(before, now));
      const { about, between } = roughly(now, interval, data.vocabulary);
      const title = pair || Number.isNaN(now) ? null : `${percent(now)}, ${about}${between && `, ${between}`}`;
      setAttribute(button, "title", title);
      const text = pair
        ? `${scenarioName(0)} ${texts[0]}, ${scenarioName(1)} ${texts[1]}`
        : `${title}, before ${percent(before)}`;
      write(spoken, `${label}${role ? `, ${role}` : ""}: ${Number.isNaN(now) && !pair ? "no answer" : text}`);
    },
  };
}

/** @param {number} before @param {number} now */
function direction(before, now) {
  if (Number.isNaN(before) || Number.isNaN(now) || change(before, now) === "same") return null;
  return now > before ? "up" : "down";
}
