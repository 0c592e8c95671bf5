// Findings that are typed: "fever, !vomiting, 66" in the search box, then Enter.

/** @import { PageData, Variable } from "../types.js" */

const NOT = /^(?:!|not\s+|no\s+|without\s+)\s*/i;
const NUMBER = /^\d+$/;
const AGE = /^age\b/;
const YES = ["yes", "true", "present", "1"];
const NO = ["no", "false", "absent", "0"];

/**
 * The findings that a text lists, apart by commas: a name or label, "!" before what is absent, "name = state", or a whole
 * number, which is an age where one variable holds ages in ranges. `lost` are the parts that mean nothing here.
 *
 * @param {PageData} data
 * @param {string} text
 */
export function readEntry(data, text) {
  /** @type {[name: string, state: string][]} */
  const seen = [];
  /** @type {string[]} */
  const lost = [];
  for (const part of text
    .split(/[,;]/)
    .map((one) => one.trim())
    .filter(Boolean)) {
    const found = readPart(data, part);
    if (found) seen.push(found);
    else lost.push(part);
  }
  return { seen, lost };
}

/** @param {PageData} data @param {string} part @returns {[name: string, state: string] | null} */
function readPart(data, part) {
  if (NUMBER.test(part)) {
    const ages = data.variables.filter(({ name }) => AGE.test(plain(name)));
    const fitting = ages.map((one) => ({ one, state: rangeWith(one, Number(part)) })).filter(({ state }) => state);
    const [only] = fitting.length === 1 ? fitting : [];
    return only?.state ? [only.one.name, only.state] : null;
  }
  const [, left, right] = part.match(/^(.*?)\s*[=:]\s*(.*)$/) ?? [null, part, null];
  const absent = NOT.test(left) && !named(data, left);
  const variable = named(data, absent ? left.replace(NOT, "") : left) ?? onlyMatch(data, absent ? left.replace(NOT, "") : left);
  if (!variable) return right === null ? ofState(data, part) : null;
  const state = right === null ? stateOf(variable, !absent) : (stateNamed(variable, right) ?? rangeWith(variable, Number(right)));
  return state ? [variable.name, state] : null;
}

/** @param {string} text */
const plain = (text) => text.toLowerCase().replaceAll("_", " ").trim();

/** @param {PageData} data @param {string} text */
const named = ({ variables }, text) => variables.find(({ name, label }) => [plain(name), plain(label)].includes(plain(text)));

/**
 * The variable that a search would leave alone.
 *
 * @param {PageData} data
 * @param {string} text
 */
function onlyMatch({ variables }, text) {
  // From the start of a word: "male" is not "female".
  const found = variables.filter(({ name, label }) => ` ${plain(name)} ${plain(label)}`.includes(` ${plain(text)}`));
  return found.length === 1 ? found[0] : undefined;
}

/**
 * A word that is a state of one variable only.
 *
 * @param {PageData} data
 * @param {string} text
 * @returns {[name: string, state: string] | null}
 */
function ofState({ variables }, text) {
  const found = variables.flatMap((one) => {
    const state = stateNamed(one, text);
    return state ? [/** @type {[string, string]} */ ([one.name, state])] : [];
  });
  return found.length === 1 ? found[0] : null;
}

/** @param {Variable} variable @param {string} text */
function stateNamed({ states, neutral }, text) {
  const wanted = plain(text);
  const exact = states.find(({ name, label }) => [plain(name), plain(label)].includes(wanted));
  if (exact || neutral === null || states.length !== 2) return exact?.name;
  if (YES.includes(wanted)) return states[1 - neutral].name;
  return NO.includes(wanted) ? states[neutral].name : undefined;
}

/**
 * The neutral state, or the only other one.
 *
 * @param {Variable} variable
 * @param {boolean} present
 */
function stateOf({ states, neutral }, present) {
  if (neutral === null) return undefined;
  if (!present) return states[neutral].name;
  return states.length === 2 ? states[1 - neutral].name : undefined;
}

/**
 * The state of a variable whose states are ranges of numbers, as "60-69" or "80+", that holds a value.
 *
 * @param {Variable} variable
 * @param {number} value
 */
function rangeWith({ states }, value) {
  if (Number.isNaN(value)) return undefined;
  const ranges = states.map(({ name }) => name.match(/^(\d+)(?:-(\d+)|\+)$/));
  if (ranges.filter(Boolean).length < 2) return undefined;
  const at = ranges.findIndex((range) => range && value >= Number(range[1]) && value < Number(range[2] ?? Infinity) + 1);
  return states[at]?.name;
}
