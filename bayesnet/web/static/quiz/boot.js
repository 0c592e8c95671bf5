// The saved quiz: reads its data and fills its body.

import { createQuiz } from "./quiz.js";

createQuiz(document.getElementById("quiz"), JSON.parse(document.getElementById("bayesnet-data").textContent));
