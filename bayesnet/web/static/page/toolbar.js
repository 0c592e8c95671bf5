// What one does with a case as a whole: examples, comparing, back and forth, keeping it.

import { el } from "./dom.js";
import { createExamples } from "./examples_view.js";
import { createKeys } from "./keys_view.js";
import { createLessons } from "./lessons_view.js";
import { caseFile, readCase } from "./link.js";

/** @import { Child, Context, PageData, Props, State, View } from "../types.js" */

const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "bayesnet-theme";

/** @param {Context} context @param {{ root: HTMLElement; address: boolean }} options */
export function createToolbar(context, { root, address }) {
  const { store, data, announce } = context;
  /** @param {string} text @param {string} title @param {() => unknown} onClick @param {Props} [more] */
  const button = (text, title, onClick, more = {}) =>
    el("button", { type: "button", class: "tool", title, text, onClick, ...more });
  const undo = button("↶", "Undo (Ctrl+Z)", () => store.dispatch({ type: "undo" }), { "aria-label": "Undo" });
  const redo = button("↷", "Redo (Ctrl+Shift+Z)", () => store.dispatch({ type: "redo" }), { "aria-label": "Redo" });
  const compare = button(
    "Compare",
    "Compare two scenarios side by side",
    () => store.dispatch({ type: "compare", on: store.state.scenarios.length < 2 }),
    { "aria-pressed": false },
  );
  const clear = button("Clear", "Clear all findings", () => store.dispatch({ type: "reset" }));
  const link = button("Copy link", "Copy an address that opens this case", () => copy(context));
  const save = button("Save", "Download the case as JSON", () => download(data, store.state));
  /** @type {HTMLInputElement} */
  const file = el("input", {
    type: "file",
    accept: ".json,application/json",
    class: "unseen",
    tabindex: -1,
    "aria-hidden": true,
    onChange: () => load(file),
  });
  const open = button("Open", "Open a case that was saved as JSON", () => file.click());
  const theme = button("", "", () => setTheme(THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length]), {
    class: "tool theme",
  });
  const examples = data.examples?.length ? createExamples(context) : null;
  const lessons = data.lessons?.length ? createLessons(context) : null;
  const help = createKeys();
  /** @param {string} name */
  const setTheme = (name) => {
    root.dataset.theme = name;
    theme.textContent = { auto: "◐", light: "☀", dark: "☾" }[name];
    const text = { auto: "as in the system settings", light: "light", dark: "dark" }[name];
    theme.title = `Colours: ${text}`;
    theme.setAttribute("aria-label", theme.title);
    keepTheme(name);
  };
  setTheme(keptTheme());
  /** @param {string} label @param {...Child} parts */
  const group = (label, ...parts) => el("div", { class: "tools", role: "group", "aria-label": label }, parts);
  const element = el(
    "div",
    { class: "toolbar" },
    group("Start", lessons?.button, examples?.button, clear),
    group("Change", undo, redo, compare),
    group("Keep", address && link, save, open, file),
    group("View", theme, help.button),
  );

  /**
   * Read a saved case.
   *
   * @param {HTMLInputElement} input
   */
  async function load(input) {
    const [chosen] = input.files;
    input.value = "";
    if (!chosen) return;
    try {
      const { state, lost, other } = readCase(data, await chosen.text(), store.state);
      store.dispatch({ type: "restore", state });
      const warnings = [
        other && `It was saved with ${other}, whose numbers may differ.`,
        lost.length && `This network does not have ${lost.join(", ")}.`,
      ];
      context.tell([`Opened ${chosen.name}.`, ...warnings].filter(Boolean).join(" "));
    } catch (error) {
      context.tell(`${chosen.name} was not opened. ${error instanceof Error ? error.message : error}`);
    }
  }

  /**
   * Ctrl+Z outside of fields, where it belongs to what is typed; a slash leads to the search, a question mark to the keys.
   *
   * @param {KeyboardEvent} event
   */
  const keys = (event) => {
    const target = /** @type {Element} */ (event.target);
    const field = target.closest?.("input:not([type=radio], [type=checkbox], [type=range]), textarea");
    if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      context.focusSearch();
      return;
    }
    if (event.key === "?" && !field) {
      help.show();
      return;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey || field) return;
    const key = event.key.toLowerCase();
    const back = key === "z" && !event.shiftKey;
    const forth = key === "y" || (key === "z" && event.shiftKey);
    if (!back && !forth) return;
    event.preventDefault();
    store.dispatch({ type: back ? "undo" : "redo" });
    announce(back ? "Undone." : "Redone.");
  };
  // A page of its own listens everywhere; in a notebook the keys belong to the host unless the explorer has the focus.
  /** @type {HTMLElement} */
  const place = address ? document.body : root;
  place.addEventListener("keydown", keys);
  return {
    element,
    dialogs: [lessons?.dialog ?? null, examples?.dialog ?? null, help.dialog],
    destroy: () => place.removeEventListener("keydown", keys),
    /** @param {View} view */
    update({ state }) {
      undo.disabled = !store.canUndo;
      redo.disabled = !store.canRedo;
      const on = state.scenarios.length > 1;
      compare.setAttribute("aria-pressed", String(on));
      const { see, do: set, numbers } = state.scenarios[state.active];
      clear.disabled = ![see, set, numbers].some((part) => Object.keys(part).length);
    },
  };
}

/**
 * The address to the clipboard; without one, a message names the address bar.
 *
 * @param {Context} context
 */
async function copy({ tell, link }) {
  try {
    await navigator.clipboard.writeText(link());
    tell("The link to this case is copied.");
  } catch {
    tell("The link to this case is the address in the address bar.");
  }
}

/** @param {PageData} data @param {State} state */
function download(data, state) {
  const text = JSON.stringify(caseFile(data, state), null, 2);
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const anchor = el("a", { href: url, download: `${data.model.name.replace(/[^\w-]+/g, "_") || "case"}-case.json` });
  document.createDocumentFragment().append(anchor);
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function keptTheme() {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

/** @param {string} name */
function keepTheme(name) {
  try {
    localStorage.setItem(THEME_KEY, name);
  } catch {
    // A page without storage forgets the choice.
  }
}
