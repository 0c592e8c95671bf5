// Work that must not hold up a click: it begins after the page was painted, runs in short slices, and ends with the next click.

const SLICE = 8;

/**
 * A place for one job at a time. `start(job, done)` drops the job before it and runs `job`, a generator; `done(result)` is called at
 * its end, where it is given. `stop()` drops it without a word.
 *
 * @param {{ paint?: (callback: () => void) => void; now?: () => number; slice?: number }} [options]
 */
export function createLater({ paint = afterPaint, now = () => performance.now(), slice = SLICE } = {}) {
  /** @type {object | null} */
  let current = null;
  /** @param {object} token @param {Iterator<unknown>} job @param {(result: any) => void} done */
  const run = (token, job, done) => {
    if (token !== current) return;
    const end = now() + slice;
    do {
      const step = job.next();
      if (!step.done) continue;
      current = null;
      done(step.value);
      return;
    } while (now() < end);
    // A timer, not a promise: clicks that wait are served first.
    setTimeout(run, 0, token, job, done);
  };
  return {
    /** @param {Iterator<unknown>} job @param {(result: any) => void} [done] */
    start(job, done = () => {}) {
      const token = {};
      current = token;
      paint(() => run(token, job, done));
    },
    stop() {
      current = null;
    },
    get busy() {
      return current !== null;
    },
  };
}

/**
 * Call back once the next frame is on the screen; in a page that is not shown, soon.
 *
 * @param {() => void} callback
 */
function afterPaint(callback) {
  if (globalThis.document?.visibilityState === "visible") requestAnimationFrame(() => setTimeout(callback, 0));
  else setTimeout(callback, 0);
}
