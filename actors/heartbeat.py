"""HeartbeatActor: the pulse to Odoo. Whether the head office hears us, and how far its clock and ours are apart."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
import trio

from actors import status
from actors.mailbox import Address, NoAnswer, next_message
from drivers.clock import Now
from drivers.errors import LinkError
from drivers.links import Link
from drivers.odoo import Odoo

log = structlog.get_logger()

PATIENCE = 2.0  # seconds to wait for the snapshot


@dataclass(frozen=True)
class Policy:
    """A beat every `interval` seconds, given `timeout` each; after `max_failures` missed in a row Odoo is lost."""

    interval: float = 30.0
    timeout: float = 2.0
    max_failures: int = 3


@dataclass(eq=False)
class HeartbeatActor:
    inbox: trio.MemoryReceiveChannel[object]
    odoo: AbstractAsyncContextManager[Odoo]
    link: Link
    status: Address[status.Message]
    policy: Policy
    now: Now
    _failures: int = field(default=0, init=False)
    _last: datetime | None = field(default=None, init=False)
    _drift: float | None = field(default=None, init=False)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with self.odoo as odoo:
            task_status.started()
            beat_at = trio.current_time()
            while True:
                try:
                    message = await next_message(self.inbox, until=min(beat_at, trio.current_time() + status.PULSE))
                except trio.EndOfChannel:
                    return
                if message is not None:
                    raise TypeError(f"nobody tells the heartbeat anything, and yet: {message!r}")
                if trio.current_time() >= beat_at:
                    beat_at = trio.current_time() + self.policy.interval
                    await self._beat(odoo)
                self._announce()

    async def _beat(self, odoo: Odoo) -> None:
        report = await self._report()
        try:
            before = self.now()
            pulse = await self.link.call(partial(odoo.heartbeat, report), within=self.policy.timeout)
            after = self.now()
        except LinkError as error:
            self._missed(str(error))
            return
        if self._failures >= self.policy.max_failures:
            log.info("odoo_regained")
        self._failures, self._last = 0, after
        self._drift = (pulse.server_time - (before + (after - before) / 2)).total_seconds()

    def _missed(self, reason: str) -> None:
        self._failures += 1
        if self._failures == self.policy.max_failures:
            log.warning("odoo_lost", reason=reason)

    async def _report(self) -> dict[str, Any]:
        """What Odoo learns of us: every component's state, and our clock."""
        try:
            world = await self.status.ask(status.Look(), within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:  # the pulse itself is worth more than what it carries
            log.debug("snapshot_missing", reason=repr(error))
            world = {}
        return {"time": self.now(), "components": world}

    def _announce(self) -> None:
        state = {
            "status": "online" if self._failures < self.policy.max_failures else "lost",
            "last_heartbeat": self._last,
            "missed_in_a_row": self._failures,
            "clock_drift_seconds": self._drift,
        }
        status.announce(self.status, "odoo", state)
