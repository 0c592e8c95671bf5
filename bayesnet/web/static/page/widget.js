// The explorer in a notebook, for anywidget: the same page in an element, its evidence kept equal with Python's.

import { el } from "./dom.js";
import { createExplorer } from "./main.js";
import { complete } from "./store.js";

/** @import { Scenario } from "../types.js" */

/** @type {Record<string, keyof Scenario>} */
const SHARED = { given: "see", do: "do", numbers: "numbers" };

/**
 * Fill the element of a cell; gives the function that lets go of it.
 *
 * @param {{ model: any; el: HTMLElement }} host
 */
function render({ model, el: cell }) {
  const root = el("div", { class: "in-notebook" });
  cell.append(root);
  const { store, destroy } = createExplorer(root, model.get("_data"));
  const scenario = () => store.state.scenarios[store.state.active];
  /** Python moved: take over what differs. */
  const pull = () => {
    const theirs = Object.fromEntries(Object.entries(SHARED).map(([trait, part]) => [part, model.get(trait) ?? {}]));
    if (!equal(theirs, scenario())) store.dispatch({ type: "load", scenario: complete(theirs) });
  };
  /** Somebody clicked: tell what differs. */
  const push = () => {
    const differing = Object.entries(SHARED).filter(([trait, part]) => !equal(model.get(trait), scenario()[part]));
    for (const [trait, part] of differing) model.set(trait, scenario()[part]);
    if (differing.length) model.save_changes();
  };
  pull();
  const leave = store.subscribe(push);
  for (const trait of Object.keys(SHARED)) model.on(`change:${trait}`, pull);
  return () => {
    for (const trait of Object.keys(SHARED)) model.off(`change:${trait}`, pull);
    leave();
    destroy();
    root.remove();
  };
}

/**
 * Whether two plain objects hold the same, whatever the order of their keys.
 *
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
function equal(a, b) {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => equal(a[key], b[key]));
}

export default { render };
