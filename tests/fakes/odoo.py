"""A head office that hears heartbeats, with a clock of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

import trio

from drivers.clock import Now
from drivers.odoo import OdooUnreachable, Pulse


@dataclass(eq=False)
class FakeOdoo:
    """`heard`: the states that came, with the time. `ahead`: seconds by which its clock is before ours."""

    now: Now
    heard: list[tuple[Mapping[str, object], float]] = field(default_factory=list)
    down: bool = False
    ahead: float = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await trio.lowlevel.checkpoint()

    async def heartbeat(self, state: Mapping[str, object]) -> Pulse:
        await trio.lowlevel.checkpoint()
        self.heard.append((state, trio.current_time()))
        if self.down:
            raise OdooUnreachable("no route")
        return Pulse(self._clock())

    def _clock(self) -> datetime:
        return self.now() + timedelta(seconds=self.ahead)
