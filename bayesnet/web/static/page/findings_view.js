// The findings.

import { el } from "./dom.js";

export function createFindingsView({ data, store }) {
  const selects = data.variables.map(({ name, label, states }) => {
    const change = (event) => store.dispatch({ type: "see", variable: name, value: event.target.value || null });
    const options = [{ name: "", label: "unknown" }, ...states].map((state) => el("option", { value: state.name, text: state.label }));
    const select = el("select", { onChange: change, dataset: { variable: name } }, options);
    return { name, select, row: el("label", {}, label, select) };
  });
  return {
    element: el("section", { class: "findings" }, selects.map(({ row }) => row)),
    update({ scenario }) {
      for (const { name, select } of selects) select.value = scenario.see[name] ?? "";
    },
  };
}
