// The explorer in a notebook, for anywidget: the same page in an element, its evidence kept equal with Python's.

import { started } from "../engine.js";
import { el } from "./dom.js";
import { createExplorer } from "./main.js";
import { complete } from "./store.js";
import { WITHOUT_KERNEL } from "./words.js";

/** @import { Scenario } from "../types.js" */

/** @type {Record<string, keyof Scenario>} */
const SHARED = { given: "see", do: "do", numbers: "numbers" };

/**
 * Fill the element of a cell; gives the function that lets go of it.
 *
 * @param {{ model: any; el: HTMLElement }} host
 */
async function render({ model, el: cell }) {
  try {
    await started;
  } catch (error) {
    cell.append(`${WITHOUT_KERNEL} (${error})`);
    return () => {};
  }
  const root = el("div", { class: "in-notebook" });
  cell.append(root);
  const leaveTheme = followHost(root);
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
    leaveTheme();
    destroy();
    root.remove();
  };
}

/**
 * Keep `data-host` at the colours of the notebook: JupyterLab and VS Code say them on the body, marimo on the body or the document;
 * elsewhere the system decides.
 *
 * @param {HTMLElement} root
 */
function followHost(root) {
  const { body, documentElement: page } = document;
  const look = () => {
    const { jpThemeLight, vscodeThemeKind = "", theme = "" } = body.dataset;
    const said = [vscodeThemeKind, theme, page.dataset.theme, body.className, page.className].join(" ");
    const dark = jpThemeLight ? jpThemeLight === "false" : /\bdark\b|high-contrast(?!-light)/.test(said);
    const light = jpThemeLight ? !dark : /\blight\b/.test(said);
    root.dataset.host = dark ? "dark" : light ? "light" : "";
  };
  look();
  const watch = new MutationObserver(look);
  for (const one of [body, page]) watch.observe(one, { attributes: true });
  return () => watch.disconnect();
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
