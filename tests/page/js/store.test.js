import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../bayesnet/web/static/page/store.js";
import { oddData } from "./data.js";

function frozen(x) {
  if (!x || typeof x !== "object") return x;
  Object.values(x).forEach(frozen);
  return Object.freeze(x);
}

/** A copy with ordinary prototypes, so that it can be compared. */
const plain = (x) => JSON.parse(JSON.stringify(x));

/** A store with every state it has had; each is frozen, so that a change of an old one throws. */
function recorded() {
  const store = createStore(oddData());
  const states = [frozen(store.state)];
  const step = (action) => {
    store.dispatch(action);
    states.push(frozen(store.state));
    return plain(store.state.scenarios);
  };
  return { store, states, step };
}

test("seeing a variable replaces setting it, and the other way round", () => {
  const { step } = recorded();
  const [seen] = step({ type: "see", variable: "fever", value: "yes" });
  assert.deepEqual([seen.see, seen.do], [{ fever: "yes" }, {}]);
  const [set] = step({ type: "do", variable: "fever", value: "no" });
  assert.deepEqual([set.see, set.do], [{}, { fever: "no" }]);
  const [again] = step({ type: "see", variable: "fever", value: "yes" });
  assert.deepEqual([again.see, again.do], [{ fever: "yes" }, {}]);
});

test("a comparison begins with two equal scenarios, and what is changed is the active one", () => {
  const { step } = recorded();
  step({ type: "see", variable: "fever", value: "yes" });
  assert.deepEqual(
    step({ type: "compare", on: true }).map(({ see }) => see),
    [{ fever: "yes" }, { fever: "yes" }],
  );
  step({ type: "see", variable: "constructor", value: "no" });
  step({ type: "active", index: 0 });
  assert.deepEqual(
    step({ type: "load", scenario: { see: { __proto__x: "yes" } } }).map(({ see }) => see),
    [{ __proto__x: "yes" }, { fever: "yes", constructor: "no" }],
  );
  assert.equal(step({ type: "compare", on: false }).length, 1);
});

test("undo all the way gives the first scenarios, redo the last; the scale is not undone", () => {
  const { store, states, step } = recorded();
  step({ type: "see", variable: "fever", value: "yes" });
  step({ type: "do", variable: "fever", value: "no" });
  step({ type: "scale", scale: "linear" });
  step({ type: "compare", on: true });
  step({ type: "see", variable: "constructor", value: "no" });
  step({ type: "reset" });
  const last = store.state;
  let count = 0;
  for (; store.canUndo && count < 100; count++) store.dispatch({ type: "undo" });
  assert.equal(count, 5);
  assert.deepEqual(plain(store.state), { ...plain(states[0]), scale: "linear" });
  while (store.canRedo) store.dispatch({ type: "redo" });
  assert.deepEqual(plain(store.state), plain(last));
});

test("an action that changes nothing leaves the state and the undo list as they are", () => {
  const { store, step } = recorded();
  step({ type: "see", variable: "fever", value: "yes" });
  const before = store.state;
  step({ type: "see", variable: "constructor", value: null });
  step({ type: "see", variable: "fever", value: "yes" });
  assert.equal(store.state, before);
  store.dispatch({ type: "undo" });
  assert.equal(store.canUndo, false);
});

test("an unknown action is refused", () => {
  const { store } = recorded();
  assert.throws(() => store.dispatch({ type: "nothing" }), new RangeError('No action "nothing".'));
});
