// The differential.

import { el, put } from "./dom.js";
import { percent } from "./format.js";

export function createDifferentialView({ data, compute }) {
  const element = el("section", { class: "differential" });
  return {
    element,
    update({ answer, state }) {
      const names = data.diagnoses.length ? data.diagnoses : [state.target];
      const rows = names.map((name) => [name, answer.posteriors?.[compute.index(name)]]);
      put(element, rows.map(([name, p]) => el("p", { text: `${name} ${p ? [...p].map((x) => percent(x)).join(" ") : "–"}` })));
    },
  };
}
