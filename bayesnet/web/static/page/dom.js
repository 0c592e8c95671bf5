// Elements without markup: every text gets in as a text node, so no name can become code.

/** @import { Child, Props } from "../types.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element. `props`: `class`, `text`, `dataset` (an object), `onClick` and the like for listeners, `checked`, `value`, `hidden` and
 * `disabled` as properties, everything else as attributes; null, undefined and false leave an attribute out.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} props
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props, ...children) {
  const element = document.createElement(tag);
  fill(element, props, (key, value) => {
    if (["checked", "value", "hidden", "disabled", "open"].includes(key)) Object.assign(element, { [key]: value });
    else setAttribute(element, key, value);
  });
  element.append(...children.flat().filter(isThere));
  return element;
}

/**
 * An SVG element; `attrs` as for `el`.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} attrs
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attrs, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, attrs, (key, value) => setAttribute(element, key, value));
  element.append(...children.flat().filter(isThere));
  return element;
}

/**
 * Replace what an element holds.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function put(element, ...children) {
  element.replaceChildren(...children.flat().filter(isThere));
  return element;
}

/**
 * Write a text only where it differs, so that a live region speaks once and a selection survives.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set a property of an element's own style, as the place of a bar for the style sheet.
 *
 * @param {HTMLElement | SVGElement} element
 * @param {string} name
 * @param {string | number} value
 */
export const setStyle = (element, name, value) => element.style.setProperty(name, String(value));

/**
 * Set an attribute; null, undefined and false remove it, true leaves it empty (aria-* get "true" and "false").
 *
 * @param {Element} element
 * @param {string} key
 * @param {any} value
 */
export function setAttribute(element, key, value) {
  if (key.startsWith("aria-") && typeof value === "boolean") element.setAttribute(key, String(value));
  else if (value === null || value === undefined || value === false) element.removeAttribute(key);
  else element.setAttribute(key, value === true ? "" : String(value));
}

let lastId = 0;

/**
 * An id that no other element has, also with two explorers in one notebook.
 *
 * @param {string} stem
 */
export function freshId(stem) {
  lastId += 1;
  return `bn-${stem}-${lastId}`;
}

/** Whether moving things should be left out. */
export function stillness() {
  return globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? true;
}

/**
 * What is focused in the tree of an element, also where that is a shadow tree.
 *
 * @param {Element} element
 * @returns {HTMLElement | null}
 */
export const focusOf = (element) => /** @type {any} */ (element.getRootNode()).activeElement ?? null;

/**
 * Move an element to a place inside its frame, in pixels.
 *
 * @param {HTMLElement} element
 * @param {number} x
 * @param {number} y
 */
export function placeAt(element, x, y) {
  element.style.setProperty("left", `${x}px`);
  element.style.setProperty("top", `${y}px`);
  return element;
}

/** @param {HTMLElement | SVGElement} element @param {Props | null} props @param {(key: string, value: any) => void} otherwise */
function fill(element, props, otherwise) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key === "class") element.setAttribute("class", Array.isArray(value) ? value.filter(Boolean).join(" ") : value);
    else if (key === "text") element.textContent = value;
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (/^on[A-Z]/.test(key)) element.addEventListener(key.slice(2).toLowerCase(), value);
    else otherwise(key, value);
  }
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
const isThere = (child) => child !== null && child !== undefined && child !== false;
