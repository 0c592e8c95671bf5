// The answer as people: 10,000 of them, in blocks of 100, before and now or A and B.

import { el, freshId, put, svg, write } from "./dom.js";
import { grouped, percent } from "./format.js";

/** @import { Answer, Context, View, Words } from "../types.js" */

const CROWD = 10_000;
const BLOCK = 10; // people on a side
const STRIDE = 10.9; // a block and the gap after it
const SIDE = 10 * STRIDE - 0.9;

/** @param {Context} context */
export function createPeopleView(context) {
  const { compute, words } = context;
  const heading = el("h2", {});
  const crowds = [createCrowd(words), createCrowd(words)];
  const figures = el(
    "div",
    { class: "crowds" },
    crowds.map((crowd) => crowd.element),
  );
  const note = el("p", {
    class: "hint",
    text: "One square is one person, one block a hundred people, all with the same findings; those who have it are coloured.",
  });
  return {
    element: el("div", { class: "people-view" }, el("div", { class: "section-head" }, heading), figures, note),
    /** @param {View} view */
    update({ state, answer, prior, other }) {
      const { target, targetState } = state;
      const what = words.asked(target, targetState);
      const s = words.stateIndex(target, targetState);
      /** @param {Answer} result */
      const of = (result) => result.posteriors?.[compute.index(target)][s] ?? NaN;
      write(heading, `${what} among 10,000 people`);
      const pair = other ? [other.answer, answer] : [prior, answer];
      if (other && state.active === 0) pair.reverse();
      const titles = other ? ["As in A", "As in B"] : ["Before any finding", "With these findings"];
      crowds.forEach((crowd, i) => crowd.show(titles[i], what, of(pair[i])));
    },
  };
}

/**
 * One crowd with its caption.
 *
 * @param {Words} words
 */
function createCrowd(words) {
  const [all, some] = [freshId("all"), freshId("some")];
  /** @param {string} id @param {string} kind */
  const dots = (id, kind) =>
    svg(
      "pattern",
      { id, width: 1, height: 1, patternUnits: "userSpaceOnUse" },
      svg("rect", { class: kind, x: 0.08, y: 0.08, width: 0.84, height: 0.84, rx: 0.12 }),
    );
  const crowd = svg("g", {});
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", class: "crowd" },
    svg("defs", {}, dots(all, "person"), dots(some, "person is-some")),
    crowd,
  );
  const [title, count] = [el("strong", {}), el("span", {})];
  let drawn = -1;
  return {
    element: el("figure", {}, el("figcaption", {}, title, count), picture),
    /** @param {string} name @param {string} what @param {number} p */
    show(name, what, p) {
      const people = Number.isNaN(p) ? 0 : Math.round(p * CROWD);
      const rare = p > 0 && people === 0;
      const caption = Number.isNaN(p)
        ? "no answer"
        : rare
          ? `fewer than one: ${words.frequency(p)}`
          : `${grouped(people)} people, ${percent(p)}`;
      write(title, name);
      write(count, caption);
      picture.setAttribute("aria-label", `${name}: ${what}, ${caption} of 10,000.`);
      if (people !== drawn) put(crowd, blocks(people, all, some));
      drawn = people;
    },
  };
}

/**
 * A hundred blocks; the first people are marked, block by block and row by row.
 *
 * @param {number} people
 * @param {string} all
 * @param {string} some
 */
function blocks(people, all, some) {
  const parts = [];
  for (let b = 0; b < 100; b++) {
    const marked = Math.max(0, Math.min(100, people - 100 * b));
    const move = { transform: `translate(${STRIDE * (b % 10)} ${STRIDE * Math.floor(b / 10)})` };
    /** @param {string} fill */
    const whole = (fill) => svg("rect", { width: BLOCK, height: BLOCK, fill: `url(#${fill})`, ...move });
    if (marked < 100) parts.push(whole(all));
    if (marked === 100) parts.push(whole(some));
    else if (marked)
      parts.push(
        svg("path", { d: region(marked), class: "gap", ...move }),
        svg("path", { d: region(marked), fill: `url(#${some})`, ...move }),
      );
  }
  return parts;
}

/**
 * The outline of the first `count` squares of a block.
 *
 * @param {number} count
 */
function region(count) {
  const rows = Math.floor(count / BLOCK);
  const rest = count % BLOCK;
  const last = rest ? `V${rows + 1}H0Z` : "H0Z";
  return rest ? `M0 0H${BLOCK}V${rows}H${rest}${last}` : `M0 0H${BLOCK}V${rows}${last}`;
}
