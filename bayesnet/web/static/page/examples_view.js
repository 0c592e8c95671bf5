// The example cases in a dialog: title, a sentence, what was found.

import { el } from "./dom.js";
import { complete } from "./store.js";

/** @import { Context } from "../types.js" */

/** @param {Context} context */
export function createExamples(context) {
  const { data, store, words } = context;
  const items = data.examples.map(({ title, text, see, do: set }) => {
    const known = words.known(complete({ see, do: set })).filter(({ kind }) => kind !== "assumed");
    const load = () => {
      store.dispatch({ type: "load", scenario: { see, do: set } });
      store.dispatch({ type: "target", variable: null });
      dialog.close();
    };
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "example", onClick: load },
        el("strong", { text: title }),
        text && el("span", { text }),
        el("span", { class: "hint", text: known.map((item) => item.text).join(" · ") }),
      ),
    );
  });
  const close = el("button", { type: "button", class: "tool", text: "Close", onClick: () => dialog.close() });
  /** @type {HTMLDialogElement} */
  const dialog = el(
    "dialog",
    {
      class: "examples",
      "aria-label": "Example cases",
      // A click on the backdrop is one on the dialog itself.
      onClick: (event) => event.target === dialog && dialog.close(),
    },
    el(
      "div",
      { class: "dialog-body" },
      el("div", { class: "section-head" }, el("h2", { text: "Example cases" }), close),
      el("ul", {}, items),
    ),
  );
  const button = el("button", {
    type: "button",
    class: "tool primary examples-button",
    text: "Examples",
    "aria-haspopup": "dialog",
    onClick: () => dialog.showModal(),
  });
  return { button, dialog };
}
