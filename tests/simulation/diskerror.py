"""An I/O error that the disk has in store."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class DiskError:
    """At an operation of one of the kinds `what`, in a transaction with a message that `wants` it, `skip` passed by.

    `lasts`: at every such operation from then on.
    """

    name: str
    what: frozenset[str]
    wants: Callable[[Any], bool]
    skip: int = 0
    lasts: bool = False

    def meets(self, what: str, messages: list[Any]) -> bool:
        if what not in self.what or not any(self.wants(message) for message in messages):
            return False
        self.skip -= 1
        return self.skip < 0
