// The network, drawn: roles as columns, a posterior in every node, and the strongest active paths from the findings to the target.

import { answer } from "../engine.js";
import { carriedJob, kindsOf } from "./carried.js";
import { el, focusOf, placeAt, put, setAttribute, svg, write } from "./dom.js";
import { createLater } from "./later.js";
import { createArc, createLegend } from "./network_arcs.js";
import { createNetworkCard } from "./network_card.js";
import { NODE, arcStates, chooseShown, neighbourOf, placeNodes } from "./network_layout.js";
import { createNode } from "./network_nodes.js";
import { arcKey, certainFamilies, openGraph, shortestOpen } from "./paths.js";
import { createSwitch, guarded } from "./working.js";

/** @import { Context, Evidence, Job, Marks, Place, View } from "../types.js" */

// A network of at most this many variables is drawn whole at first.
const SMALL = 30;
const TALLEST = { part: 11, all: 24 };
const RIVALS = 3;
const ZOOM = { least: 0.5, most: 2, step: 1.25, legible: 0.8 };

/** @param {Context} context */
export function createNetworkView(context) {
  const { data, compute, words } = context;
  const { families } = data.network;
  const certain = certainFamilies(families);
  const kinds = kindsOf(data);
  const { barely } = data.vocabulary;
  const defaults = new Set(data.variables.filter((one) => one.default).map(({ name }) => compute.index(name)));
  const { layout } = data;
  /** @type {{ extent: "all" | "part"; zoom: number }} */
  const settings = { extent: families.length <= SMALL ? "all" : "part", zoom: 0 };
  const { store } = context;
  const later = createLater();
  const room = { width: 0, height: 0 };
  /** @type {View} */
  let latest = null;
  /** @type {ReturnType<typeof placeNodes>} */
  let placed = null;
  /** @type {{ order?: string; target?: number; extent?: string }} */
  let shown = {};
  let current = -1;

  const nodes = data.variables.map((_, v) => createNode(context, v, (at) => card.open(at)));
  const arcs = new Map(
    layout.arcs.map(([parent, child, strength, sign]) => [arcKey(parent, child), createArc(parent, child, strength, sign)]),
  );
  const lines = svg("g", {});
  const drawing = svg("svg", { class: "net-arcs", "aria-hidden": true }, lines);
  const stage = el("div", { class: "net-stage", role: "group", onKeydown: walk }, drawing);
  const card = createNetworkCard(context, (v) => (placed?.places.has(v) ? nodes[v].element : null));
  const sized = el("div", { class: "net-sized" }, stage);
  const frame = el("div", { class: "net-frame" }, sized);
  const choice = createSwitch(
    "How much is drawn",
    [
      ["part", "what matters"],
      ["all", "everything"],
    ],
    (extent) => change({ extent: extent === "all" ? "all" : "part", zoom: 0 }),
  );
  /** @param {string} text @param {string} label @param {() => void} act */
  const tool = (text, label, act) =>
    el("button", { type: "button", class: "tool", "aria-label": label, title: label, text, onClick: act });
  const zoom = [
    tool("−", "Smaller", () => change({ zoom: scale() / ZOOM.step })),
    tool("+", "Larger", () => change({ zoom: scale() * ZOOM.step })),
    tool("fit", "Fit the width", () => change({ zoom: fitted() })),
  ];
  const whole = document.fullscreenEnabled
    ? tool("full screen", "Full screen", () =>
        document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen(),
      )
    : null;
  const remarks = el("p", { class: "hint" });
  const pathList = el("ul", { class: "net-ways" });
  const wording = el("details", { class: "net-words" }, el("summary", { text: "The paths in words" }), pathList);
  const element = el(
    "section",
    { class: "net", "aria-label": "The network" },
    el(
      "div",
      { class: "section-head" },
      el("h2", { text: "The network" }),
      families.length > 12 ? choice.element : null,
      el("div", { class: "tools", role: "group", "aria-label": "Size" }, zoom, whole),
    ),
    frame,
    createLegend(),
    remarks,
    wording,
    card.element,
  );
  panning(frame);
  if (globalThis.ResizeObserver) new ResizeObserver(() => measure() && placed && resize()).observe(frame);
  store.subscribe(later.stop);
  frame.addEventListener("scroll", card.place, { passive: true });
  stage.addEventListener(
    "focusin",
    ({ target }) => target === nodeAt(target) && rove(compute.index(nodeAt(target).dataset.variable)),
  );
  for (const name of ["pointerover", "focusin"]) stage.addEventListener(name, ({ target }) => near(nodeAt(target)));
  for (const name of ["pointerleave", "focusout"]) stage.addEventListener(name, () => near(null));

  return {
    element,
    /** @param {View} view */
    update(view) {
      latest = view;
      card.update(view);
      later.start(drawJob());
    },
  };

  /** @param {{ extent?: "all" | "part"; zoom?: number }} next */
  function change(next) {
    const again = "extent" in next;
    Object.assign(settings, next);
    if (again && latest) later.start(drawJob());
    else resize();
  }

  /** What is drawn, where, and how it is marked; it waits for the paint of the click. @returns {Job<void>} */
  function* drawJob() {
    const { state, scenario } = latest;
    const evidence = compute.evidenceOf(scenario);
    const target = compute.index(state.target);
    const findings = [...Object.keys(scenario.see), ...Object.keys(scenario.do)].map(compute.index);
    const asked = { families, certain, layout, evidence, target, findings };
    const kept = settings.extent === "all" ? new Set(families.keys()) : chooseShown({ ...asked, rivals: rivals(target) });
    yield;
    const marks = arcStates(asked);
    yield;
    draw(kept, marks, { evidence, target, findings });
    if (!latest.answer.posteriors) return;
    yield;
    const engine = compute.networkFor(scenario);
    const question = {
      target,
      state: words.stateIndex(state.target, state.targetState),
      context: defaults,
      order: findings,
      barely,
    };
    const ask = (/** @type {Evidence} */ known) => answer(engine, known);
    const carried = yield* guarded(carriedJob(ask, families, certain, evidence, question, kinds));
    if ("refused" in carried) return;
    const routes = new Map([...carried].map(([v, { path }]) => [v, path]));
    const shown = settings.extent === "all" ? kept : new Set([...kept, ...[...routes.values()].flat()]);
    draw(shown, arcStates({ ...asked, routes }), { evidence, target, findings, routes });
  }

  /** @param {Set<number>} kept @param {Marks} marks @param {{ evidence: Evidence; target: number; findings: number[]; routes?: Map<number, number[]> }} asked */
  function draw(kept, marks, { evidence, target, findings, routes }) {
    placed = placeNodes(layout, kept, target, TALLEST[settings.extent]);
    choice.show(settings.extent);
    const headings = placed.headings.map(({ x, y, text }) => placeAt(el("span", { class: "net-heading", text }), x, y));
    const focused = stage.contains(focusOf(stage)) ? focusOf(stage) : null;
    for (const [v, { x, y }] of placed.places) {
      nodes[v].show(latest, marks);
      placeAt(nodes[v].element, x, y);
    }
    const order = [...placed.places.keys()];
    stage.classList.toggle("is-whole", order.length > SMALL);
    const now = { order: order.join(), target, extent: settings.extent };
    const before = shown;
    shown = now;
    if (before.order !== now.order)
      put(
        stage,
        drawing,
        headings,
        order.map((v) => nodes[v].element),
      );
    /** @type {Record<string, number>} */
    const kinds = { closed: 0, open: 1, cut: 2, lit: 3 };
    const drawn = layout.arcs.filter(([p, c]) => kept.has(p) && kept.has(c)).map(([p, c]) => arcKey(p, c));
    drawn.sort((a, b) => kinds[marks.states.get(a)] - kinds[marks.states.get(b)]);
    put(
      lines,
      drawn.map((key) => arcs.get(key).show(placed.places, marks.states.get(key))),
    );
    if (!placed.places.has(current)) current = target;
    rove(current);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    stage.setAttribute(
      "aria-label",
      `Network of ${order.length} variables. Arrow keys move from one to the next, Enter opens it.`,
    );
    const elsewhere = before.target !== target || before.extent !== now.extent;
    if (elsewhere || before.order !== now.order) resize(elsewhere);
    card.place();
    write(remarks, remark(families.length - order.length, findings.length));
    inWords(evidence, target, findings, routes);
  }

  /**
   * Other diagnoses that the findings have raised most.
   *
   * @param {number} target
   */
  function rivals(target) {
    const { answer, prior } = latest;
    if (!answer.posteriors || !prior.posteriors) return [];
    return data.diagnoses
      .filter(words.isSpecific)
      .map((name) => {
        const v = compute.index(name);
        const s = words.stateIndex(name, "present");
        return { v, ratio: answer.posteriors[v][s] / prior.posteriors[v][s] };
      })
      .filter(({ v, ratio }) => v !== target && ratio > 1.05)
      .sort((a, b) => b.ratio - a.ratio)
      .slice(0, RIVALS)
      .map(({ v }) => v);
  }

  /** @param {number} hidden @param {number} findings */
  function remark(hidden, findings) {
    const left = hidden ? `${hidden} more variables are not shown. ` : "";
    const marked = findings
      ? "Bold: the path along which each finding says most about the target. Other paths may be active too."
      : "No findings yet, so no path is highlighted.";
    return `${left}${marked}`;
  }

  /**
   * The same as a text.
   *
   * @param {Evidence} evidence
   * @param {number} target
   * @param {number[]} findings
   * @param {Map<number, number[]>} [routes]
   */
  function inWords(evidence, target, findings, routes) {
    /** @param {number} v */
    const name = (v) => words.label(data.network.names[v]);
    /** @param {number} finding */
    const lineOf = (finding) => {
      const graph = openGraph(families, evidence, finding, certain);
      const path = routes?.get(finding) ?? shortestOpen(graph, finding, target);
      if (!path) return `${name(finding)}: no active path to ${name(target)}.`;
      return path
        .map((v, i) => (i === 0 ? name(v) : `${graph.parents[v].includes(path[i - 1]) ? "→" : "←"} ${name(v)}`))
        .join(" ");
    };
    wording.hidden = !findings.length;
    put(
      pathList,
      findings.filter((v) => v !== target).map((v) => el("li", { text: lineOf(v) })),
    );
  }

  // Size and movement

  function fitted() {
    return Math.min(1.2, Math.max(ZOOM.least, (room.width - 4) / (placed?.width || 1)));
  }

  function scale() {
    return settings.zoom || Math.max(ZOOM.legible, fitted());
  }

  /** How much room there is, once it is known. */
  function measure() {
    const style = getComputedStyle(frame);
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    const width = frame.clientWidth - padding;
    if (width <= 0 || (width === room.width && frame.clientHeight === room.height)) return false;
    Object.assign(room, { width, height: frame.clientHeight });
    return true;
  }

  /** @param {boolean} [sight] */
  function resize(sight = true) {
    if (!room.width) measure();
    settings.zoom &&= Math.min(ZOOM.most, Math.max(ZOOM.least, settings.zoom));
    const now = scale();
    const { width, height } = placed;
    stage.style.setProperty("width", `${width}px`);
    stage.style.setProperty("height", `${height}px`);
    stage.style.setProperty("transform", `scale(${now})`);
    sized.style.setProperty("width", `${width * now}px`);
    sized.style.setProperty("height", `${height * now}px`);
    setAttribute(drawing, "viewBox", `0 0 ${width} ${height}`);
    if (sight && !frame.dataset.moved) bringIntoSight(placed.places.get(compute.index(latest.state.target)), now);
    card.place();
  }

  /**
   * Scroll only where the target could not be seen otherwise.
   *
   * @param {Place} at
   * @param {number} now
   */
  function bringIntoSight(at, now) {
    if (!at) return;
    /** @param {number} from @param {number} size @param {number} room */
    const middle = (from, size, room) => ((from + size) * now < room * 0.95 ? 0 : (from + size / 2) * now - room / 2);
    frame.scrollTo(middle(at.x, NODE.width, frame.clientWidth), middle(at.y, NODE.height, frame.clientHeight));
  }

  /**
   * Show the arcs of the node that is pointed at or focused.
   *
   * @param {HTMLElement | null} node
   */
  function near(node) {
    const v = node ? compute.index(node.dataset.variable) : -1;
    for (const [parent, child] of layout.arcs) arcs.get(arcKey(parent, child)).point(parent === v || child === v);
  }

  /**
   * One node is in the order of the tab key; arrows move on.
   *
   * @param {number} v
   */
  function rove(v) {
    if (nodes[current]) nodes[current].element.tabIndex = -1;
    current = v;
    nodes[v].element.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    if (event.target !== nodeAt(event.target) || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    rove(neighbourOf(placed.places, current, event.key));
    nodes[current].element.focus();
  }
}

/**
 * The node that an event happened in.
 *
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
const nodeAt = (target) => (target instanceof Element ? target.closest(".node") : null);

/**
 * Move the picture by dragging its background; touch scrolls as everywhere.
 *
 * @param {HTMLElement} frame
 */
function panning(frame) {
  /** @type {Place | null} */
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || (event.target instanceof Element && event.target.closest("button, .net-card"))) return;
    from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
    frame.setPointerCapture(event.pointerId);
    frame.dataset.moved = "yes";
  });
  frame.addEventListener("pointermove", (event) => from && frame.scrollTo(from.x - event.clientX, from.y - event.clientY));
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => (from = null));
}
