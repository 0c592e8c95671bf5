// Elements without markup: every text gets in as a text node, so no name can become code.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element. `props`: `class`, `text`, `dataset` (an object), `onClick` and the like for listeners, `checked`, `value`, `hidden` and
 * `disabled` as properties, everything else as attributes; null, undefined and false leave an attribute out.
 */
export function el(tag, props, ...children) {
  const element = document.createElement(tag);
  fill(element, props, (key, value) => {
    if (["checked", "value", "hidden", "disabled", "open"].includes(key)) element[key] = value;
    else setAttribute(element, key, value);
  });
  element.append(...children.flat().filter(isThere));
  return element;
}

/** An SVG element; `attrs` as for `el`. */
export function svg(tag, attrs, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, attrs, (key, value) => setAttribute(element, key, value));
  element.append(...children.flat().filter(isThere));
  return element;
}

/** Replace what an element holds. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat().filter(isThere));
  return element;
}

/** Write a text only where it differs, so that a live region speaks once and a selection survives. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set an attribute; null, undefined and false remove it, true leaves it empty (aria-* get "true" and "false"). */
export function setAttribute(element, key, value) {
  if (key.startsWith("aria-") && typeof value === "boolean") element.setAttribute(key, String(value));
  else if (value === null || value === undefined || value === false) element.removeAttribute(key);
  else element.setAttribute(key, value === true ? "" : String(value));
}

let lastId = 0;

/** An id that no other element has, also with two explorers in one notebook. */
export function freshId(stem) {
  lastId += 1;
  return `bn-${stem}-${lastId}`;
}

/** Whether moving things should be left out. */
export function stillness() {
  return globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? true;
}

/** What is focused in the tree of an element, also where that is a shadow tree. */
export const focusOf = (element) => element.getRootNode().activeElement ?? null;

/** Move an element to a place inside its frame, in pixels. */
export function placeAt(element, x, y) {
  element.style.setProperty("left", `${x}px`);
  element.style.setProperty("top", `${y}px`);
  return element;
}

function fill(element, props, otherwise) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key === "class") element.setAttribute("class", Array.isArray(value) ? value.filter(Boolean).join(" ") : value);
    else if (key === "text") element.textContent = value;
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (/^on[A-Z]/.test(key)) element.addEventListener(key.slice(2).toLowerCase(), value);
    else otherwise(key, value);
  }
}

const isThere = (child) => child !== null && child !== undefined && child !== false;
