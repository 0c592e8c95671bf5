// A small network as page data, with names and states that addresses and objects have other uses for.

const ODD = ["fever", "constructor", "__proto__", "a,b;c:d@e=f#g%h", "Größe ≥ 3", 'it\'s "so" & so'];
const STATES = ["no", "yes", "100 %"];

const table = (parents) => Array.from({ length: 3 ** parents.length }, () => [0.7, 0.2, 0.1]).flat();

/** Page data of six variables in a chain, one number for each. */
export function oddData() {
  const parents = ODD.map((_, v) => (v ? [v - 1] : []));
  return {
    network: { names: ODD, states: ODD.map(() => STATES), families: parents.map((p) => ({ parents: p, table: table(p) })) },
    model: { name: "odd", version: "1", digest: "0123456789abcdef" },
    variables: ODD.map((name) => ({
      name,
      label: name,
      states: STATES.map((state) => ({ name: state, label: state })),
      neutral: 0,
      default: null,
    })),
    diagnoses: [],
    vocabulary: { never: "never", always: "always", unspecific: "default", grave: "must_not_miss", grave_label: "", barely: 0.1 },
    start: { see: {}, do: {} },
    numbers: ODD.map((name) => ({ id: `${name}=yes | leak, or so`, variable: name, value: 0.2, low: 0.1, high: 0.3 })),
  };
}

/** A generator of random numbers from 0 to 1, the same ones on every run (mulberry32). */
export function randomNumbers(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
