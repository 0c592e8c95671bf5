// What the keyboard can do, in a dialog.

import { el } from "./dom.js";

const KEYS = [
  ["/", "Go to the search"],
  ["Enter in the search", "Enter findings, with commas between, ! before what is absent"],
  ["Ctrl Z, Ctrl Shift Z", "Undo, redo"],
  ["Arrow keys", "Change a choice; go from tab to tab; walk through the network"],
  ["Page down, Page up in a lesson", "Next step, step before"],
  ["Escape", "Close what is open"],
  ["?", "Show this list"],
];

/** The dialog and the button that opens it. */
export function createKeys() {
  const close = el("button", { type: "button", class: "tool", text: "Close", onClick: () => dialog.close() });
  /** @type {HTMLDialogElement} */
  const dialog = el(
    "dialog",
    { class: "keys", "aria-label": "Keys", onClick: (event) => event.target === dialog && dialog.close() },
    el(
      "div",
      { class: "dialog-body" },
      el("div", { class: "section-head" }, el("h2", { text: "Keys" }), close),
      el(
        "dl",
        {},
        KEYS.flatMap(([key, text]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text })]),
      ),
    ),
  );
  const show = () => dialog.open || dialog.showModal();
  const button = el("button", {
    type: "button",
    class: "tool",
    text: "?",
    title: "Keys (?)",
    "aria-label": "Keys",
    "aria-haspopup": "dialog",
    onClick: show,
  });
  return { button, dialog, show };
}
