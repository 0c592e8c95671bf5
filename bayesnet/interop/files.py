"""Networks from and to files of other programs: the format by the extension, gzip by `.gz`."""

from __future__ import annotations

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

EXTENSIONS = (".bif", ".xmlbif", ".xml", ".xdsl", ".net", ".uai")
"""Extensions that are read and written; each also with `.gz`."""


def is_network_file(path: str | Path) -> bool:
    """Return whether the extension is one of a network file, as in `alarm.bif.gz`."""
    return _extension(Path(path)) in EXTENSIONS


def read_network(path: str | Path) -> Model:
    """Read a network file into a model in which every table entry is a number.

    Parameters
    ----------
    path
        A `.bif`, `.xmlbif`, `.xml`, `.xdsl`, `.net` or `.uai` file, or one of them with `.gz` behind it.

    Returns
    -------
    A model of table gates. A number's id is its pattern, `node=state | parent=state, ...`, with the parents in the order of
    the file; its grade is `file` and its source the file. Values are in double precision, labels exactly as written.

    Raises
    ------
    SpecError
        When the extension is unknown, the text is not in the format (with the line), or the network is not one: with all
        problems, among them columns that are further than 1e-6 from 1.
    OSError
        When the file cannot be read.

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
    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise SpecError(path.name, [Problem(path.name, "", f"not a complete gzip file ({error})")]) from error
    return to_model(_read(extension, data, path.name, _stem(path)), path.name)


def _read(extension: str, data: bytes, file: str, stem: str) -> Tables:
    """Hand the content to the reader of its format."""
    from bayesnet.interop import bif, hugin, uai, xdsl, xmlbif

    if extension in (".xmlbif", ".xml"):
        return xmlbif.read(data, file, stem)
    if extension == ".xdsl":
        return xdsl.read(data, file, stem)
    readers: dict[str, Callable[[str, str, str], Tables]] = {".bif": bif.read, ".net": hugin.read, ".uai": uai.read}
    return readers[extension](_decode(data), file, stem)


def write_network(network: Model | Factors, path: str | Path, *, name: str = "", drop_names: bool = False) -> tuple[str, ...]:
    """Write a network in the format that the extension names; numbers to full double precision.

    Parameters
    ----------
    network
        A model or its factors. Gates become full tables; one too large for a table is divorced into a chain of helper
        variables with the same distribution over the others.
    path
        Where to; `.bif`, `.xmlbif`, `.xml`, `.xdsl`, `.net` or `.uai`, also with `.gz`.
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
        raise SpecError(path.name, [Problem(path.name, "", "unknown kind of network file", expected=expected)])
    return extension


def _stem(path: Path) -> str:
    """Return the file's name without its extensions: the network's name where the file has none."""
    name = path.name
    for suffix in (".gz", *EXTENSIONS):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
    return name


def _decode(data: bytes) -> str:
    """Decode text: UTF-8, or Latin-1 as older programs write it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
