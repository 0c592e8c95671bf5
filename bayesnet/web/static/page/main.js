// The explorer: the store, the engine and the views, put together in one element.

import { createAdviceView } from "./advice_view.js";
import { aimOf } from "./aim.js";
import { createCaseView } from "./case_view.js";
import { createCompute } from "./compute.js";
import { createDifferentialView } from "./differential_view.js";
import { el, put, write } from "./dom.js";
import { createFindingsView } from "./findings_view.js";
import { createIntervals } from "./intervals.js";
import { createLessonView } from "./lesson_view.js";
import { linkOf, readLink } from "./link.js";
import { createNetworkView } from "./network_view.js";
import { createNextView } from "./next_view.js";
import { createNumberView } from "./number_view.js";
import { withNumbers } from "./numbers.js";
import { createPeek } from "./peek.js";
import { createPeopleView } from "./people_view.js";
import { createStore, firstState } from "./store.js";
import { createTabs } from "./tabs.js";
import { createToolbar } from "./toolbar.js";
import { createWhyView } from "./why_view.js";
import { createWords } from "./words.js";

/** @import { Compute, Context, PageData, Part, Scenario, State, View } from "../types.js" */

/**
 * The views under the differential, in the order of their tabs: `{ name, label, create, shown }`, one line each, where
 * `create(context)` gives `{ element, update(view) }` and `shown(data)` says whether the network has what the view needs (left out:
 * always). Only the view whose tab is open is updated.
 */
/** @type {{ name: string; label: string; create: (context: Context) => Part; shown?: (data: PageData) => boolean }[]} */
const TABS = [
  { name: "why", label: "For and against", create: createWhyView },
  { name: "network", label: "Network", create: createNetworkView, shown: (data) => Boolean(data.layout) },
  { name: "numbers", label: "Numbers", create: createNumberView, shown: (data) => Boolean(data.numbers) },
  { name: "people", label: "10,000 people", create: createPeopleView },
  { name: "next", label: "What to ask", create: createNextView },
  { name: "advice", label: "What to do", create: createAdviceView, shown: (data) => Boolean(data.decision) },
];

/**
 * Fill an element with an explorer of `data` (a PageData).
 *
 * Options: `address`: keep the case in the address after `#`. Gives `{data, store, compute, intervals, view, destroy}`.
 *
 * @param {HTMLElement} root
 * @param {PageData} data
 * @param {{ address?: boolean }} [options]
 */
export function createExplorer(root, data, { address = false } = {}) {
  const compute = createCompute(data, withNumbers);
  const first = firstState(data);
  const link = address ? readLink(data, location.hash, first) : null;
  const store = createStore(data, link?.state ?? first);
  const words = createWords(data);
  const spoken = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const notice = createNotice();
  const intervals = createIntervals(data, compute);
  /** @type {Context} */
  const context = {
    data,
    store,
    compute,
    words,
    intervals,
    announce: (text) => write(spoken, text),
    tell: notice.tell,
    link: () => (address ? location.href.split("#")[0] + linkOf(store.state) : ""),
  };
  const findings = createFindingsView(context);
  context.focusSearch = findings.focusSearch;
  context.fallbackFocus = () => findings.element.querySelector("input");
  const tabs = createTabs(
    TABS.filter(({ shown }) => shown?.(data) ?? true).map(({ name, label, create }) => ({ name, label, view: create(context) })),
    (name) => store.dispatch({ type: "tab", tab: name }),
  );
  const toolbar = createToolbar(context, { root, address });
  // The differential is updated first: it measures where its bars are, which costs nothing before the page has changed.
  const parts = [createDifferentialView(context), toolbar, createCaseView(context), findings, tabs];
  const [differential, , theCase] = parts.map((part) => part.element);
  const lesson = data.lessons?.length ? createLessonView(context, root) : null;
  if (lesson) parts.push(lesson);
  const peek = createPeek(context, differential);
  parts.push(peek);
  root.classList.add("explorer");
  const columns = keepColumns(root);
  put(
    root,
    masthead(data, toolbar.element),
    notice.element,
    lesson?.element,
    el("main", { class: "desk" }, theCase, differential, findings.element, tabs.element),
    colophon(data),
    toolbar.dialogs,
    peek.element,
    spoken,
  );

  const view = () => viewOf(data, compute, store.state);
  const update = () => {
    const now = view();
    for (const part of parts) part.update(now);
    intervals.update(now);
  };
  const leave = [store.subscribe(update), toolbar.destroy, findings.destroy, peek.destroy, intervals.destroy, columns];
  if (lesson) leave.push(lesson.destroy);
  if (address) leave.push(keepAddress(context));
  if (link?.lost.length) sayLost(context, link.lost);
  update();
  return { data, store, compute, intervals, view, destroy: () => leave.forEach((stop) => stop()) };
}

/**
 * What every view is given: the active scenario with its answer, and the other one where two are compared. The target of its state
 * is the one that is asked about now.
 *
 * @param {PageData} data
 * @param {Compute} compute
 * @param {State} state
 * @returns {View}
 */
export function viewOf(data, compute, state) {
  /** @param {Scenario} scenario */
  const of = (scenario) => ({ scenario, answer: compute.answer(scenario), prior: compute.prior(scenario) });
  const other = state.scenarios.length > 1 ? of(state.scenarios[1 - state.active]) : null;
  const active = of(state.scenarios[state.active]);
  return { state: { ...state, ...aimOf(data, compute, state, active.answer) }, ...active, other };
}

const WIDE = 1200;
const HALF = 700;

/**
 * How many columns there is room for, as `data-columns`: by the width of the element, which in a notebook is not that of the window.
 *
 * @param {HTMLElement} root
 */
function keepColumns(root) {
  const measure = () => {
    const width = root.clientWidth || globalThis.innerWidth;
    root.dataset.columns = String(width >= WIDE ? 3 : width >= HALF ? 2 : 1);
  };
  measure();
  const watch = globalThis.ResizeObserver && new ResizeObserver(measure);
  watch?.observe(root);
  return () => watch?.disconnect();
}

/**
 * The address says the case; a changed address changes it. Written a moment after the last click: it is slow, and browsers count.
 *
 * @param {Context} context
 */
function keepAddress(context) {
  const { data, store } = context;
  let waiting = 0;
  const write = () => {
    clearTimeout(waiting);
    history.replaceState(null, "", linkOf(store.state));
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(write, 200);
  };
  const read = () => {
    clearTimeout(waiting);
    const link = readLink(data, location.hash, store.state);
    if (!link) return;
    if (linkOf(link.state) !== linkOf(store.state)) store.dispatch({ type: "restore", state: link.state });
    if (link.lost.length) sayLost(context, link.lost);
  };
  const unsubscribe = store.subscribe(later);
  globalThis.addEventListener("hashchange", read);
  globalThis.addEventListener("pagehide", write);
  return () => {
    clearTimeout(waiting);
    unsubscribe();
    globalThis.removeEventListener("hashchange", read);
    globalThis.removeEventListener("pagehide", write);
  };
}

/** @param {Context} context @param {string[]} lost */
function sayLost({ tell }, lost) {
  tell(`Ignored, because this network does not have it: ${lost.join(", ")}.`);
}

/** @param {PageData} data @param {HTMLElement} toolbar */
function masthead({ model }, toolbar) {
  return el(
    "header",
    { class: "masthead" },
    el("h1", { text: model.title, title: model.description || null }),
    el("p", { class: "warning", role: "note", text: model.warning }),
    toolbar,
  );
}

/**
 * What the answers rest on.
 *
 * @param {PageData} data
 */
function colophon({ model }) {
  const version = [model.name, model.version].filter(Boolean).join(" ");
  const lines = [
    model.description,
    model.population && `Population: ${model.population}`,
    model.citation && `Cite: ${model.citation}.`.replace(/\.\.$/, "."),
    `Model ${version}, digest ${model.digest.slice(0, 12)}. Answers are exact for these numbers, and only as good as they are. Everything is computed in this page; nothing is sent anywhere.`,
    model.warning,
  ];
  return el(
    "footer",
    { class: "colophon" },
    lines.filter(Boolean).map((text) => el("p", { text })),
  );
}

/** A message that stays until it is dismissed or the next one comes. */
function createNotice() {
  const text = el("span", {});
  /** @type {HTMLButtonElement} */
  const close = el("button", {
    type: "button",
    class: "remove",
    "aria-label": "Dismiss",
    text: "×",
    onClick: () => (element.hidden = true),
  });
  /** @type {HTMLElement} */
  const element = el("div", { class: "notice", role: "status", hidden: true }, text, close);
  return {
    element,
    /** @param {string} message */
    tell(message) {
      element.hidden = false;
      write(text, message);
    },
  };
}
