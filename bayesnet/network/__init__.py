"""A network: what a person loads, asks and never changes. Every method is one call into a room below."""

from bayesnet.network.loading import distance, from_pgmpy, load
from bayesnet.network.teaching import exercise_set, exercises
from bayesnet.network.whole import Network

__all__ = ["Network", "distance", "exercise_set", "exercises", "from_pgmpy", "load"]
