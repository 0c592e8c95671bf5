// A publication in words, and the address at which it is found. Nothing is loaded: an address is a link that the reader may follow.

import { el } from "./dom.js";

/** @import { Source } from "../types.js" */

/**
 * Authors, year, title, journal and where to find it.
 *
 * @param {Source} source
 */
export function citation(source) {
  return [inWords(source), ...addresses(source).flatMap(([name, href]) => [" ", away(name, href)])];
}

/** @param {Source} source */
export const inWords = ({ authors, year, title, journal }) =>
  [year ? `${authors} (${year}).` : `${authors}.`, title && `${title}.`, journal && `${journal}.`]
    .filter(Boolean)
    .join(" ")
    .replaceAll("..", ".");

/**
 * Author and year, as a link to the paper if it has an address.
 *
 * @param {Source} source
 */
export function shortCitation(source) {
  const [first] = addresses(source);
  return first ? away(source.short, first[1]) : source.short;
}

/**
 * Names and addresses: DOI, PubMed, or else the page.
 *
 * @param {Source} source
 * @returns {[name: string, href: string][]}
 */
export function addresses({ doi, pmid, url }) {
  /** @type {[string, string][]} */
  const found = [];
  if (doi) found.push([`doi:${doi}`, `https://doi.org/${encodeURI(doi)}`]);
  if (pmid) found.push([`PMID ${pmid}`, `https://pubmed.ncbi.nlm.nih.gov/${encodeURIComponent(pmid)}/`]);
  if (!found.length && /^https?:\/\//.test(url ?? "")) found.push([url, url]);
  return found;
}

/** @param {string} text @param {string} href */
const away = (text, href) => el("a", { href, rel: "noreferrer noopener", target: "_blank", text });
