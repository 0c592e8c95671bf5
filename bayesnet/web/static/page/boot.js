// The saved page: reads its data, fills its body, keeps the case in the address.

import { createExplorer } from "./main.js";

const data = JSON.parse(document.getElementById("bayesnet-data").textContent);
// For the console, in class: bayesnet.compute.answer(bayesnet.store.state.scenarios[0]).posteriors
/** @type {any} */ (globalThis).bayesnet = createExplorer(document.getElementById("explorer"), data, { address: true });
