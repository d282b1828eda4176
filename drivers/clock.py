"""The wall clock, behind a port so that tests and the simulator can bring their own."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]  # an aware time


def utc_now() -> datetime:
    return datetime.now(UTC)
