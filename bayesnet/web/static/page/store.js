// The state of the page, plain JSON that never changes: every action makes a new one, undo goes back to the one before.

/** @import { Action, Lesson, PageData, Scenario, State, Store } from "../types.js" */

/** @typedef {Pick<State, "scenarios" | "active" | "lesson">} Scenes */

const DEPTH = 200;

/**
 * A state for a network: nothing known, or the scenario the page was written with.
 *
 * @param {PageData} data
 * @returns {State}
 */
export function firstState(data) {
  const target = data.model.asks || data.diagnoses[0] || data.variables[0].name;
  const aim = { target, targetState: firstAsked(data, target), picked: false };
  /** @type {State} */
  const state = { scenarios: [complete(data.start)], active: 0, ...aim, scale: "log", tab: "", lesson: null };
  return data.lesson ? atStep(data, state, { name: data.lesson, step: 0 }) : state;
}

/**
 * The state at the start of a step of a lesson; null ends the lesson, and the case stays.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {Lesson | null} lesson
 * @returns {State}
 */
export function atStep(data, state, lesson) {
  if (!lesson) return { ...state, lesson: null };
  const { start, watch, tab } = findLesson(data, lesson.name).steps[lesson.step];
  const [target, targetState] = watch;
  return { ...state, scenarios: [complete(start)], active: 0, target, targetState, picked: true, tab: tab || state.tab, lesson };
}

/** @param {PageData} data @param {string} name */
export const findLesson = (data, name) => data.lessons?.find((lesson) => lesson.name === name);

/**
 * The state of a variable that one asks for: the first that is not the neutral one.
 *
 * @param {PageData} data
 * @param {string} name
 */
export function firstAsked(data, name) {
  const { states, neutral } = findVariable(data, name);
  return (states.find((_, s) => s !== (neutral ?? -1)) ?? states[0]).name;
}

/** @param {PageData} data @param {string} name */
export const findVariable = (data, name) => data.variables.find((variable) => variable.name === name);

/**
 * Whether a diagnosis is one of the specific ones.
 *
 * @param {PageData} data
 * @param {string} name
 */
export const isSpecific = (data, name) => findVariable(data, name).role !== data.vocabulary.unspecific;

/**
 * Holds the state. `dispatch(action)` knows: see, do (`variable`, `value` or null), number (`id`, `value` or null), target (`variable`,
 * `state`; without a
 * variable the page chooses again), load (`scenario`), restore (`state`), compare (`on`), active (`index`), scale (`scale`), tab (`tab`), lesson (`lesson`, a step or null), reset, undo,
 * redo.
 * See, do, number and load change the active scenario. What changes scenarios can be undone; what only looks at them cannot.
 *
 * @param {PageData} data
 * @param {State} [start]
 * @returns {Store}
 */
export function createStore(data, start = firstState(data)) {
  let state = start;
  /** @type {Scenes[]} */
  let past = [];
  /** @type {Scenes[]} */
  let future = [];
  const listeners = new Set();
  /** @param {State} state */
  const scenes = ({ scenarios, active, lesson }) => ({ scenarios, active, lesson });
  /** @param {Scenes[]} from @param {Scenes[]} to */
  const travel = (from, to) => {
    if (!from.length) return state;
    to.push(scenes(state));
    return { ...state, ...from.pop() };
  };
  return {
    get state() {
      return state;
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch(action) {
      const before = state;
      if (action.type === "undo") state = travel(past, future);
      else if (action.type === "redo") state = travel(future, past);
      else {
        state = reduce(data, state, action);
        if (state.scenarios !== before.scenarios) {
          past = [...past, scenes(before)].slice(-DEPTH);
          future = [];
        }
      }
      if (state !== before) for (const listener of [...listeners]) listener(state, action);
    },
  };
}

/**
 * The state after an action.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
function reduce(data, state, action) {
  const scenario = state.scenarios[state.active];
  switch (action.type) {
    case "see":
      return changed(state, {
        ...scenario,
        see: set(scenario.see, action.variable, action.value),
        do: set(scenario.do, action.variable, null),
      });
    case "do":
      return changed(state, {
        ...scenario,
        do: set(scenario.do, action.variable, action.value),
        see: set(scenario.see, action.variable, null),
      });
    case "number":
      return changed(state, { ...scenario, numbers: set(scenario.numbers, action.id, action.value) });
    case "load":
      return changed(state, complete(action.scenario));
    case "reset":
      return { ...changed(state, complete()), picked: false };
    case "restore":
      return { ...state, ...action.state, scenarios: action.state.scenarios.map(complete) };
    case "compare":
      if (action.on === state.scenarios.length > 1) return state;
      return { ...state, scenarios: action.on ? [scenario, scenario] : [scenario], active: action.on ? 1 : 0 };
    case "active":
      return { ...state, active: Math.min(action.index, state.scenarios.length - 1) };
    case "target":
      if (!action.variable) return { ...state, picked: false };
      return {
        ...state,
        target: action.variable,
        targetState: action.state ?? firstAsked(data, action.variable),
        picked: true,
      };
    case "scale":
      return { ...state, scale: action.scale };
    case "tab":
      return { ...state, tab: action.tab };
    case "lesson":
      return atStep(data, state, action.lesson);
    default:
      throw new RangeError(`No action "${action.type}".`);
  }
}

/** @param {State} state @param {Scenario} scenario */
function changed(state, scenario) {
  if (same(scenario, state.scenarios[state.active])) return state;
  return { ...state, scenarios: state.scenarios.map((old, i) => (i === state.active ? scenario : old)) };
}

/**
 * The object with one more key, or without it where the value is null.
 *
 * @param {Record<string, any>} object
 * @param {string} key
 * @param {any} value
 */
function set(object, key, value) {
  const others = Object.entries(object).filter(([name]) => name !== key);
  if (value === null || value === undefined) return others.length === Object.keys(object).length ? object : bare(others);
  return bare(Object.hasOwn(object, key) ? Object.entries({ ...object, [key]: value }) : [...others, [key, value]]);
}

/**
 * A scenario with all its parts.
 *
 * @param {Partial<Scenario>} [scenario]
 * @returns {Scenario}
 */
export function complete({ see, do: set_, numbers } = {}) {
  return {
    see: bare(Object.entries(see ?? {})),
    do: bare(Object.entries(set_ ?? {})),
    numbers: bare(Object.entries(numbers ?? {})),
  };
}

/**
 * An object that has these entries and nothing else, so that a variable may be called "constructor".
 *
 * @param {[string, any][]} entries
 */
function bare(entries) {
  const object = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
