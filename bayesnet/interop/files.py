"""Networks from and to files of other programs: the format by the extension, gzip by `.gz`."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from bayesnet.errors import Problem, SpecError
from bayesnet.interop.divorce import full_tables
from bayesnet.interop.tables import Tables, to_model
from bayesnet.model.factors import Factors
from bayesnet.model.records import Model
from bayesnet.model.replacing import replacing

EXTENSIONS = (".bif", ".xmlbif", ".bifxml", ".xml", ".xdsl", ".net", ".uai")
"""Extensions that are read and written; each also with `.gz`."""

LARGEST = 2**27
"""Bytes that a network file may have, unpacked; the largest of the public ones has under six million."""

_OTHERS = {
    ".dne": "Netica",
    ".neta": "Netica",
    ".dsl": "GeNIe's old DSL",
    ".oobn": "Hugin's object-oriented networks",
    ".o3prm": "object-oriented probabilistic relational models",
    ".pgmx": "ProbModelXML",
    ".hkb": "Hugin's binary form",
    ".dsc": "Microsoft's DSC",
}
"""Extensions of formats that are known and not read."""


def is_network_file(path: str | Path) -> bool:
    """Return whether the extension is one of a network file, as in `alarm.bif.gz`."""
    return _extension(Path(path)) in EXTENSIONS


def read_network(path: str | Path, *, normalize: bool = False) -> Model:
    """Read a network file into a model in which every table entry is a number.

    Parameters
    ----------
    path
        A `.bif`, `.xmlbif`, `.bifxml`, `.xml`, `.xdsl`, `.net` or `.uai` file, or one of them with `.gz` behind it.
    normalize
        Divide every column by its sum. Without it, columns whose sum is not 1 are divided only where the digits they are written
        with explain it, as for 0.333 three times; the model's description says which.

    Returns
    -------
    A model of table gates. A number's id is its pattern, `node=state | parent=state, ...`, with the parents in the order of
    the file; its grade is `file` and its source the file. Values are in double precision, labels exactly as written.

    Raises
    ------
    SpecError
        When there is no such file, the extension is unknown, the text is not in the format (with the line), or the network is not
        one: with all problems, among them columns whose sum is not 1.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "coin.bif"
    >>> _ = path.write_text("variable coin { type discrete [ 2 ] { heads, tails }; } probability ( coin ) { table 0.5, 0.5; }")
    >>> list(read_network(path).numbers)
    ['coin=heads', 'coin=tails']
    """
    path = Path(path)
    extension = _known_extension(path)
    return to_model(_read(extension, _content(path), path.name, _stem(path), normalize=normalize), path.name)


def _content(path: Path) -> bytes:
    """Read a file, unpacked, no further than `LARGEST`."""
    try:
        with path.open("rb") as file:
            if path.suffix.lower() != ".gz":
                data = file.read(LARGEST + 1)
            else:
                with gzip.GzipFile(fileobj=file) as packed:
                    data = packed.read(LARGEST + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SpecError(path.name, [Problem(path.name, "", f"not a complete gzip file ({error})")]) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SpecError(str(path), [Problem(path.name, "", f"cannot be read: {reason}")]) from error
    if len(data) > LARGEST:
        raise SpecError(path.name, [Problem(path.name, "", "too large", expected=f"at most {LARGEST:,} bytes, unpacked")])
    return data


def _read(extension: str, data: bytes, file: str, stem: str, *, normalize: bool) -> Tables:
    """Hand the content to the reader of its format."""
    from bayesnet.interop import bif, hugin, uai, xdsl, xmlbif

    if extension in (".xmlbif", ".bifxml", ".xml"):
        return xmlbif.read(data, file, stem, normalize=normalize)
    if extension == ".xdsl":
        return xdsl.read(data, file, stem, normalize=normalize)
    readers = {".bif": bif.read, ".net": hugin.read, ".uai": uai.read}
    return readers[extension](_decode(data, file), file, stem, normalize=normalize)


def write_network(network: Model | Factors, path: str | Path, *, name: str = "", drop_names: bool = False) -> tuple[str, ...]:
    """Write a network in the format that the extension names; numbers to full double precision.

    Parameters
    ----------
    network
        A model or its factors. Gates become full tables; one too large for a table is divorced into a chain of helper
        variables with the same distribution over the others.
    path
        Where to; `.bif`, `.xmlbif`, `.bifxml`, `.xml`, `.xdsl`, `.net` or `.uai`, also with `.gz`.
    name
        The network's name in the file; the model's own when empty.
    drop_names
        Allow UAI, which keeps no names, to lose them.

    Returns
    -------
    The names of the helper variables, in the order in which they were added; empty where every gate fits a table.

    Raises
    ------
    SpecError
        When a label cannot be kept by the format, saying what would be lost; nothing is written then.
    """
    path = Path(path)
    extension = _known_extension(path)
    tables = full_tables(_factors(network), name or (network.name if isinstance(network, Model) else ""))
    data = _write(extension, tables, drop_names=drop_names).encode()
    with replacing(path) as draft:
        draft.write_bytes(gzip.compress(data, mtime=0) if path.suffix.lower() == ".gz" else data)
    return tables.helpers


def _write(extension: str, tables: Tables, *, drop_names: bool) -> str:
    """Hand the tables to the writer of a format."""
    from bayesnet.interop import bif, hugin, uai, xdsl, xmlbif

    if extension == ".uai" and drop_names:
        return uai.text_of(tables)
    writers: dict[str, Callable[[Tables], str]] = {
        ".bif": bif.write,
        ".xmlbif": xmlbif.write,
        ".bifxml": xmlbif.write,
        ".xml": xmlbif.write,
        ".xdsl": xdsl.write,
        ".net": hugin.write,
        ".uai": uai.write,
    }
    return writers[extension](tables)


def _factors(network: Model | Factors) -> Factors:
    if isinstance(network, Factors):
        return network
    from bayesnet.model.expand import expand

    return expand(network)


def _extension(path: Path) -> str:
    """Return the extension without `.gz`, in small letters."""
    return Path(path.name[:-3]).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _known_extension(path: Path) -> str:
    extension = _extension(path)
    if extension not in EXTENSIONS:
        expected = f'one of {", ".join(EXTENSIONS)}, also with ".gz" behind it'
        kind = f"{_OTHERS[extension]} is not read" if extension in _OTHERS else "unknown kind of network file"
        raise SpecError(path.name, [Problem(path.name, "", kind, expected=expected)])
    return extension


def _stem(path: Path) -> str:
    """Return the file's name without its extensions: the network's name where the file has none."""
    name = path.name
    for suffix in (".gz", *EXTENSIONS):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
    return name


def _decode(data: bytes, file: str) -> str:
    """Decode text: UTF-8, UTF-16 with its mark, or Latin-1 as older programs write it."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise SpecError(file, [Problem(file, "", "not complete UTF-16", way_out="save it as UTF-8")]) from error
        text = data.decode("latin-1")
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise SpecError(file, [Problem(file, f"line {line}", "a NUL character: no text", way_out="save it as UTF-8")])
    return text
