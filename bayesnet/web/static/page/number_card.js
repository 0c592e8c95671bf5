// The card of one number: what it is, its value and range with a slider, and the publication it comes from.

import { answer, recompile } from "../engine.js";
import { citation } from "./citation.js";
import { disputeOf, disputeText, formAddress } from "./dispute.js";
import { el, freshId, put, write } from "./dom.js";
import { percent } from "./format.js";
import { withNumbers } from "./numbers.js";
import { admissible } from "./sweep.js";

/** @import { Answer, Context, NumberRecord, View, Words } from "../types.js" */

const STEPS = 200;
// Where a range spans more than this factor, equal steps of the slider are equal factors.
const WIDE = 30;
/** @type {Record<string, string>} */
const GRADES = { file: "read from a file" };

/**
 * A card; `open(id, view)` shows a number, `update(view)` keeps it in step with the page.
 *
 * @param {Context} context
 */
export function createNumberCard(context) {
  const { data, store, compute, words } = context;
  const element = el("article", { class: "number-card", "aria-label": "A number and its source", hidden: true });
  /** @type {{ title: HTMLElement; update: (view: View) => void } | null} */
  let shown = null;
  return {
    element,
    /** @param {string} id @param {View} view */
    open(id, view) {
      shown = fill(data.numbers.find((number) => number.id === id));
      element.hidden = false;
      shown.update(view);
      shown.title.focus();
    },
    update: (/** @type {View} */ view) => shown?.update(view),
  };

  /** @param {NumberRecord} number */
  function fill(number) {
    const { id } = number;
    /** @type {View} */
    let latest = null;
    /** @type {ReturnType<typeof createScale>} */
    let scale = null;
    const title = el("h3", { tabindex: -1, text: numberInWords(words, id) });
    const close = el("button", { type: "button", class: "remove", "aria-label": "Close this card", text: "×", onClick: shut });
    const slider = el("input", {
      type: "range",
      min: 0,
      max: STEPS,
      step: 1,
      "aria-label": `Value of ${numberInWords(words, id)}`,
      onInput: preview,
      onChange: commit,
    });
    const value = el("output", { class: "number-value" });
    const effect = el("p", { class: "number-effect" });
    const back = el("button", { type: "button", class: "tool", onClick: () => set(null) });
    const problem = el("p", { class: "said", role: "alert" });
    const dispute = createDispute(number, effect, slider);
    const ends = ["low", "high"].map((end) => el("span", { class: `number-${end}` }));
    const field = el("div", { class: "number-field" }, ends[0], slider, ends[1]);
    put(
      element,
      el("div", { class: "number-title" }, title, close),
      el("code", { class: "number-id", text: id }),
      el("div", { class: "number-set" }, value, field, back),
      effect,
      problem,
      dispute.element,
      facts(number),
    );
    return { title, update };

    /** @param {View} view */
    function update(view) {
      latest = view;
      const { scenario } = view;
      const now = scenario.numbers[id] ?? number.value;
      const [low, high] = bounds(number).map((end) => admissible(data, scenario.numbers, id, now, end));
      scale = createScale(Math.min(low, now), Math.max(high, now));
      ends.forEach((part, i) => write(part, figure([scale.low, scale.high][i])));
      if (slider.value !== String(scale.step(now))) slider.value = String(scale.step(now));
      back.hidden = !(id in scenario.numbers);
      write(back, `Back to ${figure(number.value)}`);
      write(problem, "");
      tell(now, view.answer);
      dispute.update(view, now);
    }

    /** While the slider is held only the card moves; the page follows when it is let go. */
    function preview() {
      const next = scale.value(Number(slider.value));
      const { scenario } = latest;
      const numbers = { ...scenario.numbers, [id]: next };
      try {
        tell(next, answer(recompile(compute.networkFor(scenario), withNumbers(data, numbers)), compute.evidenceOf(scenario)));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        write(problem, error.message);
      }
    }

    function commit() {
      const next = scale.value(Number(slider.value));
      set(next === number.value ? null : next);
    }

    /** @param {number | null} next */
    function set(next) {
      store.dispatch({ type: "number", id, value: next });
      context.announce(
        next === null
          ? `${title.textContent} is ${figure(number.value)} again.`
          : `${title.textContent} is now ${figure(next)}. ${effect.textContent}`,
      );
      if (next === null) slider.focus();
    }

    /**
     * What the answer is at a value, and what it is at the value of the model.
     *
     * @param {number} at
     * @param {Answer} found
     */
    function tell(at, found) {
      const { state, scenario } = latest;
      const target = compute.index(state.target);
      const s = words.stateIndex(state.target, state.targetState);
      const { [id]: _, ...others } = scenario.numbers;
      const cited = compute.answer({ ...scenario, numbers: others });
      /** @param {Answer} result */
      const text = (result) => (result.posteriors ? percent(result.posteriors[target][s]) : "no answer");
      write(value, figure(at));
      slider.setAttribute("aria-valuetext", `${figure(at)}; ${words.asked(state.target, state.targetState)} ${text(found)}`);
      const instead = at === number.value ? "" : ` in place of ${text(cited)}`;
      write(effect, `With ${figure(at)}, ${words.asked(state.target, state.targetState)}: ${text(found)}${instead}.`);
    }

    function shut() {
      element.hidden = true;
      shown = null;
    }
  }

  /**
   * A report on the number, ready to be sent: it follows the slider, and is copied, or opens the form of the project.
   *
   * @param {NumberRecord} number
   * @param {HTMLElement} effect
   * @param {HTMLElement} slider
   */
  function createDispute(number, effect, slider) {
    const id = freshId("dispute");
    /** @type {HTMLTextAreaElement} */
    const text = el("textarea", { readonly: true, rows: 8, "aria-label": "The report on this number" });
    /** @param {string} what @param {() => string} read */
    const copier = (what, read) =>
      el("button", { type: "button", class: "tool", text: `Copy the ${what}`, onClick: () => copy(what, read()) });
    const form = el("a", { class: "tool", target: "_blank", rel: "noreferrer noopener", text: "Open the form" });
    const link = copier("link", () => context.link());
    link.hidden = !context.link();
    form.hidden = !data.model.issues;
    const panel = el(
      "div",
      { class: "dispute", id, hidden: true },
      el("p", { text: "Set the slider above to the value that you hold right; the report follows it." }),
      el(
        "div",
        { class: "tools" },
        copier("report", () => text.value),
        link,
        form,
      ),
      text,
    );
    const toggle = el("button", {
      type: "button",
      class: "tool",
      "aria-expanded": false,
      "aria-controls": id,
      text: "Dispute this number",
      onClick() {
        panel.hidden = !panel.hidden;
        toggle.setAttribute("aria-expanded", String(!panel.hidden));
        if (!panel.hidden) slider.focus();
      },
    });
    return {
      element: el("div", {}, toggle, panel),
      /** @param {View} view @param {number} mine */
      update({ state, scenario }, mine) {
        const seen = Object.entries(scenario.see).map(([name, value]) => words.found(name, value));
        const set = Object.entries(scenario.do).map(([name, value]) => `${words.found(name, value)} (set by intervention)`);
        // The folders of a reader's disk are nobody else's business.
        const link = context.link().replace(/^file:[^#]*\//, "");
        const known = [...seen, ...set].join("; ") || "nothing yet";
        const fields = disputeOf(data, { number, mine, known, effect: effect.textContent, link });
        text.value = disputeText(fields);
        if (data.model.issues) form.setAttribute("href", formAddress(data.model.issues, fields));
      },
    };

    /** @param {string} what @param {string} content */
    async function copy(what, content) {
      try {
        await navigator.clipboard.writeText(content);
        context.tell(`The ${what} is copied.`);
      } catch {
        text.select();
        context.tell("The browser does not allow copying; the report is selected, copy it with Ctrl+C.");
      }
    }
  }

  /**
   * What is cited, as pairs; nothing is loaded, an address is a link that the reader may follow.
   *
   * @param {NumberRecord} number
   */
  function facts(number) {
    const source = data.sources?.[number.source];
    const cited =
      number.low < number.high
        ? `${figure(number.low)} to ${figure(number.high)} (${number.range})`
        : "none is cited; the slider covers all possible values";
    const pairs = [
      ["Value", figure(number.value)],
      ["Range", cited],
      ["Source", source && citation(source)],
      ...(number.others ?? []).map((key) => ["With", citation(data.sources[key])]),
      ["Where", number.place],
      ["Population", number.population],
      ["Grade", GRADES[number.grade] ?? number.grade],
      ["Known", number.known],
      ["Why", number.reason],
      ["Note", number.note],
    ];
    const terms = pairs.filter(([, what]) => what).flatMap(([name, what]) => [el("dt", { text: name }), el("dd", {}, what)]);
    return el("dl", { class: "number-facts" }, terms);
  }
}

/**
 * The ends of the slider: the cited range, or all that a number without one can be.
 *
 * @param {NumberRecord} number
 */
function bounds({ id, low, high, value }) {
  if (low < high) return [low, high];
  return id.startsWith("odds(") ? [value / 10, value > 0 ? value * 10 : 1] : [0, 1];
}

/**
 * Steps of the slider and values: equal differences, or equal factors over a wide range.
 *
 * @param {number} low
 * @param {number} high
 */
function createScale(low, high) {
  const byFactor = low > 0 && high / low > WIDE;
  /** @param {number} x */
  const share = (x) => (high === low ? 0 : byFactor ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low));
  /** @param {number} t */
  const at = (t) => (byFactor ? low * (high / low) ** t : low + t * (high - low));
  return {
    low,
    high,
    step: (/** @type {number} */ x) => Math.round(STEPS * share(x)),
    value: (/** @type {number} */ step) =>
      Math.min(high, Math.max(low, step === 0 ? low : step === STEPS ? high : Number(at(step / STEPS).toPrecision(4)))),
  };
}

/**
 * A number's id in the words of the page: "Fever: present, given Infection: present".
 *
 * @param {Words} words
 * @param {string} id
 */
export function numberInWords(words, id) {
  const [head, given] = id.split(" | ");
  /** @param {string} text */
  const state = (text) => {
    const [name, value] = text.split("=");
    return value !== undefined && words.variable(name) ? words.asked(name, value) : null;
  };
  const odds = /^odds\((.+)\)$/.exec(head)?.[1];
  const subject = odds ? words.variable(odds) && words.label(odds) : state(head);
  if (!subject) return id;
  if (given === undefined) return subject;
  if (odds) return given === "baseline" ? `Odds of ${subject} at baseline` : `Odds ratio of ${subject}, ${state(given) ?? given}`;
  if (given === "leak") return `${subject}, from other causes`;
  const conditions = given.split(", ").map((condition) => state(condition) ?? condition);
  return `${subject}, given ${conditions.join(" and ")}`;
}

/** @param {number} value */
const figure = (value) => String(Number(value.toPrecision(4)));
