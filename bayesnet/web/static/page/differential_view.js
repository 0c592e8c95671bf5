// The differential: one bar for each diagnosis, or for each state of what is asked, with a mark where it stood before.

import { scenarioName } from "./case_view.js";
import { el, put, setAttribute, stillness, write } from "./dom.js";
import { change, frequency, percent, position } from "./format.js";

const TICKS = { log: [0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999], linear: [0, 0.25, 0.5, 0.75, 1] };
const MOVE = { duration: 420, easing: "cubic-bezier(.2,.7,.2,1)" };
const ROLES = { must_not_miss: "must not miss" };

export function createDifferentialView(context) {
  const { data, store, words } = context;
  const heading = el("h2", { text: data.diagnoses.length ? "Differential" : "Probabilities" });
  const variables = [...data.variables].sort((a, b) => Number(data.diagnoses.includes(b.name)) - Number(data.diagnoses.includes(a.name)));
  const ask = el(
    "select",
    { class: "ask", onChange: () => store.dispatch({ type: "target", variable: ask.value }) },
    variables.map((variable) => el("option", { value: variable.name, text: variable.label })),
  );
  const scale = createScaleSwitch(store);
  const axis = el("div", { class: "axis", "aria-hidden": true });
  const list = el("ol", { class: "bars", "aria-label": "Probabilities, largest first" });
  const columns = el("div", { class: "bar-row columns", "aria-hidden": true });
  const chart = el("div", { class: "chart" }, columns, axis, list);
  const note = el("p", { class: "hint" });
  const element = el(
    "section",
    { class: "differential", "aria-label": data.diagnoses.length ? "Differential" : "Probabilities" },
    el("div", { class: "section-head" }, heading, el("label", { class: "ask-label" }, "Ask about ", ask), scale.element),
    chart,
    note,
  );
  const rows = new Map();
  let drawn = "";
  return {
    element,
    update(view) {
      const { state, answer, other } = view;
      ask.value = state.target;
      scale.show(state.scale);
      const key = [state.scale, Boolean(other)].join();
      if (key !== drawn) drawFrame(state.scale, Boolean(other));
      drawn = key;
      element.classList.toggle("without-answer", !answer.posteriors);
      element.classList.toggle("comparing", Boolean(other));
      const wanted = asked(view).map((one) => ({ ...one, ...figures(view, one) }));
      if (answer.posteriors) wanted.sort((a, b) => b.now - a.now);
      for (const one of wanted) {
        if (!rows.has(one.key)) rows.set(one.key, createRow(context, one));
        rows.get(one.key).show(one, view);
      }
      arrange(wanted.map(({ key: one }) => rows.get(one).element));
    },
  };

  /** What has a bar: the diagnoses, and the target where it is none; without diagnoses every state of the target. */
  function asked({ state }) {
    if (!data.diagnoses.length) {
      return words.variable(state.target).states.map(({ name, label }) => ({ key: `${state.target}\n${name}`, name: state.target, state: name, label }));
    }
    const specific = data.diagnoses.map((name) => ({ key: name, name, state: "present", label: words.label(name) }));
    const rest = words.variable(state.target);
    if (!data.diagnoses.includes(state.target)) {
      specific.push({ key: `${state.target}\n${state.targetState}`, name: state.target, state: state.targetState, label: words.asked(rest.name, state.targetState) });
    }
    return specific;
  }

  /** Probabilities of a row: before and now in the active scenario, and A and B where two are compared. */
  function figures({ state, answer, prior, other }, { name, state: wanted }) {
    const of = (result) => result?.posteriors?.[context.compute.index(name)][words.variable(name).states.findIndex((one) => one.name === wanted)] ?? NaN;
    const now = of(answer);
    const pair = other ? [of(other.answer), now] : null;
    return { now, before: of(prior), pair: pair && state.active === 0 ? pair.reverse() : pair };
  }

  function drawFrame(name, comparing) {
    put(columns, ["", "", ...(comparing ? ["A", "B", "A to B"] : ["probability", "that is", "change"])].map((text) => el("span", { text })));
    const ticks = TICKS[name].map((p, i) => {
      const tick = el("span", { class: p === 0.5 ? "tick middle" : "tick" }, el("span", { text: `${Number((100 * p).toPrecision(3))}${i === TICKS[name].length - 1 ? "\u00a0%" : ""}` }));
      tick.style.setProperty("--at", position(p, name));
      return tick;
    });
    put(axis, ticks);
    const kind = name === "log" ? "The axis is in log odds, so that 1 in 10,000 can be told from 1 in 100." : "The axis is linear, from 0 to 100 %.";
    const marks = comparing ? "The upper bar is A, the lower one B." : "The bar is the probability now; the mark is where it stood before anything was found.";
    write(note, `${marks} ${kind}`);
  }

  /** Put rows in order; those that change place move there, unless motion is unwanted. */
  function arrange(elements) {
    const same = list.children.length === elements.length && elements.every((row, i) => list.children[i] === row);
    if (same) return;
    const still = stillness();
    const before = new Map(still ? [] : [...list.children].map((row) => [row, row.getBoundingClientRect().top]));
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    list.replaceChildren(...elements);
    focused?.focus({ preventScroll: true });
    for (const row of elements) {
      const moved = before.has(row) ? before.get(row) - row.getBoundingClientRect().top : 0;
      if (moved) row.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], MOVE);
    }
  }
}

/** Logarithmic or linear. */
function createScaleSwitch(store) {
  const button = (name, text) => el("button", { type: "button", class: "segment-button", text, dataset: { scale: name }, onClick: () => store.dispatch({ type: "scale", scale: name }) });
  const buttons = [button("log", "log odds"), button("linear", "linear")];
  return {
    element: el("div", { class: "switch", role: "group", "aria-label": "Scale" }, buttons),
    show: (scale) => buttons.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.scale === scale))),
  };
}

/** One line: name, bar, figures; pressing it asks about it. */
function createRow({ store, words, data }, { name, state, label }) {
  const bars = [el("span", { class: "bar" }), el("span", { class: "bar second", hidden: true })];
  const mark = el("span", { class: "before-mark" });
  const track = el("span", { class: "track" }, bars, mark);
  const cells = ["now", "people", "change"].map((kind) => el("span", { class: kind }));
  const role = data.diagnoses.length && ROLES[words.variable(name).role];
  const spoken = el("span", { class: "unseen" });
  const seen = el("span", { class: "bar-row", "aria-hidden": true }, el("span", { class: "bar-label" }, label, role && el("small", { text: role })), track, cells);
  const button = el("button", { type: "button", class: "bar-button", onClick: () => store.dispatch({ type: "target", variable: name, state }) }, spoken, seen);
  const element = el("li", { dataset: { variable: name, state } }, button);
  const place = (part, p, scale) => part.style.setProperty("--at", Number.isNaN(p) ? 0 : position(p, scale));
  return {
    element,
    show({ now, before, pair }, { state: page }) {
      const [first, second] = pair ?? [now, NaN];
      Object.assign(element.dataset, { posterior: String(now), prior: String(before), ...(pair && { a: String(pair[0]), b: String(pair[1]) }) });
      button.setAttribute("aria-pressed", String(page.target === name && page.targetState === state));
      place(bars[0], first, page.scale);
      place(bars[1], second, page.scale);
      place(mark, before, page.scale);
      bars[1].hidden = !pair;
      mark.hidden = Number.isNaN(before);
      const figures = pair ? [percent(first), percent(second), change(first, second)] : [percent(now), frequency(now), now === before ? "" : change(before, now)];
      const blank = Number.isNaN(now) && !pair;
      cells.forEach((cell, i) => write(cell, blank || figures[i].includes("NaN") ? "–" : figures[i]));
      setAttribute(cells[2], "data-direction", directionOf(pair ? first : before, pair ? second : now));
      const asked = label + (role ? `, ${role}` : "");
      const text = pair ? `${scenarioName(0)} ${figures[0]}, ${scenarioName(1)} ${figures[1]}` : `${figures[0]}, ${figures[1]}, before ${percent(before)}`;
      write(spoken, blank ? `${asked}: no answer` : `${asked}: ${text}`);
    },
  };
}

function directionOf(before, now) {
  if (Number.isNaN(before) || Number.isNaN(now) || change(before, now) === "same") return null;
  return now > before ? "up" : "down";
}
