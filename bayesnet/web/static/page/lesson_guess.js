// A guess before the bar moves: on a slider, typed, or one of several choices; and the verdict on it.

import { el, freshId, put, write } from "./dom.js";
import { logOddsPosition, percent } from "./format.js";
import { filled, hold, valueOf } from "./lesson_values.js";
import { markAnswer, readNumber } from "./marking.js";

/** @import { Context, Guess, LessonStep, NamedError } from "../types.js" */

/** @typedef {{ text: string; value: number; choice: number }} Guessed `value` is NaN for a choice, `choice` -1 for a number. */
/** @typedef {{ kind: "right" | "close" | "wrong"; title: string; answer: string; why: string; hint: string }} Verdict */

const STEPS = 400;
/** How far a guess may be off and still be right: points of a per cent slider, a share of a small probability. */
const POINTS = 0.03;
const SHARE = 0.2;

/**
 * The probability at a position of the slider, from 0 to 1.
 *
 * @param {Guess["slider"]} slider
 * @param {number} x
 */
export function probabilityAt(slider, x) {
  if (slider === "percent") return x;
  const [low, high] = [Math.log(5e-5 / (1 - 5e-5)), Math.log(0.998 / 0.002)];
  return 1 / (1 + Math.exp(-(low + x * (high - low))));
}

/** @param {Guess["slider"]} slider @param {number} p */
export const sliderPosition = (slider, p) => (slider === "percent" ? Math.min(1, Math.max(0, p)) : logOddsPosition(p));

/** The ends of the slider in words. @param {Context["words"]} words @param {Guess["slider"]} slider */
export const endsOf = (words, slider) =>
  (slider === "percent" ? ["0 %", "100 %"] : [words.frequency(5e-5), words.frequency(0.998)]).map((text) => el("span", { text }));

/**
 * The form of a guess. `lock(guessed)` is called when it is made, with null where it was passed over.
 *
 * @param {Context} context
 * @param {LessonStep} step
 * @param {number} now the probability that is shown at present
 * @param {(guessed: Guessed | null) => void} lock
 */
export function createGuess(context, step, now, lock) {
  const { guess } = step;
  const said = el("p", { class: "lesson-refusal", role: "alert" });
  const ask = el("p", { class: "lesson-question", text: filled(context, step, guess.question) });
  const field = guess.slider ? sliderField(context, guess, now) : choiceField(context, step);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const found = field.read();
    if (typeof found === "string") write(said, found);
    else lock(found);
  };
  const check = el("button", { type: "submit", class: "tool primary", text: "This is my guess" });
  const pass = el("button", { type: "button", class: "tool", text: "Show me", onClick: () => lock(null) });
  return el(
    "form",
    { class: "lesson-guess", onSubmit: submit },
    ask,
    field.element,
    said,
    el("div", { class: "tools" }, field.number, check, pass),
  );
}

/** @param {Context} context @param {Guess} guess @param {number} now */
function sliderField({ data, words }, guess, now) {
  const { slider } = guess;
  const start = slider === "percent" ? 0.5 : sliderPosition(slider, now);
  /** @param {number} p */
  const written = (p) => (slider === "percent" ? percent(Math.round(100 * p) / 100).replace("\u00a0", " ") : words.frequency(p));
  /** @type {HTMLInputElement} */
  const range = el("input", {
    type: "range",
    min: "0",
    max: String(slider === "percent" ? 100 : STEPS),
    step: "1",
    "aria-label": "Your guess, on a slider",
    onInput() {
      const p = probabilityAt(slider, Number(range.value) / Number(range.max));
      number.value = written(p);
      range.setAttribute("aria-valuetext", number.value);
    },
  });
  range.value = String(Math.round(start * Number(range.max)));
  range.setAttribute("aria-valuetext", "no guess yet");
  /** @type {HTMLInputElement} */
  const number = el("input", {
    type: "text",
    class: "lesson-number",
    "aria-label": "Your guess, typed",
    placeholder: slider === "percent" ? "… %" : "1 in …",
    autocomplete: "off",
    onInput() {
      const read = readNumber(number.value, data.marking.patterns);
      if (read) range.value = String(Math.round(sliderPosition(slider, read.value) * Number(range.max)));
    },
  });
  return {
    number,
    element: el(
      "div",
      { class: "lesson-slider" },
      range,
      el("div", { class: "lesson-ends", "aria-hidden": true }, endsOf(words, slider)),
    ),
    /** @returns {Guessed | string} */
    read() {
      const { patterns, messages } = data.marking;
      const typed = number.value.trim();
      if (!typed) return "Move the slider, or type a guess: 25 %, 0.25 or 1 in 4.";
      const read = readNumber(typed, patterns);
      if (!read) return markAnswer(typed, { right: 1 }, data.marking).message;
      const { value, form } = read;
      // On a scale of per cent a bare 25 means 25 %.
      if (form === "number" && value > 1 && value <= 100) return { text: `${value} %`, value: value / 100, choice: -1 };
      return value >= 0 && value <= 1 ? { text: typed, value, choice: -1 } : messages.outside;
    },
  };
}

/** @param {Context} context @param {LessonStep} step */
function choiceField(context, step) {
  const name = freshId("guess");
  const inputs = step.guess.choices.map((_, i) => el("input", { type: "radio", name, value: String(i) }));
  return {
    number: /** @type {HTMLInputElement | null} */ (null),
    element: el(
      "fieldset",
      { class: "lesson-choices" },
      el("legend", { class: "unseen", text: "Your guess" }),
      step.guess.choices.map(({ text }, i) => el("label", {}, inputs[i], el("span", { text: filled(context, step, text) }))),
    ),
    /** @returns {Guessed | string} */
    read() {
      const choice = inputs.findIndex((input) => input.checked);
      if (choice < 0) return "Choose one first.";
      return { text: filled(context, step, step.guess.choices[choice].text), value: NaN, choice };
    },
  };
}

/**
 * The verdict on a guess; null while the answer is not computed yet.
 *
 * @param {Context} context
 * @param {LessonStep} step
 * @param {Guessed} guessed
 * @returns {Verdict | null}
 */
export function verdictOf(context, step, guessed) {
  const { guess } = step;
  if (guess.choices.length) return choiceVerdict(context, step, guessed);
  const right = valueOf(context, guess.right);
  const answer = `You said ${guessed.text}; it is ${percent(right)}, ${context.words.frequency(right)}.`;
  const tolerance = guess.slider === "percent" ? POINTS : SHARE * Math.min(right, 1 - right);
  const errors = guess.errors.map((error) => ({ ...error, value: valueOf(context, error.value) }));
  const { verdict, error, message } = markAnswer(guessed.text, { right, wrong: errors, tolerance }, context.data.marking);
  if (verdict === "right") return { kind: "right", title: "Right.", answer, why: "", hint: "" };
  const known = guess.errors.find(({ name }) => name === error);
  if (known) return { kind: "wrong", answer, ...explained(context, step, known) };
  if (error) return { kind: "close", title: message, answer, why: "", hint: "" };
  if (verdict === "close") return { kind: "close", title: "Close.", answer, why: "", hint: "" };
  return { kind: "wrong", title: guessed.value > right ? "Too high." : "Too low.", answer, why: "", hint: "" };
}

/** @param {Context} context @param {LessonStep} step @param {Guessed} guessed @returns {Verdict | null} */
function choiceVerdict(context, step, guessed) {
  const { choices } = step.guess;
  const held = choices.map(({ when }) => hold(when, (name) => valueOf(context, step.quantities[name])));
  if (held.includes(null)) return null;
  if (held[guessed.choice]) return { kind: "right", title: "Right.", answer: `You said: ${guessed.text}.`, why: "", hint: "" };
  const answer = `You said: ${guessed.text}. Right: ${filled(context, step, choices[held.indexOf(true)].text)}.`;
  const { error } = choices[guessed.choice];
  return { kind: "wrong", answer, ...(error ? explained(context, step, error) : { title: "Not so.", why: "", hint: "" }) };
}

/** @param {Context} context @param {LessonStep} step @param {NamedError} error */
function explained(context, step, { name, why, hint }) {
  const title = name ? `${name[0].toUpperCase()}${name.slice(1)}.` : "Not so.";
  return { title, why: filled(context, step, why), hint };
}

/** @param {Element} place @param {Verdict | null} verdict */
export function showVerdict(place, verdict) {
  const { kind, title, answer, why, hint } = verdict ?? { kind: "open", title: "Computing …", answer: "", why: "", hint: "" };
  put(
    place,
    el("p", {}, el("strong", { class: `verdict is-${kind}`, text: title }), ` ${answer}`),
    (why || hint) && el("p", {}, why && `${why} `, hint && el("span", { class: "hint", text: hint })),
  );
}
