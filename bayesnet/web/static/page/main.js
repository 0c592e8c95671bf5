// The explorer: the store, the engine and the views, put together in one element.

import { createCompute } from "./compute.js";
import { createDifferentialView } from "./differential_view.js";
import { el, put, write } from "./dom.js";
import { createFindingsView } from "./findings_view.js";
import { withNumbers } from "./numbers.js";
import { createStore, firstState } from "./store.js";

/**
 * The views under the differential, in the order of their tabs: `{ name, label, create, shown }`, one line each, where
 * `create(context)` gives `{ element, update(view) }` and `shown(data)` says whether the network has what the view needs (left out:
 * always). Only the view whose tab is open is updated.
 */
const TABS = [];

/** Fill an element with an explorer of `data` (a PageData); gives `{data, store, compute, destroy}`. */
export function createExplorer(root, data) {
  const compute = createCompute(data, withNumbers);
  const store = createStore(data, firstState(data));
  const live = el("p", { class: "headline", role: "status", "aria-live": "polite" });
  const context = { data, store, compute, announce: (text) => write(live, text) };
  const views = [createFindingsView(context), createDifferentialView(context)];
  const tabs = TABS.filter(({ shown }) => shown?.(data) ?? true).map((tab) => ({ ...tab, view: tab.create(context) }));
  put(root, el("h1", { text: data.model.title }), live, views.map((view) => view.element), tabs.map((tab) => tab.view.element));
  const update = () => {
    const view = viewOf(store.state, compute);
    for (const part of views) part.update(view);
    const chosen = tabs.find((tab) => tab.name === store.state.tab) ?? tabs[0];
    for (const tab of tabs) tab.view.element.hidden = tab !== chosen;
    chosen?.view.update(view);
  };
  const unsubscribe = store.subscribe(update);
  update();
  return { data, store, compute, destroy: unsubscribe };
}

/** What every view is given. */
export function viewOf(state, compute) {
  const of = (scenario) => ({ scenario, answer: compute.answer(scenario), prior: compute.prior(scenario) });
  const other = state.scenarios.length > 1 ? of(state.scenarios[1 - state.active]) : null;
  return { state, ...of(state.scenarios[state.active]), other };
}
