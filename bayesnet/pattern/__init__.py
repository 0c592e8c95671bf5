r"""The one small language of the package: `target=state | finding=state, other=state`.

It names questions, findings, numbers, titles and errors. A bare `fever` means `fever=present` and `!fever` means `fever=absent`
for a variable that has these states. Words are letters, digits and `_ . + -`; anything else is in double quotes, where
`\"` and `\\` are a quote and a backslash. `age_group={50-59, 60-69}` is one of these states,
`fever={present:10, absent:1}` virtual evidence (likelihoods on any scale), `do(fever=present)` an intervention, and
`jeffrey(fever={present:0.7, absent:0.3})` asks for a new marginal. Conditions of a model and questions of an audit know
quantifiers too: `any of a, b`, `all of a, b`, `none of a, b`, `at least 2 of a, b, c`.

Parsing knows no network: names are checked by `resolve`. The text of every record parses back to the record. Questions and
findings are read generously: `Words` holds what else people type for the variables and states of a model, and turns it into ids.

>>> question = parse_question('multiple_myeloma | anemia, !fever, age_group={"<50", 50-59}')
>>> str(question)
'multiple_myeloma | anemia, !fever, age_group={"<50", 50-59}'
>>> str(resolve(question.given[1], {"fever": ("absent", "present")}))
'fever=absent'
"""

from __future__ import annotations

from bayesnet.pattern.names import canonical_id, numbered, resolve, resolve_question
from bayesnet.pattern.quantified import (
    Condition,
    QuantifiedQuestion,
    parse_condition,
    parse_quantified_question,
    resolve_condition,
)
from bayesnet.pattern.reader import parse_findings, parse_number_id, parse_question
from bayesnet.pattern.terms import Question, Term, format_terms, format_weight, likelihoods, literal, quote, special
from bayesnet.pattern.words import Meaning, Word, Words, fold

__all__ = [
    "Condition",
    "Meaning",
    "QuantifiedQuestion",
    "Question",
    "Term",
    "Word",
    "Words",
    "canonical_id",
    "fold",
    "format_terms",
    "format_weight",
    "likelihoods",
    "literal",
    "numbered",
    "parse_condition",
    "parse_findings",
    "parse_number_id",
    "parse_quantified_question",
    "parse_question",
    "quote",
    "resolve",
    "resolve_condition",
    "resolve_question",
    "special",
]
