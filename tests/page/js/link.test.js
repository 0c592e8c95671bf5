import assert from "node:assert/strict";
import { test } from "node:test";
import { caseFile, linkOf, readCase, readLink } from "../../../bayesnet/web/static/page/link.js";
import { oddData, randomNumbers } from "./data.js";

const LESSON = "a lesson: this, & that";
const steps = [0, 1].map((k) => ({
  start: { see: k ? { fever: "yes" } : {}, do: {} },
  watch: [["constructor", "Größe ≥ 3"][k], "100 %"],
  tab: ["people", ""][k],
}));
const data = { ...oddData(), lessons: [{ name: LESSON, steps }] };
const now = { target: "fever", targetState: "yes" };
const plain = (x) => JSON.parse(JSON.stringify(x));

/** Some variables seen in a state, some weighed, some set, some numbers changed. */
function randomScenario(random) {
  const pick = (items) => items[Math.floor(random() * items.length)];
  const [see, set, numbers] = [[], [], []];
  for (const { name, states } of data.variables) {
    const kind = random();
    const weights = () => Object.fromEntries(states.map((state) => [state.name, pick([0.5, 1, 1e-7, 12345.678])]));
    if (kind < 0.3) see.push([name, pick(states).name]);
    else if (kind < 0.5) see.push([name, weights()]);
    else if (kind < 0.7) set.push([name, pick(states).name]);
  }
  for (const { id } of data.numbers) if (random() < 0.3) numbers.push([id, random()]);
  return { see: Object.fromEntries(see), do: Object.fromEntries(set), numbers: Object.fromEntries(numbers) };
}

function randomState(random) {
  const pick = (items) => items[Math.floor(random() * items.length)];
  const count = pick([1, 2]);
  const { name, states } = pick(data.variables);
  return {
    scenarios: Array.from({ length: count }, () => randomScenario(random)),
    active: pick([...Array(count).keys()]),
    target: name,
    targetState: pick(states).name,
    picked: true,
    scale: pick(["log", "linear"]),
    tab: pick(["", "network", "a tab & more"]),
    lesson: pick([null, { name: LESSON, step: 0 }, { name: LESSON, step: 1 }]),
  };
}

test("an address and a file give back every state, whatever names it has", () => {
  const random = randomNumbers(1);
  for (let k = 0; k < 200; k++) {
    const state = randomState(random);
    const address = linkOf(state);
    const link = readLink(data, address, now);
    assert.deepEqual(plain(link), plain({ lost: [], state }));
    const file = readCase(data, JSON.stringify(caseFile(data, state)), now);
    assert.deepEqual(plain(file), plain({ lost: [], state, other: "" }));
    assert.match(address, /^#[\x21-\x7e]*$/);
    assert.doesNotMatch(address, /["<>\\^`{|}]/);
  }
});

test("a lesson alone opens its step: the case of its start, and what it watches", () => {
  const before = {
    ...now,
    scenarios: [{ see: { fever: "no" }, do: {}, numbers: {} }],
    active: 0,
    scale: "linear",
    tab: "network",
  };
  const opened = (step) => plain(readLink(data, `#lesson=${encodeURIComponent(LESSON)}${step}`, before));
  const first = { ...before, scenarios: [{ see: {}, do: {}, numbers: {} }], picked: true, lesson: { name: LESSON, step: 0 } };
  assert.deepEqual(opened(""), { lost: [], state: { ...first, target: "constructor", targetState: "100 %", tab: "people" } });
  const second = { ...first, scenarios: [{ see: { fever: "yes" }, do: {}, numbers: {} }], lesson: { name: LESSON, step: 1 } };
  assert.deepEqual(opened(":2"), { lost: [], state: { ...second, target: "Größe ≥ 3", targetState: "100 %" } });
});

test("a lesson or a step that the page does not have is named", () => {
  const before = { ...now, scenarios: [{}], active: 0 };
  for (const [hash, lost] of Object.entries({ "other:1": "lesson other", [`${encodeURIComponent(LESSON)}:3`]: "step 3" })) {
    const read = readLink(data, `#lesson=${hash}`, before);
    assert.deepEqual(read.lost, [lost]);
    assert.equal(read.state.lesson, null);
  }
});

test("an address without a case is no case", () => {
  for (const hash of ["", "#", "#top"]) assert.equal(readLink(data, hash, now), null);
});

test("a file that is no case is refused with its reason", () => {
  const refusals = {
    "{": "This file is not JSON. Expected a case saved from this page.",
    null: 'This file is not a saved case: it has no "format": "bayesnet-case/1".',
    '{"format": "bayesnet-case/1"}': "This case has no findings.",
    '{"format": "bayesnet-case/1", "scenarios": []}': "This case has no findings.",
    '{"format": "bayesnet-case/1", "scenarios": [null]}':
      "A scenario of this case is not an object with findings. Save it from the page again.",
  };
  for (const [text, message] of Object.entries(refusals)) assert.throws(() => readCase(data, text, now), { message });
});

test("no file leaves the page with a state that it cannot show", () => {
  const { id } = data.numbers[0];
  for (const active of ["constructor", "length", -1, 0.5, null, 7, {}]) {
    const text = JSON.stringify({ format: "bayesnet-case/1", scenarios: [{}], active, tab: {}, scale: [], target: { a: 1 } });
    const { state } = readCase(data, text, now);
    assert.equal(state.active, 0);
    assert.equal(state.tab, "");
    assert.equal(state.target, now.target);
  }
  for (const value of ["0.5", null, true, [0.5], {}]) {
    const text = JSON.stringify({ format: "bayesnet-case/1", scenarios: [{ numbers: { [id]: value } }] });
    assert.deepEqual(plain(readCase(data, text, now).state.scenarios[0].numbers), {});
  }
  const text = JSON.stringify({ format: "bayesnet-case/1", model: { digest: "abc" }, scenarios: [{}] });
  assert.equal(readCase(data, text, now).other, "another model");
});

test("no mutated address and no mutated file throws anything but a sentence, and what is read can be shown", () => {
  const random = randomNumbers(3);
  const pick = (items) => items[Math.floor(random() * items.length)];
  const parts = ["%", "%ff", "&", "=", ",", ":", "~", "#", "1e999", "-1", "NaN", "__proto__", "constructor", "null", '"', "{", "[", "]", "}", "ä"];
  const mutated = (text) => {
    let changed = text;
    for (let k = pick([1, 1, 2, 4]); k > 0; k--) {
      const at = Math.floor(random() * (changed.length + 1));
      const end = at + pick([0, 1, 1, 3, 30]);
      changed = pick([changed.slice(0, at) + changed.slice(end), changed.slice(0, at) + pick(parts) + changed.slice(end)]);
    }
    return changed;
  };
  const shown = (state) => {
    assert.match(linkOf(state), /^#[\x21-\x7e]*$/);
    assert.deepEqual(plain(readCase(data, JSON.stringify(caseFile(data, state)), now)), plain({ lost: [], state, other: "" }));
  };
  const counts = { address: 0, file: 0, refused: 0 };
  for (let k = 0; k < 3000; k++) {
    const state = randomState(random);
    const link = readLink(data, mutated(linkOf(state)), now);
    if (link) {
      counts.address++;
      shown(link.state);
    }
    try {
      const read = readCase(data, mutated(JSON.stringify(caseFile(data, state))), now);
      counts.file++;
      shown(read.state);
    } catch (error) {
      if (error.constructor !== Error) throw error;
      assert.match(error.message, /^[A-Z].*[.]$/);
      counts.refused++;
    }
  }
  assert.ok(Math.min(...Object.values(counts)) > 300, JSON.stringify(counts));
});

test("what does not fit the network is left out and named", () => {
  const scenario = {
    see: {
      fever: "yes",
      cough: "present",
      "Größe ≥ 3": "maybe",
      constructor: { yes: -1, no: 1 },
      'it\'s "so" & so': { yes: 0, no: 0 },
    },
    do: { fever: { yes: 1 }, "a,b;c:d@e=f#g%h": "no" },
    numbers: { "no such number": 0.5 },
  };
  const model = { name: "other", version: "2", digest: "abc" };
  const text = JSON.stringify({ format: "bayesnet-case/1", model, scenarios: [scenario], target: "cough" });
  const { state, lost, other } = readCase(data, text, now);
  assert.deepEqual(plain(state.scenarios), [{ see: { fever: "yes" }, do: { "a,b;c:d@e=f#g%h": "no" }, numbers: {} }]);
  assert.equal(state.target, now.target);
  assert.equal(state.targetState, now.targetState);
  assert.deepEqual(
    new Set(lost),
    new Set(["cough=present", "Größe ≥ 3=maybe", "constructor", 'it\'s "so" & so', "fever", "no such number", "cough"]),
  );
  assert.equal(other, "other 2");
});

test("what nobody picked is not in the address", () => {
  const state = { ...randomState(randomNumbers(2)), picked: false };
  assert.doesNotMatch(linkOf(state), /of=/);
  assert.equal(readLink(data, linkOf(state) || "#tab=why", now).state.picked, false);
});
