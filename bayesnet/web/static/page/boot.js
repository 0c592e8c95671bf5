// The saved page: reads its data, fills its body, keeps the case in the address, where it has one of its own.

import { started } from "../engine.js";
import { createExplorer } from "./main.js";
import { WITHOUT_KERNEL } from "./words.js";

const data = JSON.parse(document.getElementById("bayesnet-data").textContent);
const root = document.getElementById("explorer");
started.then(
  () => {
    // For the console, in class: bayesnet.compute.answer(bayesnet.store.state.scenarios[0]).posteriors
    /** @type {any} */ (globalThis).bayesnet = createExplorer(root, data, { address: location.protocol !== "about:" });
  },
  (error) => root.append(`${WITHOUT_KERNEL} (${error})`),
);
