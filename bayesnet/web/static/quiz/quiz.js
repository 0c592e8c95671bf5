// The quiz: questions that are marked one by one, the score, and the result code.

/** @import { Marked, QuizData, QuizQuestion } from "../types.js" */

import { el, put, write } from "../page/dom.js";
import { markAnswer } from "../page/marking.js";
import { resultCode } from "./code.js";

/**
 * Fill an element with a quiz.
 *
 * @param {HTMLElement} root
 * @param {QuizData} data
 */
export function createQuiz(root, data) {
  const kept = createMemory(`bayesnet-quiz-${data.code.join(" ")}`);
  /** The answers that count: for each question the first that was right or wrong. */
  const answers = data.questions.map((_, i) => kept.read().answers?.[i] ?? "");
  const name = /** @type {HTMLInputElement} */ (
    el("input", { id: "name", type: "text", autocomplete: "name", maxlength: data.longest, value: kept.read().name ?? "" })
  );
  const score = el("p", { class: "score", role: "status" });
  const lines = el("ol", { class: "lines" });
  const code = /** @type {HTMLTextAreaElement} */ (
    el("textarea", { id: "code", readonly: true, rows: 4, "aria-describedby": "about-code", onFocus: () => code.select() })
  );
  const copied = el("span", { role: "status" });
  const copy = el("button", { type: "button", text: "Copy the code", onClick: async () => write(copied, await copyText(code)) });

  const update = () => {
    kept.write({ name: name.value, answers });
    const marks = answers.map((answer, i) => (answer ? markAnswer(answer, data.questions[i], data.marking) : null));
    const right = marks.filter((mark) => mark?.verdict === "right").length;
    const given = marks.filter(Boolean).length;
    write(score, `${given} of ${answers.length} answered, ${right} right`);
    put(lines, ...marks.map((mark, i) => el("li", null, answers[i] ? `${answers[i]}: ${summary(mark)}` : "no answer yet")));
    code.value = given ? resultCode([...data.code, name.value.trim(), answers]) : "";
    code.placeholder = "Answer a question first.";
    copy.disabled = !given;
    write(copied, "");
  };
  name.addEventListener("input", update);

  const questions = data.questions.map((question, i) =>
    questionView(data, question, i, answers[i], (text) => {
      answers[i] = text;
      update();
    }),
  );
  put(
    root,
    el(
      "header",
      null,
      el("h1", { text: `Quiz: ${data.title}` }),
      el("p", { class: "made", text: `Made from ${data.made}.` }),
      el("p", { class: "warning", text: data.warning }),
      el("p", {
        text:
          "The first answer to a question that is right or wrong counts. After it you may try again, and see how it is worked out. " +
          "An answer that is close, or that cannot be read, does not count.",
      }),
      el("label", { for: "name", text: "Your name" }),
      name,
    ),
    score,
    el("main", null, ...questions, resultView(lines, code, copy, copied), sourcesView(data)),
  );
  update();
}

/**
 * One question with its form, verdict and solution.
 *
 * @param {QuizData} data
 * @param {QuizQuestion} question
 * @param {number} i
 * @param {string} before The answer that counts already, when a page is loaded again.
 * @param {(text: string) => void} count
 */
function questionView(data, question, i, before, count) {
  const id = `question-${i + 1}`;
  let counted = Boolean(before);
  const verdict = el("p", { class: "verdict", role: "status", id: `${id}-verdict` });
  const solution = el(
    "details",
    { class: "solution", hidden: true },
    el("summary", { text: "How it is worked out" }),
    el("p", null, el("strong", { text: `Answer: ${question.shown}.` })),
    ...question.solution.map((line) => el("p", { text: line })),
    question.citations.length ? el("h3", { text: "Numbers used" }) : null,
    el("ul", null, ...question.citations.map((line) => el("li", { text: line }))),
  );
  const described = `${id}-how ${id}-verdict`;
  const typed = question.choices.length
    ? null
    : el("input", {
        id: `${id}-answer`,
        type: "text",
        autocomplete: "off",
        maxlength: data.longest,
        "aria-describedby": described,
      });
  const field = typed
    ? [el("label", { for: `${id}-answer`, text: "Your answer" }), typed]
    : [
        el(
          "fieldset",
          { "aria-describedby": `${id}-verdict` },
          el("legend", { text: "Your answer" }),
          ...question.choices.map((choice) =>
            el("label", null, el("input", { type: "radio", name: id, value: choice }), ` ${choice}`),
          ),
        ),
      ];
  const form = el(
    "form",
    { autocomplete: "off", onSubmit: check },
    ...field,
    el("button", { type: "submit", text: "Check" }),
    typed ? el("p", { class: "how", id: `${id}-how`, text: question.how }) : null,
    verdict,
    solution,
  );
  const section = el(
    "section",
    { "aria-labelledby": id },
    el("h2", { id }, `Question ${i + 1} `, el("span", { class: "level", text: question.level })),
    ...question.lines.map((line) => el("p", { text: line })),
    form,
  );
  if (before) show(markAnswer(before, question, data.marking), before);
  return section;

  /** @param {Event} event */
  function check(event) {
    event.preventDefault();
    const text = typed ? typed.value : String(new FormData(form).get(id) ?? "");
    const marked = markAnswer(text, question, data.marking);
    if (!counted && (marked.verdict === "right" || marked.verdict === "wrong")) {
      counted = true;
      count(text.trim());
    }
    show(marked, "");
  }

  /** @param {Marked} marked @param {string} again An answer from before the page was loaded again. */
  function show(marked, again) {
    section.dataset.verdict = marked.verdict;
    verdict.dataset.verdict = marked.verdict;
    write(verdict, again ? `Your answer was ${again}. ${marked.message}` : marked.message);
    solution.hidden = !counted;
    if (marked.verdict === "right") solution.open = true;
  }
}

/** @param {HTMLElement} lines @param {HTMLElement} code @param {HTMLElement} copy @param {HTMLElement} copied */
function resultView(lines, code, copy, copied) {
  return el(
    "section",
    { class: "result", "aria-labelledby": "result" },
    el("h2", { id: "result", text: "Result" }),
    lines,
    el("label", { for: "code", text: "Result code for your teacher" }),
    code,
    copy,
    " ",
    copied,
    el("p", {
      id: "about-code",
      class: "how",
      text: "The code holds your name and your answers; anybody can read them from it. Your teacher's computer marks them again.",
    }),
  );
}

/** @param {QuizData} data */
function sourcesView({ literature }) {
  return el(
    "details",
    { class: "literature" },
    el("summary", { text: "Literature on these questions and errors" }),
    el("ul", null, ...literature.map((line) => el("li", { text: line }))),
  );
}

/** @param {Marked} marked */
const summary = ({ verdict, error }) => (verdict === "right" ? "right" : (error ?? "not right"));

/** @param {HTMLTextAreaElement} area */
async function copyText(area) {
  try {
    await navigator.clipboard.writeText(area.value);
    return "Copied.";
  } catch {
    area.select();
    return document.execCommand("copy") ? "Copied." : "Press Ctrl+C, or Command+C, to copy it.";
  }
}

/**
 * What the tab keeps when it is loaded again, where it may keep anything.
 *
 * @param {string} key
 */
function createMemory(key) {
  /** @type {{ name?: string, answers?: string[] }} */
  let last = {};
  try {
    last = JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    // No storage, or not ours: the quiz begins anew.
  }
  return {
    read: () => last,
    /** @param {{ name: string, answers: string[] }} state */
    write(state) {
      try {
        sessionStorage.setItem(key, JSON.stringify(state));
      } catch {
        // The quiz works without.
      }
    },
  };
}
