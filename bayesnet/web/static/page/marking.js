// Marks an answer: right, close, wrong or unreadable, with the known error that gives it; the same as bayesnet.teach.marking, whose
// words, patterns and limits are in the data of the page (`marking`).

/** @import { Marking, MarkedQuestion, Marked } from "../types.js" */

/** @typedef {{ value: number, form: "share" | "percent" | "frequency" | "odds" | "number" }} Read */

/**
 * The verdict on a typed answer.
 *
 * @param {string} text
 * @param {MarkedQuestion} question
 * @param {Marking} marking
 * @returns {Marked}
 */
export function markAnswer(text, question, marking) {
  const { messages } = marking;
  if (!spacedOnce(text)) return { verdict: "unreadable", error: null, message: messages.empty };
  if (typeof question.right === "string") return markWord(text, question, marking);
  const read = readNumber(text, marking.patterns);
  if (!read)
    return { verdict: "unreadable", error: null, message: filled(messages.unreadable, { text: quoted(text, marking.longest) }) };
  return markNumber(read, question, marking);
}

/**
 * How far an answer may be off and still be the same.
 *
 * @param {number} p
 * @param {Marking} marking
 */
export function tolerance(p, { relative, point, point_from }) {
  const near = Math.min(Math.abs(p), Math.abs(1 - p));
  return Math.max(relative * (p <= 1 ? near : Math.abs(p)), p >= point_from ? point : 0);
}

/** @param {Read} read @param {MarkedQuestion} question @param {Marking} marking @returns {Marked} */
function markNumber(read, question, marking) {
  const { messages, names } = marking;
  const { value, form } = read;
  const rights = /** @type {number[]} */ ([question.right].flat());
  const right = rights.reduce((best, one) => (Math.abs(value - one) < Math.abs(value - best) ? one : best));
  const off = Math.abs(value - right);
  const allowed = question.tolerance ?? tolerance(right, marking);
  let distance = Infinity;
  let error = null;
  for (const one of question.wrong ?? []) {
    if (typeof one.value !== "number" || Math.abs(value - one.value) >= distance) continue;
    distance = Math.abs(value - one.value);
    error = one;
  }
  if (error && distance < off) {
    const own = tolerance(Number(error.value), marking);
    if (distance <= (off <= allowed + 1e-9 ? own : Math.max(own, question.tolerance ?? 0)) + 1e-9) return named(error, messages);
  }
  if (off <= allowed + 1e-9) {
    if (form === "odds") return { verdict: "close", error: names.odds, message: filled(messages.odds, { name: names.odds }) };
    return { verdict: "right", error: null, message: messages.right };
  }
  const probability = question.probability ?? true;
  const slip = probability && slipOf(read, rights, marking);
  if (slip) return slip;
  if (off < distance && off <= marking.close * tolerance(right, marking) && off <= halfAFigure(value) + 1e-9) {
    return { verdict: "close", error: null, message: messages.figure };
  }
  if (off <= marking.close * allowed && off < distance) return { verdict: "close", error: null, message: messages.close };
  if (probability && !(value >= 0 && value <= 1)) return { verdict: "wrong", error: null, message: messages.outside };
  return { verdict: "wrong", error: null, message: `${messages.wrong} ${question.hint ?? ""}`.trim() };
}

/**
 * Half a unit of the figure of a number that has one; 0 for any other.
 *
 * @param {number} value
 */
function halfAFigure(value) {
  const figure = value.toExponential(0);
  return Number(figure) === value ? 0.5 * Number(`1e${figure.split("e")[1]}`) : 0;
}

/**
 * A right answer that was written wrongly: the percent sign left out, or the decimal point misplaced.
 *
 * @param {Read} read @param {number[]} rights @param {Marking} marking
 * @returns {Marked | null}
 */
function slipOf({ value, form }, rights, marking) {
  const { messages, names, times } = marking;
  for (const right of rights) {
    const allowed = tolerance(right, marking);
    if ((form === "share" || form === "number") && Math.abs(value / 100 - right) <= allowed) {
      return {
        verdict: "close",
        error: names.percent_sign,
        message: filled(messages.percent_sign, { name: names.percent_sign }),
      };
    }
    for (const [factor, words] of times) {
      if (value <= 1 && Math.abs(value / factor - right) <= allowed) {
        return {
          verdict: "wrong",
          error: names.decimal,
          message: filled(messages.decimal, { name: names.decimal, times: words }),
        };
      }
    }
  }
  return null;
}

/** @param {string} text @param {MarkedQuestion} question @param {Marking} marking @returns {Marked} */
function markWord(text, question, { messages }) {
  const given = wordsOf(text);
  if (given === wordsOf(String(question.right))) return { verdict: "right", error: null, message: messages.right };
  const error = (question.wrong ?? []).find(({ value }) => wordsOf(String(value)) === given);
  if (error) return named(error, messages);
  return { verdict: "wrong", error: null, message: `${messages.wrong} ${question.hint ?? ""}`.trim() };
}

/** @param {{ name: string, why?: string }} error @param {Marking["messages"]} messages @returns {Marked} */
function named({ name, why }, messages) {
  return { verdict: "wrong", error: name, message: `${filled(messages.named, { name })} ${why ?? ""}`.trim() };
}

/**
 * A number in any form that a person would write it, alone or as the only one in a sentence; null if there is none.
 *
 * @param {string} text
 * @param {Record<string, string>} patterns
 * @returns {Read | null}
 */
export function readNumber(text, patterns) {
  const spaced = spacedOnce(text);
  const alone = readAlone(spaced, patterns);
  if (alone) return alone;
  const found = spaced.match(new RegExp(patterns.inside, "gi")) ?? [];
  return found.length === 1 ? readAlone(found[0], patterns) : null;
}

/** @param {string} text @param {Record<string, string>} patterns @returns {Read | null} */
function readAlone(text, patterns) {
  /** @param {string} name */
  const pattern = (name) => new RegExp(patterns[name], "i");
  /** @param {string} number */
  const valueOf = (number) => Number(pattern("grouped").test(number) ? number.replace(/[, ]/g, "") : number.replace(",", "."));
  const bare = text.replace(/[ .;!]+$/, "").replace(pattern("about"), "");
  let [, a, b] = bare.match(pattern("percent")) ?? [];
  if (a) {
    const value = valueOf(a);
    // 9,333 % is 9.333 %, as there are no more than 100.
    return finite((value > 100 && /^[0-9]+,[0-9]+$/.test(a) ? Number(a.replace(",", ".")) : value) / 100, "percent");
  }
  [, a] = bare.match(pattern("per_mille")) ?? [];
  if (a) return finite(valueOf(a) / 1000, "percent");
  [, a, b] = bare.match(pattern("odds")) ?? [];
  if (a) {
    const [x, y] = [valueOf(a), valueOf(b)];
    return x >= 0 && y >= 0 && x + y > 0 ? finite(x / (x + y), "odds") : null;
  }
  [, a, b] = bare.match(pattern("frequency")) ?? [];
  if (a) return valueOf(b) > 0 ? finite(valueOf(a) / valueOf(b), "frequency") : null;
  [, a] = bare.match(pattern("plain")) ?? [];
  return a ? finite(valueOf(a), Math.abs(valueOf(a)) <= 1 ? "share" : "number") : null;
}

/** @param {number} value @param {Read["form"]} form @returns {Read | null} */
const finite = (value, form) => (Number.isFinite(value) ? { value, form } : null);

/**
 * A text with single spaces; space is what it is in Python too.
 *
 * @param {string} text
 */
const spacedOnce = (text) =>
  text
    .split(/[\s\u001c-\u001f\u0085]+/)
    .filter(Boolean)
    .join(" ");

/** @param {string} text */
const wordsOf = (text) => spacedOnce(text.toLowerCase().replace(/[^a-z0-9]+/g, " "));

/** @param {string} text @param {number} longest */
function quoted(text, longest) {
  const letters = [...spacedOnce(text)];
  return `“${letters.slice(0, longest).join("")}${letters.length > longest ? "…" : ""}”`;
}

/** @param {string} message @param {Record<string, string>} parts */
const filled = (message, parts) =>
  Object.entries(parts).reduce((text, [key, part]) => text.replace(`{${key}}`, () => part), message);
