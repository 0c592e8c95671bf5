"""The words of a model: labels, the words for what a person is, and the aliases of words.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bayesnet.errors import BayesnetError, PatternError, Problem, UnknownVariable, listed, said
from bayesnet.model.find import WORDS_FILE
from bayesnet.model.records import Alias, Model
from bayesnet.pattern import Meaning, Term, Word, Words, fold, parse_findings, resolve


def words_of(model: Model) -> Words:
    """Return the look-up from what people type to the variables and states of a model.

    >>> from bayesnet.model import load_model
    >>> words_of(load_model("asia")).meaning("positive x-ray").name
    'xray'
    """
    states = {name: variable.states for name, variable in model.variables.items()}
    about = {
        name: "; ".join(part for part in (variable.label, variable.meaning) if part) for name, variable in model.variables.items()
    }
    return Words(states, (word for word, _ in _words(model)), about)


def read_words(
    raw: Mapping[str, Any], states: Mapping[str, Sequence[str]], excused: Callable[[BayesnetError], bool]
) -> tuple[list[Alias], list[Problem]]:
    """Read the content of words.toml.

    Parameters
    ----------
    raw
        What TOML gave.
    states
        The states of every variable.
    excused
        Whether a name may be missing only because another file could not be read.

    Returns
    -------
    The aliases, and what is wrong with them.

    """
    from bayesnet.model.file_shapes import WordsFile, shaped

    file, problems = shaped(WordsFile, raw, WORDS_FILE)
    aliases: list[Alias] = []
    for table, needs_state in ((file.aliases, False), (file.with_state, True)) if file else ():
        for written, words in table.items():
            try:
                term = one_meaning(written, states)
            except BayesnetError as error:
                if not excused(error):
                    problems.append(Problem(WORDS_FILE, f'word for "{written}"', said(error)))
                continue
            aliases += [Alias(word, term, needs_state) for word in words]
    return aliases, problems


def one_meaning(text: str, states: Mapping[str, Sequence[str]]) -> str:
    """Return a key of words.toml in its canonical form: a variable, its contrary, or a variable in a state.

    Raises
    ------
    PatternError, UnknownVariable, UnknownState
        Where it is something else.

    >>> one_meaning("!female", {"female": ("absent", "present")})
    '!female'
    """
    terms = parse_findings(text)
    if len(terms) != 1 or terms[0].call or not terms[0].hard:
        raise PatternError(text, 1, "not one variable", expected='"variable", "!variable" or "variable=state"')
    term = terms[0]
    if term.states or term.negated:
        resolve(term, states, text)
    elif term.name not in states:
        raise UnknownVariable(term.name, states, text=text)
    return str(term)


def check_words(model: Model) -> Iterator[Problem]:
    """Yield what is wrong with the words of a model: one that means two things, or what its variable is called already."""
    meant: dict[str, dict[Meaning, str]] = {fold(name): {Meaning(name): "the name of a variable"} for name in model.variables}
    for word, is_alias in _words(model):
        found = meant.setdefault(fold(word.text), {})
        others = [f"{what} ({meaning})" for meaning, what in found.items() if meaning != word.meaning]
        if is_alias and not fold(word.text):
            yield Problem(WORDS_FILE, f'word for "{word.meaning}"', "a word is empty")
        elif is_alias and others:
            yield Problem(WORDS_FILE, f'"{word.text}" for "{word.meaning}"', f"is also {listed(others)}", way_out="leave it out")
        found.setdefault(word.meaning, "an alias" if is_alias else "a label")


def _words(model: Model) -> Iterator[tuple[Word, bool]]:
    """Yield every word beside the names, and whether it is an alias."""
    for name, variable in model.variables.items():
        if variable.label:
            yield Word(variable.label, Meaning(name)), False
        if variable.adjectives and variable.binary:
            positive, contrary = variable.adjectives
            yield Word(positive, Meaning(name)), False
            yield Word(contrary, Meaning(name, negated=True)), False
    for alias in model.aliases:
        try:
            term = parse_findings(alias.term)[0]
        except (PatternError, IndexError):
            continue
        yield Word(alias.word, _meaning(model, term, alias.needs_state)), True


def _meaning(model: Model, term: Term, needs_state: bool) -> Meaning:
    """Return the meaning of a term; a state of a variable that is absent or present is bare or negated."""
    variable = model.variables.get(term.name)
    if variable is not None and variable.binary and term.states:
        return Meaning(term.name, negated=term.states == ("absent",), needs_state=needs_state)
    return Meaning(term.name, term.states, term.negated, needs_state)
