"""TOML files of any origin: read within bounds, or refused with the line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bayesnet.errors import Problem, SpecError, brief

LARGEST = 2**24
"""Bytes that a file may have; those of a model with three thousand numbers have under two million."""

_DEEP = re.compile(r"""(?:[ \t]*+(?:[A-Za-z0-9_-]{1,200}+|"[^"\n]{0,200}+"|'[^'\n]{0,200}+')[ \t]*+\.){50}""")
"""A dotted key of more parts than any file of a model has; tomllib takes time in the square of their number."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file.

    Raises
    ------
    SpecError
        Where it cannot be read, is not TOML, or is larger or deeper than a file of a model can be; names the line.

    """
    import tomllib

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise _refused(path, "", "too large", expected=f"at most {LARGEST:,} bytes")
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        if deep := _DEEP.search(text):
            raise _refused(path, f"line {text.count(chr(10), 0, deep.start()) + 1}", "a key of more than 50 parts")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).partition(" (at ")
        raise _refused(path, where.removesuffix(")"), f"not valid TOML: {brief(_lower(reason))}") from None
    except UnicodeDecodeError as error:
        raise _refused(path, f"byte {error.start}", "not UTF-8", way_out="save it as UTF-8") from None
    except RecursionError:
        raise _refused(path, "", "arrays or tables nested too deeply") from None
    except SpecError:
        raise
    except ValueError as error:  # an integer of more digits than Python converts, a path with a NUL character
        raise _refused(path, "", f"cannot be read: {brief(_lower(str(error).partition(';')[0]))}") from None
    except OSError as error:
        raise _refused(path, "", f"cannot be read: {error.strerror}") from None


def _refused(path: Path, where: str, what: str, *, expected: str = "", way_out: str = "") -> SpecError:
    return SpecError(str(path), [Problem(path.name, where, what, expected=expected, way_out=way_out)])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
