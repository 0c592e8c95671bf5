// The findings, by role: search, and one row for each variable.

import { el, write } from "./dom.js";
import { readEntry } from "./entry.js";
import { createFindingRow } from "./finding_row.js";
import { createLater } from "./later.js";

/** @import { Context, PageData, Variable, View } from "../types.js" */

/** @param {Context} context */
export function createFindingsView(context) {
  const { data } = context;
  const later = createLater();
  const wide = globalThis.matchMedia?.("(min-width: 60rem)").matches ?? true;
  const groups = groupsOf(data).map((group) => createGroup(context, group, wide));
  const none = el("p", { class: "hint", hidden: true });
  /** @type {HTMLInputElement} */
  const search = el("input", {
    type: "search",
    class: "search",
    placeholder: readEntry(data, "fever, 66").lost.length ? "Search, or type findings" : "Search, or type fever, 66",
    "aria-label": "Search findings",
    autocomplete: "off",
    spellcheck: "false",
    onInput: () => filter(search.value),
    onKeydown(event) {
      if (event.key === "Enter" && search.value.trim()) enter();
      if (event.key !== "Escape" || !search.value) return;
      search.value = "";
      filter("");
    },
  });
  /** What was typed becomes findings; what means nothing here stays, and is named. */
  const enter = () => {
    const { seen, lost } = readEntry(data, search.value);
    for (const [variable, value] of seen) context.store.dispatch({ type: "see", variable, value });
    search.value = lost.join(", ");
    filter(search.value);
    const added = seen.map(([name, state]) => context.words.found(name, state));
    if (lost.length) context.tell(`Not understood: ${lost.join(", ")}. Expected names as in the list, apart by commas.`);
    if (added.length) context.announce(`Entered: ${added.join(", ")}`);
  };
  /** @param {string} text */
  const filter = (text) => {
    const texts = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = groups.reduce((total, group) => total + group.filter(texts), 0);
    none.hidden = found > 0;
    const typed = found ? [] : readEntry(data, text).seen.map(([name, state]) => context.words.found(name, state));
    write(none, found ? "" : typed.length ? `Enter adds ${typed.join(", ")}.` : `No finding matches “${text.trim()}”.`);
    if (texts.length) context.announce(`${found} ${found === 1 ? "finding" : "findings"}`);
  };
  /** What to expect of every variable that is in sight, after the answer has been painted. */
  function* expectations() {
    for (const group of groups) {
      if (!group.element.open) continue;
      for (const row of group.rows) yield row.expect();
    }
  }
  /** @type {HTMLInputElement} */
  const only = el("input", { type: "checkbox", onChange: () => element.classList.toggle("only-known", only.checked) });
  /** @type {HTMLElement} */
  const element = el(
    "section",
    { class: "findings", "aria-label": "Findings" },
    el(
      "div",
      { class: "findings-head" },
      el("h2", { text: "Findings" }),
      el("label", { class: "only" }, only, " only what is known"),
    ),
    search,
    el("p", { class: "hint", text: "Grey: how probable it is, given what is known." }),
    none,
    groups.map((group) => group.element),
  );
  return {
    element,
    focusSearch: () => search.focus(),
    /** @param {View} view */
    update(view) {
      groups.forEach((group) => group.update(view));
      later.start(expectations(), () => {});
    },
    destroy: () => later.stop(),
  };
}

/**
 * A group that opens and closes, with the count of what is known in it.
 *
 * @param {Context} context
 * @param {{ name: string; label: string; closed?: boolean; variables: Variable[] }} group
 * @param {boolean} wide
 */
function createGroup(context, { name, label, closed = false, variables }, wide) {
  const rows = variables.map((variable) => createFindingRow(context, variable));
  const count = el("span", { class: "count" });
  const summary = el("summary", {}, el("span", { text: label }), count);
  const setting = variables.every((variable) => variable.default);
  const usual = setting || (wide && !closed);
  const element = el(
    "details",
    { class: "group", dataset: { group: name }, open: usual },
    summary,
    rows.map((row) => row.element),
  );
  element.addEventListener("toggle", () => element.open && rows.forEach((row) => row.expect()));
  /** @type {boolean | null} */
  let before = null;
  return {
    element,
    rows,
    /** @param {string[]} texts */
    filter(texts) {
      const shown = rows.filter((row) => {
        const match = row.matches(texts);
        row.element.hidden = !match;
        return match;
      });
      element.hidden = shown.length === 0;
      if (texts.length) {
        before ??= element.open;
        element.open = shown.length > 0;
      } else if (before !== null) {
        element.open = before;
        before = null;
      }
      return shown.length;
    },
    /** @param {View} view */
    update(view) {
      rows.forEach((row) => row.update(view));
      const known = rows.filter(({ variable }) => variable.name in view.scenario.see || variable.name in view.scenario.do).length;
      write(count, known ? `${known} known` : String(rows.length));
      count.classList.toggle("is-known", known > 0);
      element.classList.toggle("has-known", known > 0);
    },
  };
}

/**
 * The groups of the model; for a network without, what has no parents, what lies between, and what has no children.
 *
 * @param {PageData} data
 */
function groupsOf(data) {
  if (data.roles?.length > 1) {
    const named = data.roles.map((role) => ({
      ...role,
      variables: data.variables.filter((variable) => variable.group === role.name),
    }));
    const rest = data.variables.filter((variable) => !variable.group);
    return rest.length ? [...named, { name: "", label: "Other", variables: rest }] : named;
  }
  const { names, families } = data.network;
  const isParent = new Set(families.flatMap((family) => family.parents));
  /** @param {number} v */
  const kind = (v) => (families[v].parents.length === 0 ? "starts" : isParent.has(v) ? "between" : "ends");
  return [
    { name: "starts", label: "Causes" },
    { name: "between", label: "In between" },
    { name: "ends", label: "Effects" },
  ]
    .map((group) => ({ ...group, variables: data.variables.filter((_, v) => kind(v) === group.name) }))
    .filter((group) => group.variables.length && names.length);
}
