// Tabs with the keys that the WAI-ARIA practices name; only the open view is updated.

import { el, freshId } from "./dom.js";

/** @import { Part, View } from "../types.js" */

/**
 * `views`: `{name, label, view}` each. `open(name)` is called when a tab is chosen.
 *
 * @param {{ name: string; label: string; view: Part }[]} views
 * @param {(name: string) => void} open
 */
export function createTabs(views, open) {
  const parts = views.map(({ name, label, view }, i) => {
    const ids = { tab: freshId("tab"), panel: freshId("panel") };
    const tab = el("button", {
      type: "button",
      class: "tab",
      role: "tab",
      id: ids.tab,
      "aria-controls": ids.panel,
      text: label,
      dataset: { tab: name },
      onClick: () => open(name),
      onKeydown: (event) => step(event, i),
    });
    const panel = el(
      "div",
      { class: "panel", role: "tabpanel", id: ids.panel, "aria-labelledby": ids.tab, tabindex: 0, dataset: { panel: name } },
      view.element,
    );
    return { name, view, tab, panel };
  });
  /** @param {KeyboardEvent} event @param {number} i */
  const step = (event, i) => {
    const last = parts.length - 1;
    const to = { ArrowRight: i === last ? 0 : i + 1, ArrowLeft: i === 0 ? last : i - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    open(parts[to].name);
    parts[to].tab.focus();
  };
  const list = el(
    "div",
    { class: "tablist", role: "tablist", "aria-label": "More about the answer" },
    parts.map(({ tab }) => tab),
  );
  const element = el(
    "section",
    { class: "tabs", "aria-label": "More about the answer", hidden: !parts.length },
    list,
    parts.map(({ panel }) => panel),
  );
  return {
    element,
    /** @param {View} view */
    update(view) {
      const chosen = parts.find((part) => part.name === view.state.tab) ?? parts[0];
      for (const part of parts) {
        part.tab.setAttribute("aria-selected", String(part === chosen));
        part.tab.tabIndex = part === chosen ? 0 : -1;
        part.panel.hidden = part !== chosen;
      }
      chosen?.view.update(view);
    },
  };
}
