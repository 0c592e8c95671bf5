// The numbers the answer rests on, those that can move it most first; each opens a card that says where it is from and moves it.

import { shortCitation } from "./citation.js";
import { createNumberCard, numberInWords } from "./number_card.js";
import { el, put, setStyle } from "./dom.js";
import { percent, position } from "./format.js";
import { sweepJob } from "./sweep.js";
import { createHeading, createWorker } from "./working.js";

/** @import { Context, NumberRecord, Sweep, SweepLine, View } from "../types.js" */

const FIRST = 12;
const FOUND = 40;

/** @param {Context} context */
export function createNumberView(context) {
  const { data, store, compute, words } = context;
  const heading = createHeading("The numbers behind the answer");
  const reset = el("button", { type: "button", class: "tool", hidden: true, onClick: () => restore() });
  const search = el("input", {
    type: "search",
    class: "number-search",
    placeholder: "Find a number",
    "aria-label": "Find a number",
    onInput: () => redraw(),
  });
  const card = createNumberCard(context);
  const body = el("div", { class: "numbers-body" });
  const head = el("div", { class: "section-head" }, heading.element, search, reset);
  const element = el("section", { class: "numbers", "aria-label": "The numbers behind the answer" }, head, card.element, body);
  const labels = new Map(data.numbers.map(({ id }) => [id, numberInWords(words, id)]));
  /** @type {[Sweep, View] | null} */
  let latest = null;
  let all = false;
  const work = createWorker(context, body, {
    key: ({ state }) => [state.target, state.targetState],
    silence: "There is no answer to this case, so no number can be varied.",
    job: ({ state, scenario }) =>
      sweepJob(data, compute.networkFor(scenario), compute.evidenceOf(scenario), {
        target: compute.index(state.target),
        state: words.stateIndex(state.target, state.targetState),
        kept: scenario.numbers,
      }),
    show(result, view) {
      latest = [result, view];
      redraw();
    },
  });
  return {
    element,
    /** @param {View} view */
    update(view) {
      const { state, scenario } = view;
      heading.say(`The numbers behind ${words.asked(state.target, state.targetState)}`);
      const changed = Object.keys(scenario.numbers).length;
      reset.hidden = changed === 0;
      reset.textContent = changed === 1 ? "Reset the changed number" : `Reset ${changed} changed numbers`;
      card.update(view);
      work(view);
    },
  };

  function restore() {
    const { scenarios, active } = store.state;
    store.dispatch({ type: "load", scenario: { ...scenarios[active], numbers: {} } });
    context.announce("All numbers are those of the model.");
  }

  function redraw() {
    if (!latest) return;
    const [{ lines, count, now }, view] = latest;
    const wanted = search.value.trim().toLowerCase();
    const swept = new Map(lines.map((line) => [line.id, line]));
    const found = wanted
      ? data.numbers
          .filter(({ id }) => `${labels.get(id)} ${id}`.toLowerCase().includes(wanted))
          .map(({ id }) => swept.get(id) ?? { id })
      : null;
    const rows = found ? found.slice(0, FOUND) : all ? lines : lines.slice(0, FIRST);
    const about = words.asked(view.state.target, view.state.targetState);
    put(
      body,
      el("p", {
        class: "numbers-sum",
        text: found ? `${found.length} of ${data.numbers.length} numbers match these words.` : summary(about, lines, count),
      }),
      lines.length && rows.length ? axis(frame(lines, now)) : null,
      rows.length
        ? el(
            "ol",
            { class: "number-list" },
            rows.map((line) => row(line, frame(lines, now), now, view)),
          )
        : null,
      !found && lines.length > FIRST
        ? el("button", {
            type: "button",
            class: "tool",
            text: all ? "Show the first only" : `Show all ${lines.length}`,
            onClick: more,
          })
        : null,
      rows.length
        ? el("p", {
            class: "hint",
            text: "Each bar shows the answer as one number varies over its cited range, all others fixed; the line is the current answer.",
          })
        : null,
    );
  }

  function more() {
    all = !all;
    redraw();
  }

  /** @param {string} about @param {SweepLine[]} lines @param {number} count */
  function summary(about, lines, count) {
    if (!count) return `The answer for ${about} follows from what is known alone; it rests on no number.`;
    const rests = `The answer for ${about} rests on ${count} of the ${data.numbers.length} numbers of this network`;
    if (!lines.length) return `${rests}. None of them has a range.`;
    return `${rests}; ${lines.length === count ? "each has" : `${lines.length} of them have`} a range. What moves it most comes first.`;
  }

  /**
   * The part of the scale that all bars lie in.
   *
   * @param {SweepLine[]} lines
   * @param {number} now
   */
  function frame(lines, now) {
    const all = [now, ...lines.flatMap(({ atLow, atHigh }) => [atLow, atHigh])].filter((p) => p >= 0);
    return [Math.min(...all), Math.max(...all)];
  }

  /** @param {number[]} ends */
  function axis(ends) {
    const [from, to] = ends.map((p) => el("span", { text: percent(p) }));
    return el(
      "div",
      { class: "number-axis", "aria-hidden": true },
      el("span", {}),
      el("span", { class: "number-ends" }, from, to),
    );
  }

  /** @param {SweepLine} line @param {number[]} frame @param {number} now @param {View} view */
  function row({ id, atLow, atHigh, width }, [least, most], now, view) {
    const { scenario, state } = view;
    const [from, to] = [position(least, state.scale), position(most, state.scale)];
    /** @param {number} p */
    const place = (p) => (to > from ? (position(p, state.scale) - from) / (to - from) : 0);
    const number = data.numbers.find((one) => one.id === id);
    const value = scenario.numbers[id] ?? number.value;
    const changed = id in scenario.numbers;
    const moves =
      width === undefined
        ? "does not move this answer"
        : `${percent(Math.min(atLow, atHigh, now))} to ${percent(Math.max(atLow, atHigh, now))}`;
    const name = el(
      "span",
      { class: "number-name" },
      labels.get(id),
      el("small", {
        text: [short(value), changed && `changed from ${short(number.value)}`].filter(Boolean).join(" · "),
      }),
    );
    const open = () => card.open(id, view);
    const button = el(
      "button",
      { type: "button", class: "number-row", onClick: open },
      name,
      track(),
      el("span", { class: "number-moves", text: moves }),
    );
    const paper = el("small", { class: "number-paper" }, source(number));
    return el("li", { dataset: { number: id, width: String(width ?? 0) } }, button, paper);

    function track() {
      const ends = [atLow, atHigh, now].filter((p) => p >= 0).map(place);
      /** @param {string} kind @param {number} from */
      const part = (kind, from, to = from) => {
        const span = el("span", { class: kind });
        setStyle(span, "--from", from);
        setStyle(span, "--to", to);
        return span;
      };
      const parts = width === undefined ? [] : [part("number-span", Math.min(...ends), Math.max(...ends))];
      return el("span", { class: "number-track", "aria-hidden": true }, parts, part("number-now", place(now)));
    }
  }

  /** @param {NumberRecord} number */
  function source({ source: key, grade }) {
    return key in data.sources ? shortCitation(data.sources[key]) : grade;
  }
}

/** @param {number} value */
const short = (value) => String(Number(value.toPrecision(4)));
