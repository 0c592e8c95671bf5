// From scenarios to answers: evidence for the engine, and a memory of what was answered before.

import { answer, compile } from "../engine.js";

/** @import { Answer, Evidence, Network, PageData, Scenario } from "../types.js" */

const KEPT = 400;

/**
 * What the page asks. An answer is `{logProbability, posteriors}`, one Float64Array per variable; where the findings cannot hold
 * together `posteriors` is null and logProbability -Infinity, and where they are too wide to answer `refused` says so.
 *
 * `change(data, numbers)` gives the network (as `network_to_dict` writes it) with other numbers.
 *
 * @param {PageData} data
 * @param {((data: PageData, numbers: Record<string, number>) => Network) | null} [change]
 */
export function createCompute(data, change = null) {
  const { network, variables } = data;
  const position = new Map(network.names.map((name, v) => [name, v]));
  const context = new Set(variables.filter((variable) => variable.default).map((variable) => variable.name));
  const first = data.diagnoses?.length ? data.diagnoses.map((name) => position.get(name)) : null;
  const engines = memory(8);
  const answers = memory(KEPT);

  /** @param {Scenario} scenario */
  const networkFor = (scenario) => {
    const numbers = Object.keys(scenario.numbers ?? {}).length ? scenario.numbers : null;
    const key = JSON.stringify(numbers);
    return engines(key, () => compile(numbers && change ? change(data, numbers) : network, { first }));
  };
  /** @param {Scenario} scenario @returns {Answer} */
  const ask = (scenario) =>
    answers(JSON.stringify(scenario), () => {
      try {
        return answer(networkFor(scenario), evidenceOf(scenario));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return { logProbability: NaN, posteriors: /** @type {null} */ (null), refused: error.message };
      }
    });

  /**
   * What the engine takes: likelihoods and interventions by position; a context variable that is not mentioned has its default.
   *
   * @param {Scenario} scenario
   * @returns {Evidence}
   */
  const evidenceOf = (scenario) => {
    /** @type {Record<string, number[]>} */
    const likelihoods = {};
    /** @type {Record<string, number>} */
    const interventions = {};
    /** @param {string} name @param {(state: string) => number} weight */
    const vector = (name, weight) => network.states[position.get(name)].map(weight);
    for (const { name, default: assumed } of variables) {
      if (assumed && !Object.hasOwn(scenario.see, name) && !Object.hasOwn(scenario.do, name)) {
        likelihoods[position.get(name)] = vector(name, (state) => Number(state === assumed));
      }
    }
    for (const [name, value] of Object.entries(scenario.see)) {
      /** @type {(state: string) => number} */
      const weight = typeof value === "string" ? (state) => Number(state === value) : (state) => value[state] ?? 0;
      likelihoods[position.get(name)] = vector(name, weight);
    }
    for (const [name, state] of Object.entries(scenario.do)) {
      interventions[position.get(name)] = network.states[position.get(name)].indexOf(state);
    }
    return { likelihoods, interventions };
  };

  return {
    /** Position of a variable. */
    index: (/** @type {string} */ name) => position.get(name),
    answer: ask,
    /** Before anything was found: context as stated, interventions and numbers as in the scenario, as `p.prior` in Python. */
    prior: (/** @type {Scenario} */ scenario) => ask({ ...scenario, see: only(scenario.see, (name) => context.has(name)) }),
    /** The answer without what is known or set about a variable. */
    without: (/** @type {Scenario} */ scenario, /** @type {string} */ variable) =>
      ask({
        ...scenario,
        see: only(scenario.see, (name) => name !== variable),
        do: only(scenario.do, (name) => name !== variable),
      }),
    /** The answer with more findings. */
    withSeen: (/** @type {Scenario} */ scenario, /** @type {Scenario["see"]} */ seen) =>
      ask({ ...scenario, see: { ...scenario.see, ...seen } }),
    networkFor,
    evidenceOf,
  };
}

/**
 * @template T
 * @param {Record<string, T>} object
 * @param {(key: string) => boolean} keep
 * @returns {Record<string, T>}
 */
const only = (object, keep) => Object.fromEntries(Object.entries(object).filter(([key]) => keep(key)));

/**
 * Remembers the latest values by key.
 *
 * @param {number} most
 */
function memory(most) {
  const kept = new Map();
  /**
   * @template T
   * @param {string} key
   * @param {() => T} make
   * @returns {T}
   */
  return (key, make) => {
    if (kept.has(key)) {
      const value = kept.get(key);
      kept.delete(key);
      kept.set(key, value);
      return value;
    }
    const value = make();
    kept.set(key, value);
    if (kept.size > most) kept.delete(kept.keys().next().value);
    return value;
  };
}
