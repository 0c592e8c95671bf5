import assert from "node:assert/strict";
import { test } from "node:test";
import { readEntry } from "../../../bayesnet/web/static/page/entry.js";

const binary = (name, label) => ({
  name,
  label,
  states: [
    { name: "absent", label: "no" },
    { name: "present", label: "yes" },
  ],
  neutral: 0,
  default: null,
});
const graded = (name, label, states) => ({
  name,
  label,
  states: states.map((state) => ({ name: state, label: state.replaceAll("_", " ") })),
  neutral: null,
  default: null,
});
const data = {
  variables: [
    binary("fever", "Fever"),
    binary("vomiting", "Vomiting"),
    binary("night_pain", "Night pain"),
    binary("no_relief", "No relief at rest"),
    graded("age_group", "Age group", ["18-39", "40-59", "60-69", "70+"]),
    binary("female", "Female"),
    graded("esr_grade", "ESR", ["0-19", "20-49", "50-99", "100+"]),
    graded("setting", "Setting", ["primary_care", "emergency"]),
  ],
};
const seen = (text) => Object.fromEntries(readEntry(data, text).seen);

test("names, absences, numbers and states become findings", () => {
  assert.deepEqual(seen("fever, !vomiting, 66"), { fever: "present", vomiting: "absent", age_group: "60-69" });
  assert.deepEqual(seen("Night pain; no fever"), { night_pain: "present", fever: "absent" });
  assert.deepEqual(seen("fever=no, vomiting: yes, age = 82"), { fever: "absent", vomiting: "present", age_group: "70+" });
  assert.deepEqual(seen("emergency, night, ESR = 66"), { setting: "emergency", night_pain: "present", esr_grade: "50-99" });
});

test("a label that begins with no is a label", () => {
  assert.deepEqual(seen("no relief at rest"), { no_relief: "present" });
  assert.deepEqual(seen("!no_relief"), { no_relief: "absent" });
});

test("what means nothing here is given back", () => {
  assert.deepEqual(readEntry(data, "fever, cough, male, age group, 7, 6.6").lost, ["cough", "male", "age group", "7", "6.6"]);
  const two = { variables: [...data.variables, graded("age_at_onset", "Age at onset", ["0-49", "50+"])] };
  assert.deepEqual(readEntry(two, "fever, 66").lost, ["66"]);
});
