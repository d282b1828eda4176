"""An instant on two clocks. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """`at`: the wall clock, aware, for people. `steady`: seconds of a clock that nobody sets, for durations.

    A till's wall clock may jump by years when its battery is flat and the network comes up.
    """

    at: datetime
    steady: float
