// Answers tests/node.py: one task a line of JSON in, one result a line of JSON out. Numbers that JSON does not have go out as texts.
//
// The first argument is the engine to test, as a file address; without one it is the engine beside the page.

import { createInterface } from "node:readline";
import { answer, compile, started } from "../../../bayesnet/web/static/engine.js";
import { advise, peelJob, statesOf } from "../../../bayesnet/web/static/page/advice.js";
import { carriedJob, kindsOf } from "../../../bayesnet/web/static/page/carried.js";
import { createCompute } from "../../../bayesnet/web/static/page/compute.js";
import { frequency, percent, ratio } from "../../../bayesnet/web/static/page/format.js";
import { markAnswer } from "../../../bayesnet/web/static/page/marking.js";
import { filled, valueOf } from "../../../bayesnet/web/static/page/lesson_values.js";
import { nextJob } from "../../../bayesnet/web/static/page/next.js";
import { withNumbers } from "../../../bayesnet/web/static/page/numbers.js";
import * as paths from "../../../bayesnet/web/static/page/paths.js";
import { requisite, sweepJob } from "../../../bayesnet/web/static/page/sweep.js";
import { whyJob } from "../../../bayesnet/web/static/page/why.js";
import { resultCode } from "../../../bayesnet/web/static/quiz/code.js";
import { createWords } from "../../../bayesnet/web/static/page/words.js";

const joined = process.argv[2] ? await import(process.argv[2]) : { answer, compile, started };
await Promise.all([started, joined.started]);

/** Run a job to its end, and count how often it yields. */
function whole(job, answers) {
  for (let count = 0; ; count++) {
    const { done, value } = job.next();
    if (done) return { ...value, yields: count, answers: answers() };
  }
}

/** A way to ask a network that counts its answers. */
function counted(network) {
  const engine = compile(network);
  let count = 0;
  return [(evidence) => (count++, answer(engine, evidence)), () => count, engine];
}

/** What a function returns, or the error it throws as a text. */
function caught(work) {
  try {
    return work();
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

const tasks = {
  engine: ({ network, cases, options }) =>
    caught(() => {
      const engine = joined.compile(network, options);
      // All are asked before any is read: what an answer leaves for later must survive the next question.
      const answers = cases.map((evidence) => joined.answer(engine, evidence));
      return answers.map(({ logProbability, posteriors, products }) => ({
        log: String(logProbability),
        posteriors: posteriors && posteriors.map((p) => [...p]),
        products,
      }));
    }),
  paths: ({ network, evidence, pairs }) =>
    pairs.map(([from, to]) => {
      const graph = paths.openGraph(network.families, evidence);
      return {
        separated: paths.separated(graph, from, to),
        connected: paths.connected(graph, from).has(to),
        path: paths.shortestOpen(graph, from, to),
        lit: [...paths.litArcs(graph, from, to)],
        open: [...paths.openArcs(graph, to)],
      };
    }),
  settled: ({ network, evidence, pairs }) =>
    pairs.map(([from, to]) => {
      const graph = paths.openGraph(network.families, evidence, from, paths.certainFamilies(network.families));
      return { separated: paths.separated(graph, from, to), path: paths.shortestOpen(graph, from, to) };
    }),
  blockers: ({ network, evidence, ways }) => ways.map((way) => paths.blocker(paths.openGraph(network.families, evidence), way)),
  why: ({ network, evidence, target, state, context, order, barely }) => {
    const [ask, answers] = counted(network);
    const job = whyJob(ask, network.families, evidence, { target, state, context: new Set(context), order, barely });
    return whole(job, answers);
  },
  carried: ({ data, scenario, target, state, barely }) => {
    const compute = createCompute(data, withNumbers);
    const [ask] = counted(data.network);
    const { families, names } = data.network;
    const context = new Set(data.variables.filter((one) => one.default).map(({ name }) => compute.index(name)));
    const order = Object.keys(scenario.see).map(compute.index);
    const asked = { target: compute.index(target), state, context, order, barely };
    const evidence = compute.evidenceOf(scenario);
    const certain = paths.certainFamilies(families);
    const job = carriedJob(ask, families, certain, evidence, asked, kindsOf(data));
    let step = job.next();
    while (!step.done) step = job.next();
    const words = createWords(data);
    const told = ([v, one]) => [names[v], { path: one.path.map((u) => names[u]), weight: one.weight, words: words.acts(one) }];
    return Object.fromEntries([...step.value].map(told));
  },
  next: ({ network, evidence, ...rest }) => {
    const [ask, answers, engine] = counted(network);
    return whole(nextJob(ask, evidence, { ...rest, cards: engine.cards, names: network.names }), answers);
  },
  advice: ({ network, evidence, decision }) => {
    const [ask, answers] = counted(network);
    const left = whole(peelJob(ask, evidence, decision), answers);
    const parts = [left[0], ...decision.excluded.map((_, k) => left[k + 1])];
    return { ...advise(decision, statesOf(parts)), answers: answers() };
  },
  numbers: ({ data, wanted }) =>
    wanted.map((numbers) =>
      caught(() => {
        const network = withNumbers(data, numbers);
        const same = network.families.map((family, v) => family === data.network.families[v]);
        return { families: network.families, same };
      }),
    ),
  sweep: ({ data, scenario, target, state }) => {
    const compute = createCompute(data, withNumbers);
    const evidence = compute.evidenceOf(scenario);
    const v = compute.index(target);
    const job = sweepJob(data, compute.networkFor(scenario), evidence, { target: v, state, kept: scenario.numbers });
    return { ...whole(job, () => 0), requisite: requisite(data.network.families, evidence, v) };
  },
  answers: ({ data, scenarios }) => {
    const compute = createCompute(data, withNumbers);
    return scenarios.map((scenario) => compute.answer(scenario));
  },
  lessons: ({ data }) => {
    const compute = createCompute(data, withNumbers);
    const context = { data, compute, words: createWords(data), intervals: { of: () => null } };
    const value = (quantity) => valueOf(context, quantity);
    return data.lessons.map(({ steps }) =>
      steps.map((step) => ({
        values: Object.fromEntries(Object.entries(step.quantities).map(([name, quantity]) => [name, value(quantity)])),
        right: step.guess?.right ? value(step.guess.right) : null,
        errors: (step.guess?.errors ?? []).map((error) => [error.name, value(error.value)]),
        texts: [step.text, step.after].map((text) => filled(context, step, text)),
      })),
    );
  },
  percentages: ({ values }) => values.map((p) => percent(p)),
  frequencies: ({ values, words }) => values.map((p) => frequency(p, words)),
  code: ({ fields }) => resultCode(fields),
  mark: ({ text, question, marking }) => markAnswer(text, question, marking),
  ratios: ({ values }) => values.map((x) => ratio(x)),
};

function plain(_key, value) {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return ArrayBuffer.isView(value) ? [...value] : value;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { task, ...given } = JSON.parse(line);
  let reply;
  try {
    reply = { value: tasks[task](given) };
  } catch (error) {
    reply = { thrown: error.stack };
  }
  process.stdout.write(`${JSON.stringify(reply, plain)}\n`);
}
