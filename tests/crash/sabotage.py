"""Faults planted in the gateway, to see that the tests of this folder find them."""

from collections.abc import Callable

from actors.kkt import recovery
from drivers.store import database
from protocols.fiscal import Baseline, RegisterStatus
from protocols.verdict import Undecided


def forgetful_disk() -> None:
    """What was committed may be gone after a power cut."""
    database.PRAGMAS["synchronous"] = ("NORMAL", 1)


def prints_without_asking() -> None:
    """Recovery believes that nothing was printed."""

    def nothing_to_read(_baseline: Baseline, _seen: RegisterStatus) -> range | Undecided:
        return range(0)

    setattr(recovery, "to_read", nothing_to_read)  # noqa: B010  a plain assignment is no thing for mypy


PLANTED: dict[str, Callable[[], None]] = {each.__name__: each for each in (forgetful_disk, prints_without_asking)}
