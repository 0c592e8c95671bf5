// The lessons of the page in a dialog: title, minutes, what each teaches.

import { el } from "./dom.js";

/** @import { Context } from "../types.js" */

/** @param {Context} context */
export function createLessons({ data, store }) {
  const items = data.lessons.map(({ name, title, minutes, teaches }) => {
    const begin = () => {
      store.dispatch({ type: "lesson", lesson: { name, step: 0 } });
      dialog.close();
    };
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "example", onClick: begin },
        el("strong", { text: title }),
        el("span", { text: teaches }),
        el("span", { class: "hint", text: `${minutes} minutes` }),
      ),
    );
  });
  const close = el("button", { type: "button", class: "tool", text: "Close", onClick: () => dialog.close() });
  /** @type {HTMLDialogElement} */
  const dialog = el(
    "dialog",
    { class: "examples", "aria-label": "Lessons", onClick: (event) => event.target === dialog && dialog.close() },
    el(
      "div",
      { class: "dialog-body" },
      el("div", { class: "section-head" }, el("h2", { text: "Lessons" }), close),
      el("ul", {}, items),
    ),
  );
  const button = el("button", {
    type: "button",
    class: "tool primary",
    text: "Lessons",
    "aria-haspopup": "dialog",
    onClick: () => dialog.showModal(),
  });
  return { button, dialog };
}
