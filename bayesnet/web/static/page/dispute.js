// A disputed number: the text of a report that says what the model has, what the reader holds, and what it does to the answer.

import { addresses, inWords } from "./citation.js";

/** @import { NumberRecord, PageData } from "../types.js" */

/**
 * What the fields of the form "A number is wrong" hold, by their ids.
 *
 * @param {PageData} data
 * @param {{ number: NumberRecord; mine: number; known: string; effect: string; link: string }} dispute
 */
export function disputeOf({ model, sources }, { number, mine, known, effect, link }) {
  const { id, value, low, high, range, grade, place, source: key } = number;
  const source = sources[key];
  const stated = [
    `${figure(value)}, ${low < high ? `range ${figure(low)} to ${figure(high)} (${range})` : "no range"}, grade ${grade}`,
    source && [inWords(source), ...addresses(source).map(([name]) => name)].join(" "),
    place,
    `${model.name} ${model.version}, digest ${model.digest.slice(0, 8)}`,
  ];
  return {
    number: `${model.name}, "${id}"`,
    now: stated.filter(Boolean).join("\n"),
    literature: mine === value ? "" : `My value: ${figure(mine)}`,
    effect: [`Known: ${known}.`, effect, link].filter(Boolean).join("\n"),
  };
}

/**
 * The report as text, with the headings of the form; what the reader has to add is in brackets.
 *
 * @param {ReturnType<typeof disputeOf>} fields
 */
export function disputeText({ number, now, literature, effect }) {
  const blank = "(the value with its counts or interval, the population, and the place in the publication)";
  const parts = [
    ["Which number", number],
    ["What the model says", now],
    ["What the literature says", [literature, blank].filter(Boolean).join("\n")],
    ["Publication", "(DOI or PubMed number)"],
    ["What changes", effect],
  ];
  return parts.map(([title, text]) => `### ${title}\n\n${text}\n`).join("\n");
}

/**
 * The form with its fields filled in, where the project has one.
 *
 * @param {string} issues
 * @param {ReturnType<typeof disputeOf>} fields
 */
export const formAddress = (issues, fields) => `${issues}/new?${new URLSearchParams({ template: "1-number.yml", ...fields })}`;

/** @param {number} value */
const figure = (value) => String(Number(value.toPrecision(4)));
