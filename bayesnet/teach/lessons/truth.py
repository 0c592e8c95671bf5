"""Checks the sentences of a lesson against the network: what must hold, which choice is right, which errors can be told apart."""

from __future__ import annotations

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.errors import BayesnetError
from bayesnet.model.side_files import Document
from bayesnet.teach.exercises.known import apart
from bayesnet.teach.lessons.lesson import Guess, LessonStep, Requirement


def check_step(compiled: CompiledModel, document: Document, where: str, step: LessonStep) -> None:
    """Report what the sentences of a step take for true and the network does not."""
    values = _Values(compiled, step)
    try:
        for one in step.holds:
            if not values.hold(one):
                way_out = "change the sentence, and what it takes for true"
                document.report(where, f'"{one.text}" does not hold', got=values.told(one.left, one.right), way_out=way_out)
        if step.guess:
            _check_choices(document, f"{where}, guess", step.guess, values)
            _check_errors(compiled, document, f"{where}, guess", step.guess)
    except BayesnetError as error:
        document.report(where, str(error))


class _Values:
    """The values of the quantities of a step, each worked out once."""

    def __init__(self, compiled: CompiledModel, step: LessonStep) -> None:
        self.compiled, self.step, self.known = compiled, step, dict[str, float]()

    def hold(self, comparison: Requirement) -> bool:
        """Return whether a comparison holds."""
        for name in filter(None, (comparison.left, comparison.right)):
            if name not in self.known:
                self.known[name] = self.step.quantities[name].value(self.compiled)
        return comparison.holds(self.known)

    def told(self, *names: str) -> str:
        """Return values in words."""
        return ", ".join(f"{name} is {self.known[name]:.4g}" for name in names if name)


def _check_choices(document: Document, where: str, guess: Guess, values: _Values) -> None:
    right = [choice for choice in guess.choices if choice.when and all(values.hold(one) for one in choice.when)]
    if guess.choices and len(right) != 1:
        what = f"{len(right)} of its choices are right"
        document.report(where, what, got=values.told(*values.known), expected="exactly one")


def _check_errors(compiled: CompiledModel, document: Document, where: str, guess: Guess) -> None:
    exact = guess.asked.right.value(compiled) if guess.errors else 0.0
    for error in guess.errors:
        if error.value and not apart(error.value.value(compiled), exact, 1.0):
            document.report(where, f'the error "{error.name}" gives the right answer, {exact:.3g}', way_out="leave it out")
