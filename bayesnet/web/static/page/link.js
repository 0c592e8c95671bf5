// A case outside the page: in the address, and as a file.

import { atStep, complete, findLesson, findVariable } from "./store.js";

/** @import { PageData, Scenario, Seen, State, Variable } from "../types.js" */

export const CASE_FORMAT = "bayesnet-case/1";

/**
 * The state as the part of an address after `#`. Names are percent-encoded, so that the signs between them are not in them:
 * `see=fever:present,age_group:60-69,anemia:absent@1;present@10&do=smoking:absent&num=ID:0.6&of=spinal_metastasis:present`;
 * of a second scenario `see2=`, `do2=`, `num2=`. `lesson=NAME:3` alone opens the third step of a lesson at its start.
 *
 * @param {State} state
 */
export function linkOf(state) {
  const parts = [];
  /** @param {string} key @param {string[]} entries */
  const put = (key, entries) => entries.length && parts.push(`${key}=${entries.join(",")}`);
  state.scenarios.forEach((scenario, i) => {
    const suffix = i ? String(i + 1) : "";
    put(
      `see${suffix}`,
      Object.entries(scenario.see).map(([name, value]) => pair(name, seenText(value))),
    );
    put(
      `do${suffix}`,
      Object.entries(scenario.do).map(([name, value]) => pair(name, coded(value))),
    );
    put(
      `num${suffix}`,
      Object.entries(scenario.numbers).map(([name, value]) => pair(name, String(value))),
    );
  });
  if (state.scenarios.length > 1) parts.push(`compare=${state.active}`);
  if (state.picked) parts.push(`of=${pair(state.target, coded(state.targetState))}`);
  if (state.scale !== "log") parts.push(`scale=${state.scale}`);
  if (state.tab) parts.push(`tab=${coded(state.tab)}`);
  if (state.lesson) parts.push(`lesson=${pair(state.lesson.name, String(state.lesson.step + 1))}`);
  return `#${parts.join("&")}`;
}

/**
 * The state that an address means, or null where it says nothing; `lost` lists what this network does not have.
 *
 * @param {PageData} data
 * @param {string} hash
 * @param {State} now
 */
export function readLink(data, hash, now) {
  /** @type {Map<string, string>} */
  const parts = new Map();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) parts.set(part.slice(0, at), part.slice(at + 1));
  }
  if (!parts.size) return null;
  /** @param {string} key */
  const entries = (key) => (parts.get(key) ?? "").split(",").filter(Boolean).map(readPair);
  /** @param {string} key @returns {[string, number][]} */
  const numbers = (key) => entries(key).map(([id, value]) => [id, Number(value)]);
  /** @param {string} suffix */
  const scenario = (suffix) => ({
    see: Object.fromEntries(entries(`see${suffix}`).map(([name, text]) => [name, readSeen(text)])),
    do: Object.fromEntries(entries(`do${suffix}`).map(([name, text]) => [name, decoded(text)])),
    numbers: Object.fromEntries(numbers(`num${suffix}`)),
  });
  const scenarios = parts.has("compare") ? [scenario(""), scenario("2")] : [scenario("")];
  const [target, targetState] = parts.has("of") ? readPair(parts.get("of")) : [];
  const [name, step] = parts.has("lesson") ? readPair(parts.get("lesson")) : [];
  const lesson = name ? { name, step: Number(step || 1) - 1 } : null;
  if (lesson && [...parts.keys()].every((key) => key === "lesson")) {
    const { lost, state } = checked(data, now, { ...now, lesson });
    return { lost, state: state.lesson ? atStep(data, state, state.lesson) : state };
  }
  return checked(data, now, {
    scenarios,
    active: Number(parts.get("compare") ?? 0),
    target,
    targetState: targetState && decoded(targetState),
    picked: Boolean(target),
    scale: parts.get("scale") ?? "log",
    tab: decoded(parts.get("tab") ?? ""),
    lesson,
  });
}

/**
 * The case as a file that this page, and Python with `net.case(given=see, do=do)`, can read.
 *
 * @param {PageData} data
 * @param {State} state
 */
export function caseFile(data, state) {
  const { name, version, digest } = data.model;
  return { format: CASE_FORMAT, model: { name, version, digest }, ...state };
}

/**
 * The state that such a file means; throws an Error that says what is wrong.
 *
 * @param {PageData} data
 * @param {string} text
 * @param {State} now
 */
export function readCase(data, text, now) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error("This file is not JSON. Expected a case saved from this page.");
  }
  if (content?.format !== CASE_FORMAT) throw new Error(`This file is not a saved case: it has no "format": "${CASE_FORMAT}".`);
  if (!Array.isArray(content.scenarios) || !content.scenarios.length) throw new Error("This case has no findings.");
  const plain = content.scenarios.every((/** @type {any} */ one) => one && typeof one === "object" && !Array.isArray(one));
  if (!plain) throw new Error("A scenario of this case is not an object with findings. Save it from the page again.");
  const read = checked(data, now, { ...content, scenarios: content.scenarios.slice(0, 2) });
  const other = content.model?.digest && content.model.digest !== data.model.digest;
  return {
    ...read,
    other: other
      ? [content.model.name, content.model.version].filter((text) => typeof text === "string").join(" ") || "another model"
      : "",
  };
}

/**
 * Keep what this network has; the rest is named in `lost`.
 *
 * @param {PageData} data
 * @param {State} now
 * @param {any} wanted
 * @returns {{ lost: string[]; state: State }}
 */
function checked(data, now, wanted) {
  const lost = [];
  /** @param {Variable} variable @param {string} state */
  const hasState = (variable, state) => variable.states.some((one) => one.name === state);
  /**
   * @param {Record<string, any>} object
   * @param {(key: string, value: any) => boolean} fits
   * @param {(key: string, value: any) => string} text
   */
  const keep = (object, fits, text) =>
    Object.fromEntries(
      Object.entries(object ?? {}).filter(([key, value]) => fits(key, value) || (lost.push(text(key, value)), false)),
    );
  /** @param {string} name @param {any} value */
  const seen = (name, value) => {
    const variable = findVariable(data, name);
    if (!variable) return false;
    if (typeof value === "string") return hasState(variable, value);
    const weights = Object.entries(value ?? {});
    const good = weights.every(([state, x]) => hasState(variable, state) && typeof x === "number" && x >= 0 && x < Infinity);
    return good && weights.some(([, x]) => x > 0);
  };
  /** @param {string} name @param {any} value */
  const done = (name, value) => typeof value === "string" && seen(name, value);
  const ids = new Set((data.numbers ?? []).map((number) => number.id));
  /** @param {string} id @param {any} value */
  const known = (id, value) => ids.has(id) && typeof value === "number" && value >= 0 && value < Infinity;
  /** @param {string} name @param {any} value */
  const named = (name, value) => (typeof value === "string" ? `${name}=${value}` : name);
  const scenarios = wanted.scenarios.map((/** @type {Scenario} */ scenario) => {
    const set = keep(scenario.do, done, named);
    const see = keep(scenario.see, (name, value) => !Object.hasOwn(set, name) && seen(name, value), named);
    return complete({ see, do: set, numbers: keep(scenario.numbers, known, named) });
  });
  const target = findVariable(data, wanted.target);
  if (wanted.target && !target) lost.push(String(wanted.target));
  const fits = target && hasState(target, wanted.targetState);
  const lesson = wanted.lesson && findLesson(data, wanted.lesson.name);
  const there = Boolean(lesson?.steps[wanted.lesson.step]);
  if (wanted.lesson && !there) lost.push(lesson ? `step ${wanted.lesson.step + 1}` : `lesson ${wanted.lesson.name}`);
  const aim = fits ? wanted : now;
  return {
    lost,
    state: {
      scenarios,
      active: Number.isInteger(wanted.active) && scenarios[wanted.active] ? wanted.active : 0,
      target: aim.target,
      targetState: aim.targetState,
      picked: Boolean(fits) && wanted.picked !== false,
      scale: wanted.scale === "linear" ? "linear" : "log",
      tab: typeof wanted.tab === "string" ? wanted.tab : "",
      lesson: there ? { name: lesson.name, step: wanted.lesson.step } : null,
    },
  };
}

/**
 * Percent-encoded; also the few signs that `encodeURIComponent` leaves and some mail programs end an address with.
 *
 * @param {string} text
 */
const coded = (text) =>
  encodeURIComponent(text).replace(/[!'()*.~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {string} name @param {string} value */
const pair = (name, value) => `${coded(name)}:${value}`;

/** @param {string} text */
function readPair(text) {
  const at = text.indexOf(":");
  return at < 0 ? [decoded(text), ""] : [decoded(text.slice(0, at)), text.slice(at + 1)];
}

/** @param {Seen} value */
function seenText(value) {
  if (typeof value === "string") return coded(value);
  return Object.entries(value)
    .map(([state, weight]) => `${coded(state)}@${weight}`)
    .join(";");
}

/** @param {string} text @returns {Seen} */
function readSeen(text) {
  if (!text.includes("@")) return decoded(text);
  return Object.fromEntries(text.split(";").map((part) => [decoded(part.split("@")[0]), Number(part.split("@")[1])]));
}
