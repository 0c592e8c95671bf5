import assert from "node:assert/strict";
import { test } from "node:test";
import { addresses, inWords } from "../../../bayesnet/web/static/page/citation.js";
import { disputeOf, disputeText, formAddress } from "../../../bayesnet/web/static/page/dispute.js";

const data = {
  model: { name: "clinic", version: "0.2.0", digest: "0123456789abcdef" },
  sources: { doe2001: { short: "Doe 2001", authors: "Doe J", year: 2001, title: "Fever", journal: "J Fever", doi: "10.1/a<b>" } },
};
const number = {
  id: "fever=present | flu=present",
  value: 0.45,
  low: 0.3,
  high: 0.6,
  range: "95 % confidence interval",
  grade: "cohort",
  place: "table 2; 45 of 100",
  source: "doe2001",
};
const dispute = {
  number,
  mine: 0.6,
  known: "Fever: yes",
  effect: "With 0.6, Flu: 40 % in place of 30 %.",
  link: "page.html#num=x",
};

test("a report names the number, what the model has, the reader's value, what it does, and the link", () => {
  const text = disputeText(disputeOf(data, dispute));
  for (const part of [
    number.id,
    "0.45, range 0.3 to 0.6 (95 % confidence interval)",
    "Doe J (2001). Fever. J Fever.",
    "doi:10.1/a<b>",
    number.place,
    "digest 01234567",
    "My value: 0.6",
    dispute.effect,
    dispute.link,
  ])
    assert.ok(text.includes(part), part);
  assert.deepEqual(text.match(/^### .*/gm).slice(0, 2), ["### Which number", "### What the model says"]);
});

test("without a value of the reader's own the report claims none, and a judged number has no publication", () => {
  const fields = disputeOf(data, { ...dispute, number: { ...number, source: "" }, mine: number.value });
  assert.equal(fields.literature, "");
  assert.ok(!fields.now.includes("Doe"));
});

test("the form is opened with every field filled in", () => {
  const fields = disputeOf(data, dispute);
  const address = new URL(formAddress("https://forge.example/me/bayesnet/issues", fields));
  assert.equal(address.pathname, "/me/bayesnet/issues/new");
  assert.deepEqual(Object.fromEntries(address.searchParams), { template: "1-number.yml", ...fields });
});

test("a publication is found by DOI and PubMed number, else by its page, and only if that is a web address", () => {
  assert.deepEqual(
    addresses({ doi: "10.1/x", pmid: "7" }).map(([, href]) => href),
    ["https://doi.org/10.1/x", "https://pubmed.ncbi.nlm.nih.gov/7/"],
  );
  assert.deepEqual(addresses({ url: "https://a.example" }), [["https://a.example", "https://a.example"]]);
  assert.deepEqual(addresses({ url: "javascript:alert(1)" }), []);
  assert.equal(inWords({ authors: "Doe J.", year: null, title: "A." }), "Doe J. A.");
});
