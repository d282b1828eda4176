"""Tells somebody outside what befell alerts, one after the other, for as long as it takes. Part of AlertActor."""

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, NoReturn

import structlog
import trio

from drivers.errors import LinkError
from drivers.links import Link
from drivers.webhook import Webhook, WebhookRefused
from protocols.alarm import Change
from protocols.alerts import Alert, describe

log = structlog.get_logger()

MOST = 100  # events that wait for a receiver that is away; the newest matter more than the oldest
PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds after a call that failed, doubling


@dataclass(frozen=True, slots=True)
class Told:
    """What befell an alert, and when."""

    change: Change
    alert: Alert
    at: datetime


@dataclass(eq=False)
class Herald:
    """`outside`: who is told. `gateway`: how this one is called. `new_id` names events, for receivers to know again.

    Every event is sent until it is taken, refused, or pushed out by newer ones; in order, so that nobody hears of an
    end before the beginning.
    """

    outside: AbstractAsyncContextManager[Webhook]
    link: Link
    gateway: str
    random: Random
    new_id: Callable[[], str]
    _waiting: deque[tuple[str, Mapping[str, Any]]] = field(default_factory=deque, init=False)
    _news: trio.Event = field(default_factory=trio.Event, init=False)
    _failures: int = field(default=0, init=False)

    def hear(self, told: Told) -> None:
        """Never waits."""
        event = {"event": told.change.value, "at": told.at, "gateway": self.gateway, **describe(told.alert)}
        if len(self._waiting) >= MOST:
            dropped, _ = self._waiting.popleft()
            log.warning("alert_event_dropped", event_id=dropped, waiting=MOST)
        self._waiting.append((self.new_id(), event))
        self._news.set()

    async def tell_all(self) -> NoReturn:
        async with self.outside as webhook:
            while True:
                while not self._waiting:
                    self._news = trio.Event()
                    await self._news.wait()
                if not await self._tell(webhook, *self._waiting[0]):
                    await trio.sleep(self._pause())

    async def _tell(self, webhook: Webhook, event_id: str, event: Mapping[str, Any]) -> bool:
        """False if it must be told again."""
        try:
            await self.link.call(partial(webhook.post, event_id, event), repeatable=True)
        except LinkError as error:
            self._failures += 1
            if self._failures == 1:
                log.warning("webhook_lost", reason=str(error))
            return False
        except WebhookRefused as refusal:
            log.error("alert_event_refused", event_id=event_id, code=event["code"], reason=str(refusal))
        if self._failures:
            log.info("webhook_regained", failures=self._failures)
        self._failures = 0
        if self._waiting and self._waiting[0][0] == event_id:  # else newer ones pushed it out meanwhile
            self._waiting.popleft()
        return True

    def _pause(self) -> float:
        longest = min(LONGEST_PAUSE, PAUSE * 2.0 ** min(self._failures - 1, 30))
        return longest * (0.5 + self.random.random() / 2)
