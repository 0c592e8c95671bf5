// The network, drawn: roles as columns, a posterior in every node, and the ways lit by which what is known speaks about what is asked.

import { el, put, setAttribute, svg, write } from "./dom.js";
import { createFindingRow } from "./finding_row.js";
import { percent } from "./format.js";
import { createLater } from "./later.js";
import { NODE, arcShape, arcStates, chooseShown, neighbourOf, placeNodes } from "./network_layout.js";
import { createNode } from "./network_nodes.js";
import { arcKey, certainFamilies, openGraph, shortestOpen } from "./paths.js";
import { createSwitch } from "./working.js";

// Up to so many variables a network is drawn whole at first.
const SMALL = 30;
const TALLEST = { part: 11, all: 24 };
const RIVALS = 3;
const ZOOM = { least: 0.5, most: 2, step: 1.25, legible: 0.8 };

export function createNetworkView(context) {
  const { data, compute, words } = context;
  const { families } = data.network;
  const certain = certainFamilies(families);
  const { layout } = data;
  const settings = { way: families.length <= SMALL ? "all" : "part", zoom: 0 };
  const { store } = context;
  const later = createLater();
  const room = { width: 0, height: 0 };
  let latest = null;
  let placed = null;
  let shown = {};
  let current = -1;

  const nodes = data.variables.map((_, v) => createNode(context, v, (at) => card.open(at)));
  const arcs = new Map(layout.arcs.map(([parent, child, strength, sign]) => [arcKey(parent, child), createArc(parent, child, strength, sign)]));
  const lines = svg("g", {});
  const drawing = svg("svg", { class: "net-arcs", "aria-hidden": true }, lines);
  const stage = el("div", { class: "net-stage", role: "group", onKeydown: walk }, drawing);
  const card = createCard(context, (v) => (placed?.places.has(v) ? nodes[v].element : null));
  const sized = el("div", { class: "net-sized" }, stage);
  const frame = el("div", { class: "net-frame" }, sized);
  const choice = createSwitch("How much is drawn", [["part", "what matters"], ["all", "everything"]], (way) => change({ way, zoom: 0 }));
  const tool = (text, label, act) => el("button", { type: "button", class: "tool", "aria-label": label, title: label, text, onClick: act });
  const zoom = [tool("−", "Smaller", () => change({ zoom: scale() / ZOOM.step })), tool("+", "Larger", () => change({ zoom: scale() * ZOOM.step })), tool("fit", "Fit the width", () => change({ zoom: fitted() }))];
  const whole = document.fullscreenEnabled ? tool("full screen", "Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen())) : null;
  const told = el("p", { class: "hint" });
  const ways = el("ul", { class: "net-ways" });
  const wording = el("details", { class: "net-words" }, el("summary", { text: "The ways in words" }), ways);
  const element = el(
    "section",
    { class: "net", "aria-label": "The network" },
    el("div", { class: "section-head" }, el("h2", { text: "The network" }), families.length > 12 ? choice.element : null, el("div", { class: "tools", role: "group", "aria-label": "Size" }, zoom, whole)),
    frame,
    legend(),
    told,
    wording,
    card.element,
  );
  panning(frame);
  if (globalThis.ResizeObserver) new ResizeObserver(() => measure() && placed && resize()).observe(frame);
  store.subscribe(later.stop);
  frame.addEventListener("scroll", card.place, { passive: true });
  stage.addEventListener("focusin", ({ target }) => target.classList.contains("node") && rove(compute.index(target.dataset.variable)));
  for (const name of ["pointerover", "focusin"]) stage.addEventListener(name, ({ target }) => near(target.closest(".node")));
  for (const name of ["pointerleave", "focusout"]) stage.addEventListener(name, () => near(null));

  return {
    element,
    update(view) {
      latest = view;
      card.update(view);
      later.start(drawJob());
    },
  };

  function change(next) {
    const again = "way" in next;
    Object.assign(settings, next);
    if (again && latest) later.start(drawJob());
    else resize();
  }

  /** What is drawn, where, and how it is marked; it waits for the paint of the click. */
  function* drawJob() {
    const { state, scenario } = latest;
    const evidence = compute.evidenceOf(scenario);
    const target = compute.index(state.target);
    const findings = [...Object.keys(scenario.see), ...Object.keys(scenario.do)].map(compute.index);
    const asked = { families, certain, layout, evidence, target, findings };
    const kept = settings.way === "all" ? new Set(families.keys()) : chooseShown({ ...asked, rivals: rivals(target) });
    yield;
    const marks = arcStates(asked);
    yield;
    draw(kept, marks, { evidence, target, findings });
  }

  function draw(kept, marks, { evidence, target, findings }) {
    placed = placeNodes(layout, kept, target, TALLEST[settings.way]);
    choice.show(settings.way);
    const headings = placed.headings.map(({ x, y, text }) => place(el("span", { class: "net-heading", text }), x, y));
    const focused = stage.contains(focusOf(stage)) ? focusOf(stage) : null;
    for (const [v, { x, y }] of placed.places) {
      nodes[v].show(latest, marks);
      place(nodes[v].element, x, y);
    }
    const order = [...placed.places.keys()];
    stage.classList.toggle("is-whole", order.length > SMALL);
    const now = { order: order.join(), target, way: settings.way };
    const before = shown;
    shown = now;
    if (before.order !== now.order) put(stage, drawing, headings, order.map((v) => nodes[v].element));
    const kinds = { closed: 0, open: 1, cut: 2, lit: 3 };
    const drawn = layout.arcs.filter(([p, c]) => kept.has(p) && kept.has(c)).map(([p, c]) => arcKey(p, c));
    drawn.sort((a, b) => kinds[marks.states.get(a)] - kinds[marks.states.get(b)]);
    put(lines, drawn.map((key) => arcs.get(key).show(placed.places, marks.states.get(key))));
    if (!placed.places.has(current)) current = target;
    rove(current);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    stage.setAttribute("aria-label", `Network of ${order.length} variables. Arrow keys move from one to the next, Enter opens it.`);
    const elsewhere = before.target !== target || before.way !== now.way;
    if (elsewhere || before.order !== now.order) resize(elsewhere);
    card.place();
    write(told, remark(families.length - order.length, findings.length));
    inWords(evidence, target, findings);
  }

  /** Other diagnoses that the findings have raised most. */
  function rivals(target) {
    const { answer, prior } = latest;
    if (!answer.posteriors || !prior.posteriors) return [];
    return data.diagnoses
      .filter((name) => words.variable(name).role !== "other")
      .map((name) => {
        const v = compute.index(name);
        const s = words.variable(name).states.findIndex((one) => one.name === "present");
        return { v, ratio: answer.posteriors[v][s] / prior.posteriors[v][s] };
      })
      .filter(({ v, ratio }) => v !== target && ratio > 1.05)
      .sort((a, b) => b.ratio - a.ratio)
      .slice(0, RIVALS)
      .map(({ v }) => v);
  }

  function remark(hidden, findings) {
    const left = hidden ? `${hidden} more variables are not shown. ` : "";
    return `${left}${findings ? "Bold ways are the shortest that are open from what is known to what is asked; others may be open too." : "Nothing is known yet, so no way is lit."}`;
  }

  /** The same as a text. */
  function inWords(evidence, target, findings) {
    const name = (v) => words.label(data.network.names[v]);
    const lineOf = (finding) => {
      const graph = openGraph(families, evidence, finding, certain);
      const way = shortestOpen(graph, finding, target);
      if (!way) return `${name(finding)}: no open way to ${name(target)}.`;
      return way.map((v, i) => (i === 0 ? name(v) : `${graph.parents[v].includes(way[i - 1]) ? "→" : "←"} ${name(v)}`)).join(" ");
    };
    wording.hidden = !findings.length;
    put(ways, findings.filter((v) => v !== target).map((v) => el("li", { text: lineOf(v) })));
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

  /** Scroll only where what is asked could not be seen otherwise. */
  function bringIntoSight(at, now) {
    if (!at) return;
    const middle = (from, size, room) => ((from + size) * now < room * 0.95 ? 0 : (from + size / 2) * now - room / 2);
    frame.scrollTo(middle(at.x, NODE.width, frame.clientWidth), middle(at.y, NODE.height, frame.clientHeight));
  }

  /** Show the arcs of the node that is pointed at or focused. */
  function near(node) {
    const v = node ? compute.index(node.dataset.variable) : -1;
    for (const [parent, child] of layout.arcs) arcs.get(arcKey(parent, child)).point(parent === v || child === v);
  }

  /** One node is in the order of the tab key; arrows move on. */
  function rove(v) {
    if (nodes[current]) nodes[current].element.tabIndex = -1;
    current = v;
    nodes[v].element.tabIndex = 0;
  }

  function walk(event) {
    if (!event.target.classList.contains("node") || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    rove(neighbourOf(placed.places, current, event.key));
    nodes[current].element.focus();
  }
}

/** What is focused in the tree of an element, also where that is a shadow tree. */
const focusOf = (element) => element.getRootNode().activeElement ?? null;

const place = (element, x, y) => {
  element.style.setProperty("left", `${x}px`);
  element.style.setProperty("top", `${y}px`);
  return element;
};

/** One arc: its line as thick as it is strong, and its end. */
function createArc(parent, child, strength, sign) {
  const line = svg("path", { class: "net-line" });
  const head = svg("path", { class: sign > 0 ? "net-head" : "net-head is-open" });
  const group = svg("g", {}, line, head);
  line.style.setProperty("--strength", strength ?? 0.3);
  return {
    show(places, state) {
      const { line: curve, head: end } = arcShape(places.get(parent), places.get(child), sign, state === "cut");
      setAttribute(line, "d", curve);
      setAttribute(head, "d", end);
      setAttribute(group, "class", `net-arc is-${state}`);
      return group;
    },
    point: (on) => group.classList.toggle("is-near", on),
  };
}

/** What opens at a node: its states, a choice, and the question about it. `nodeOf` gives the node of a variable that is drawn. */
function createCard(context, nodeOf) {
  const { data, store, compute, words } = context;
  const title = el("h3", {});
  const body = el("div", {});
  const close = el("button", { type: "button", class: "remove", "aria-label": "Close", text: "×", onClick: () => shut(true) });
  const element = el("div", { class: "net-card", role: "dialog", hidden: true, onKeydown: (event) => event.key === "Escape" && shut(true) }, el("div", { class: "net-card-head" }, title, close), body);
  const rows = new Map();
  let shown = -1;
  let latest = null;
  // A click elsewhere closes it; the path, not the target, because a notebook may keep this page in a shadow tree.
  const outside = (event) => {
    if (!event.composedPath().some((part) => part === element || part.classList?.contains("node"))) shut(false);
  };

  function shut(focus) {
    if (shown < 0) return;
    element.hidden = true;
    document.removeEventListener("pointerdown", outside);
    if (focus) nodeOf(shown)?.focus();
    shown = -1;
  }

  /** Below its node, inside the section. */
  function move() {
    if (shown < 0) return;
    const node = nodeOf(shown);
    if (!node) {
      shut(false);
      return;
    }
    const [from, at] = [element.parentElement.getBoundingClientRect(), node.getBoundingClientRect()];
    const left = Math.max(0, Math.min(at.left - from.left, from.width - element.offsetWidth));
    place(element, left, at.bottom - from.top + 6);
  }

  function fill() {
    const variable = data.variables[shown];
    const { name, states } = variable;
    if (!rows.has(name)) rows.set(name, createFindingRow(context, variable));
    const row = rows.get(name);
    row.update(latest);
    write(title, variable.label);
    element.setAttribute("aria-label", variable.label);
    const now = latest.answer.posteriors?.[shown];
    const past = latest.prior.posteriors?.[shown];
    const lines = states.map((state, s) => {
      const asked = latest.state.target === name && latest.state.targetState === state.name;
      const ask = el("button", { type: "button", class: "net-ask", "aria-pressed": asked, "aria-label": `Ask about ${words.asked(name, state.name)}`, text: asked ? "asked" : "ask", onClick: () => store.dispatch({ type: "target", variable: name, state: state.name }) });
      return el("tr", {}, el("th", { scope: "row", text: state.label }), el("td", { text: past ? percent(past[s]) : "–" }), el("td", {}, el("strong", { text: now ? percent(now[s]) : "–" })), el("td", {}, ask));
    });
    const heads = ["", "before", "now", ""].map((text) => (text ? el("th", { scope: "col", text }) : el("td", {})));
    const focus = [...body.querySelectorAll("button, input, select")].indexOf(focusOf(body));
    put(body, variable.meaning ? el("p", { class: "hint", text: variable.meaning }) : null, row.element, el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, lines)));
    if (focus >= 0) body.querySelectorAll("button, input, select")[focus]?.focus({ preventScroll: true });
  }

  return {
    element,
    open(v) {
      shown = v;
      fill();
      element.hidden = false;
      document.addEventListener("pointerdown", outside);
      move();
      element.scrollIntoView({ block: "nearest" });
      body.querySelector("input:checked, select, button")?.focus({ preventScroll: true });
    },
    update(view) {
      latest = view;
      if (shown >= 0) fill();
    },
    place: move,
  };
}

/** Move the picture by dragging its background; touch scrolls as everywhere. */
function panning(frame) {
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.target.closest("button, .net-card")) return;
    from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
    frame.setPointerCapture(event.pointerId);
    frame.dataset.moved = "yes";
  });
  frame.addEventListener("pointermove", (event) => from && frame.scrollTo(from.x - event.clientX, from.y - event.clientY));
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => (from = null));
}

function legend() {
  const item = (kind, text) => el("li", {}, el("span", { class: `net-key ${kind}` }), text);
  const line = (state, sign, text) => {
    const { line: curve, head } = arcShape({ x: -NODE.width, y: -NODE.height / 2 }, { x: 40, y: -NODE.height / 2 }, sign, state === "cut");
    const parts = [svg("path", { class: "net-line", d: curve }), svg("path", { class: sign > 0 ? "net-head" : "net-head is-open", d: head })];
    return el("li", {}, svg("svg", { class: "net-sample", viewBox: "0 -8 44 16", "aria-hidden": true }, svg("g", { class: `net-arc is-${state}` }, parts)), text);
  };
  const marks = [
    item("is-known", "known"),
    item("is-target", "asked"),
    item("is-bar", "probability now, the mark where it was before"),
    line("lit", 1, "a way by which a finding speaks"),
    line("closed", 1, "closed: nothing passes"),
    line("cut", 0, "cut by an intervention"),
    line("open", 1, "raises"),
    line("open", -1, "lowers"),
    line("open", 0, "either"),
  ];
  return el("ul", { class: "net-legend", "aria-label": "Legend" }, marks);
}
