// The saved page: reads its data, fills its body, keeps the case in the address, where it has one of its own.

import { createExplorer } from "./main.js";

const data = JSON.parse(document.getElementById("bayesnet-data").textContent);
// For the console, in class: bayesnet.compute.answer(bayesnet.store.state.scenarios[0]).posteriors
/** @type {any} */ (globalThis).bayesnet = createExplorer(document.getElementById("explorer"), data, {
  address: location.protocol !== "about:",
});
