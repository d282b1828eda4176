"""How an emulated service misbehaves, by order of a test or a trainer."""

from enum import Enum, auto
from typing import Annotated, Generic, Self, TypeVar

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Fate(Enum):
    """What becomes of one call."""

    SERVE = auto()
    FAIL = auto()  # 503, nothing is done
    REFUSE = auto()  # 422, an answer about what was sent
    DROP = auto()  # the work is done and the connection cut, without an answer


class Behaviour(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What every service can be told; a service may know more. The defaults are "nothing is wrong"."""

    down: bool = False
    """Every call fails."""
    fail_next: Count = 0
    """So many calls fail."""
    fail_every: Count = 0
    """Each call whose number, counted from the last reset, is a multiple of this fails; 0: none."""
    latency_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    """How long every call takes."""

    def changed(self, wanted: dict[str, object]) -> Self:
        """With `wanted` in place of what was. Raises msgspec.ValidationError, which names the wrong key."""
        return msgspec.convert(msgspec.to_builtins(self) | wanted, type(self))


FATES = {
    "down": Fate.FAIL,
    "fail_next": Fate.FAIL,
    "fail_every": Fate.FAIL,
    "refuse_next": Fate.REFUSE,
    "drop_answer_every": Fate.DROP,
}
"""What a call meets, the first that is due. A key ends in `_next` (counts down), `_every` (each Nth) or is a switch."""

B = TypeVar("B", bound=Behaviour)


class Conduct(Generic[B]):
    """A service's behaviour now, and how many calls have met it."""

    def __init__(self, normal: B) -> None:
        self._normal = normal
        self.reset()

    def reset(self) -> None:
        """As at the start: nothing wrong, no calls."""
        self.behaviour: B = self._normal.changed({})
        self.calls = 0

    def change(self, wanted: dict[str, object]) -> None:
        """All of `wanted` or, raising msgspec.ValidationError, nothing of it."""
        self.behaviour = self.behaviour.changed(wanted)

    def meet(self) -> Fate:
        """The fate of one more call."""
        self.calls += 1
        return next((fate for key, fate in FATES.items() if self._is_due(key)), Fate.SERVE)

    def _is_due(self, key: str) -> bool:
        value = int(getattr(self.behaviour, key, 0))
        if value and key.endswith("_next"):
            setattr(self.behaviour, key, value - 1)
        return bool(value) and (not key.endswith("_every") or self.calls % value == 0)
