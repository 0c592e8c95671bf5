// The types of the page: the data that Python writes into it (bayesnet/web/pagedata.py), its state, and what its views are given.
// Read by the type checker and by people; no page loads this file.

export type Vector = ArrayLike<number> & Iterable<number>;

// The data

export interface PageData {
  format: string;
  network: Network;
  model: ModelRecord;
  variables: Variable[];
  diagnoses: string[];
  start: Partial<Scenario>;
  vocabulary: Vocabulary;
  /** The groups of the variables in display order. */
  roles?: { name: string; label: string; closed: boolean }[];
  examples?: Example[];
  layout?: Layout;
  /** Positions of the variables that can be asked next. */
  askable?: number[];
  decision?: Decision;
  costs?: Costs;
  numbers?: NumberRecord[];
  gates?: (Gate | null)[];
  sources?: Record<string, Source>;
  draws?: Draws;
  lessons?: LessonRecord[];
  /** The lesson that the page opens with; none when empty. */
  lesson?: string;
  marking?: Marking;
}

/** A number that a lesson speaks of: a formula over P(wanted | given); see page/lesson_values.js. */
export interface Quantity {
  formula: string;
  of: { wanted: Scenario["see"]; given: Pick<Scenario, "see" | "do"> }[];
}

/** A known error; `value` is null where a choice makes it. */
export interface NamedError {
  name: string;
  why: string;
  hint: string;
  value: Quantity | null;
}

/** What must hold: a quantity, a sign, a factor, and a quantity or nothing. */
export type Comparison = [left: string, sign: "<" | ">" | "=", factor: number, right: string];

export interface Guess {
  question: string;
  slider: "" | "percent" | "frequency";
  right: Quantity | null;
  errors: NamedError[];
  choices: { text: string; when: Comparison[]; error: NamedError | null }[];
}

export interface LessonStep {
  text: string;
  start: Pick<Scenario, "see" | "do">;
  click: Pick<Scenario, "see" | "do">[];
  watch: [variable: string, state: string];
  tab: string;
  guess: Guess | null;
  after: string;
  quantities: Record<string, Quantity>;
}

export interface LessonRecord {
  name: string;
  title: string;
  minutes: number;
  teaches: string;
  evidence: { study: string; use: string }[];
  steps: LessonStep[];
}

/** Draws of the numbers, a byte for each number and draw; see bayesnet/web/pagedraws.py. */
export interface Draws {
  count: number;
  numbers: number[];
  from: number[];
  to: number[];
  log: number[];
  codes: string;
}

/** The least and the greatest of the middle 95 % of the draws. */
export type Interval = [number, number];

/** The intervals of a scenario once they are computed; `listen` calls back with each new one. */
export interface Intervals {
  of(scenario: Scenario, variable: number, state: number): Interval | null;
  readonly busy: boolean;
  listen(callback: () => void): void;
  update(view: View): void;
  destroy(): void;
}

export interface Network {
  names: string[];
  states: string[][];
  families: Family[];
}

/** P(variable | parents): a `table` with the variable's states last, or a noisy gate by `order`, `leak` and one of `links` per parent. */
export interface Family {
  parents: number[];
  table?: number[];
  order?: number[];
  leak?: number[];
  links?: number[][];
}

export interface ModelRecord {
  name: string;
  title: string;
  version: string;
  digest: string;
  issues?: string;
  description: string;
  warning: string;
  population: string;
  citation: string;
  /** The variable that the page asks about first; empty where the model says none. */
  asks: string;
}

export interface VariableState {
  name: string;
  label: string;
}

export interface Variable {
  name: string;
  label: string;
  /** The label as it is written inside a sentence. */
  inside: string;
  states: VariableState[];
  /** Position of the state in which there is nothing to find. */
  neutral: number | null;
  /** The state that is assumed where nothing is stated. */
  default: string | null;
  meaning?: string;
  role?: string;
  group?: string;
  unit?: string;
  cutoff?: string;
  note?: string;
  /** The causes of a diagnosis that is a consequence. */
  consequence_of?: string[];
}

/** Words and limits that the page shares with Python (bayesnet/web/pagewords.py). */
export interface Vocabulary {
  never: string;
  always: string;
  unspecific: string;
  grave: string;
  grave_label: string;
  barely: number;
}

/** The words, patterns and limits of the marker; see bayesnet/teach/marking.py. */
export interface Marking {
  patterns: Record<string, string>;
  messages: Record<
    | "empty"
    | "right"
    | "close"
    | "figure"
    | "wrong"
    | "named"
    | "unreadable"
    | "word"
    | "outside"
    | "percent_sign"
    | "odds"
    | "decimal",
    string
  >;
  names: Record<"percent_sign" | "odds" | "decimal", string>;
  times: [factor: number, words: string][];
  longest: number;
  relative: number;
  point: number;
  point_from: number;
  close: number;
}

/** What is right, a number, several or a name, and what known errors give instead. */
export interface MarkedQuestion {
  right: number | number[] | string;
  wrong?: { value: number | string; name: string; why?: string }[];
  /** How far a right number may be off; a rounding to two figures, or half a percentage point, without it. */
  tolerance?: number;
  /** Whether the right number is a probability; it is, without it. */
  probability?: boolean;
  /** A sentence for a wrong answer that no known error gives. */
  hint?: string;
}

/** The data of a quiz; see bayesnet/teach/exercises/quiz.py. */
export interface QuizData {
  title: string;
  made: string;
  warning: string;
  questions: QuizQuestion[];
  /** The fields of a result code that do not depend on the answers. */
  code: unknown[];
  marking: Marking;
  longest: number;
  literature: string[];
}

export interface QuizQuestion extends MarkedQuestion {
  level: string;
  lines: string[];
  how: string;
  /** The answers to choose from; empty where the answer is typed. */
  choices: string[];
  /** The answer in words. */
  shown: string;
  solution: string[];
  citations: string[];
}

export interface Marked {
  verdict: "right" | "close" | "wrong" | "unreadable";
  error: string | null;
  message: string;
}

export interface Example {
  title: string;
  text: string;
  see: Scenario["see"];
  do: Scenario["do"];
}

/** Parent, child, strength (null where unknown) and sign (1 raises, -1 lowers, 0 either). */
export type Arc = [parent: number, child: number, strength: number | null, sign: number];

export interface Layout {
  columns: { heading: string | null; variables: number[] }[];
  arcs: Arc[];
}

export interface NumberRecord {
  id: string;
  value: number;
  low: number;
  high: number;
  range: string;
  grade: string;
  variable: string;
  source?: string;
  place?: string;
  population?: string;
  reason?: string;
  known?: string;
  note?: string;
  /** The keys of further publications whose figures enter it. */
  others?: string[];
}

/** How a family is made of numbers; see page/numbers.js. */
export interface Gate {
  kind: "table" | "noisy" | "odds";
  columns?: number[][];
  slots?: [parent: number, state: number][];
  target?: number;
  baseline?: number;
  ratios?: [number: number, parent: number, state: number][];
}

export interface Source {
  short: string;
  authors?: string;
  year?: number;
  title?: string;
  journal?: string;
  doi?: string;
  pmid?: string;
  url?: string;
}

export interface Utility {
  id: string;
  value: number;
  low: number;
  high: number;
  grade: string;
  source: string;
}

/** Likelihoods of zeros and ones by position. */
export type Box = Record<string, number[]>;

export interface Decision {
  title: string;
  unit: string;
  warning: string;
  digest: string;
  states: VariableState[];
  options: VariableState[];
  utilities: Utility[];
  money: { unit: string; value: number } | null;
  before: number[];
  excluded: Box[][];
}

export interface Cost {
  label: string;
  value: number;
  low: number;
  high: number;
  unit: string;
  burden: string;
  cited: string;
}

export interface Costs {
  unit: string;
  tests: Record<string, Cost>;
  by_variable: Record<string, string>;
}

// The state

/** A finding: the state that was seen, or a weight for each state. */
export type Seen = string | Record<string, number>;

export interface Scenario {
  see: Record<string, Seen>;
  do: Record<string, string>;
  numbers: Record<string, number>;
}

export type Scale = "log" | "linear";

export interface State {
  scenarios: Scenario[];
  active: number;
  target: string;
  targetState: string;
  /** Whether somebody chose the target; otherwise the page does. */
  picked: boolean;
  scale: Scale;
  tab: string;
  lesson: Lesson | null;
}

/** A step of a lesson; the first is 0. */
export interface Lesson {
  name: string;
  step: number;
}

/** What can be done to the state; see `createStore`. */
export interface Action {
  type: string;
  variable?: string;
  state?: any;
  value?: any;
  id?: string;
  scenario?: Partial<Scenario>;
  on?: boolean;
  index?: number;
  scale?: Scale;
  tab?: string;
  lesson?: Lesson | null;
}

export interface Store {
  readonly state: State;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  subscribe(listener: (state: State, action: Action) => void): () => void;
  dispatch(action: Action): void;
}

// Answers

/** By position of the variable: a weight for each state, and the state that is set. */
export interface Evidence {
  likelihoods: Record<string, number[]>;
  interventions: Record<string, number>;
}

export interface Answer {
  logProbability: number;
  posteriors: Float64Array[] | null;
  products?: number;
  /** Why there is no answer, where the evidence is too wide. */
  refused?: string;
}

export type Ask = (evidence: Evidence) => Answer;

export type Compute = ReturnType<typeof import("./page/compute.js").createCompute>;

export type Words = ReturnType<typeof import("./page/words.js").createWords>;

// The views

export interface Shown {
  scenario: Scenario;
  answer: Answer;
  prior: Answer;
}

/** What every view is given: the state, the active scenario with its answer, and the other one where two are compared. */
export interface View extends Shown {
  state: State;
  other: Shown | null;
}

/** What every view is made with. */
export interface Context {
  data: PageData;
  store: Store;
  compute: Compute;
  words: Words;
  intervals: Intervals;
  /** Read a text aloud. */
  announce(text: string): void;
  /** Show a message until it is dismissed. */
  tell(text: string): void;
  /** The address of the case; empty in a notebook. */
  link(): string;
  focusSearch?(): void;
  fallbackFocus?(): HTMLElement | null;
}

/** A part of the page. */
export interface Part {
  element: HTMLElement;
  update(view: View): void;
}

/** One thing that is known, set or assumed of a case, in words. */
export interface Known {
  variable: string;
  kind: "see" | "do" | "assumed";
  text: string;
}

/** One thing that has a bar. */
export interface Line {
  key: string;
  name: string;
  state: string;
  label: string;
}

/** Which variables an open path joins; see `openGraph`. */
export interface OpenGraph {
  parents: number[][];
  children: number[][];
  known: Set<number>;
  cut: Set<number>;
  opened: Set<number>;
}

/** The weight of evidence of one finding; see `whyJob`. */
export interface Impact {
  variable: number;
  nats: number;
  ratio: number;
  decibans: number;
  verdict: Verdict;
  separated: boolean;
  step: number;
  after: number;
}

/**
 * How a finding acts: its strongest path; by which other cause, or `beside` that path as one itself; which findings both would
 * explain.
 */
export interface Carried {
  path: number[];
  weight: number;
  rival: number | null;
  beside: boolean;
  shared: number[];
}

export type Verdict = "for" | "against" | "uninformative";

export interface Why {
  prior: number;
  posterior: number;
  nats: number;
  impacts: Impact[];
}

/** One result of a test that could be done next; see `nextJob`. */
export interface Outcome {
  state: number;
  probability: number;
  after: number;
  advised: number | null;
}

export interface NextTest {
  variable: number;
  bits: number;
  change: number;
  outcomes: Outcome[];
  cost: Cost | null;
  value: number;
  net: number;
}

export interface NextTests {
  now: number;
  entropy: number;
  tests: NextTest[];
}

/** What remains as states of the decision are excluded; see `peelJob`. */
export type Remainder = { weight: number; posteriors: Float64Array[] }[][];

export interface Advice {
  best: number;
  lead: number;
  options: { option: number; expected: number; behind: number }[];
  states: number[];
  evpi: number;
  thresholds: [from: number, upto: number, option: number][][];
  turning: { utility: number; width: number; ends: { lead: number; option: number }[] }[];
}

/** Where one number takes the answer; see `sweepJob`. Only `id` for a number that does not move it. */
export interface SweepLine {
  id: string;
  low?: number;
  high?: number;
  atLow?: number;
  atHigh?: number;
  width?: number;
}

export interface Sweep {
  now: number;
  lines: SweepLine[];
  count: number;
}

export interface Place {
  x: number;
  y: number;
}

/** How the arcs of the drawing take part; see `arcStates`. */
export interface Marks {
  states: Map<string, string>;
  apart: Set<number>;
  silent: Set<number>;
}

/** A job that yields between answers. */
export type Job<T> = Generator<unknown, T, unknown>;

// Elements

/** What an element is given; see `el` in page/dom.js. */
export interface Props {
  onClick?: (event: MouseEvent) => unknown;
  onKeydown?: (event: KeyboardEvent) => unknown;
  onChange?: (event: Event) => unknown;
  onInput?: (event: Event) => unknown;
  [key: string]: any;
}

/** What an element holds: nodes and texts, and what is left out where it is not there. */
export type Child = Node | string | number | false | null | undefined | Child[];

// The engine

/** A family as `compile` prepares it: `numbers` are all of it, the rest are parts of these; `certain` where all are 0 or 1. */
export interface EngineFamily {
  parents: number[];
  certain: boolean;
  numbers: Float64Array;
  table?: Float64Array;
  order?: number[];
  rank?: number[];
  leak?: Float64Array;
  links?: Float64Array[][];
}

/** Where the numbers of a family go: from `base` on its own in the order of `entry`, then sums of some
 * of these, from `derived` on (-1: no gate). */
export interface NumberLayout {
  base: number;
  entry: number[];
  sums: [from: number, to: number][];
  derived: number;
}

/** A network without its numbers, as the kernel reads it; `places` are those of the states. */
export interface Structure {
  packed: Int32Array;
  places: number[][];
  layouts: NumberLayout[];
  size: number;
}

export interface Engine {
  n: number;
  network: Network;
  names: string[];
  cards: number[];
  families: EngineFamily[];
  children: number[][];
  topological: number[];
  place: number[];
  structure: Structure;
  values: Float64Array;
  maxCells: number;
  maxProducts: number;
  /** What an answer begins with; null: as much as one plan gives. */
  first: number[] | null;
}

/** What the evidence says of each variable; see `read` in evidence.js. */
export interface Reading {
  log: number;
  possible: boolean;
  changed: number[];
  fixed: Int32Array;
  like: (Float64Array | null)[];
  cut: Uint8Array;
  settled: Uint8Array;
}

/** Likelihoods of one more run of a plan, by variable, and what their probability counts; see barren.js. */
export interface Lane {
  weight: number;
  vectors: Map<number, Float64Array>;
  probability?: number;
}

/** What one of several engines answers; see `answerColumns` in engine.js. */
export interface Column {
  logProbability: number;
  posteriors: Map<number, Float64Array> | null;
}

/** The arrays of a run of some columns, as places in the memory of the kernel. */
export interface RunSpace {
  index: number;
  soft: number;
  powers: number;
  work: number;
}

/** A question as the kernel has it in its memory: how much there is of what, where it lies, and the plan. */
export interface Asked {
  engine: Engine;
  known: Reading;
  counts: { axes: number; factors: number; unary: number; vectors: number; entries: number; cells: number; answers: number };
  at: { ids: number; begin: number; ends: number; unary: number; distance: number; which: number; ptr: number } & {
    [other: string]: number;
  };
  plan: Record<string, number>;
  numbers: number;
  wide: number;
  products: number;
  top: number;
  spaces: Record<number, RunSpace>;
}
