"""Bridges to other programs: network files and pgmpy. The only place that imports pgmpy."""

from bayesnet.interop.divorce import full_tables
from bayesnet.interop.files import EXTENSIONS, is_network_file, read_network, write_network
from bayesnet.interop.pgmpy_bridge import from_pgmpy, helper_nodes, to_pgmpy

__all__ = [
    "EXTENSIONS",
    "from_pgmpy",
    "full_tables",
    "helper_nodes",
    "is_network_file",
    "read_network",
    "to_pgmpy",
    "write_network",
]
