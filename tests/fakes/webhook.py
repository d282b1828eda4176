"""Whoever is told of alerts, with the time of each call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import trio

from drivers.webhook import WebhookRefused, WebhookUnreachable


@dataclass(eq=False)
class FakeWebhook:
    """`called`: every id that came, with the time; `heard`: the events that were taken. `takes`: seconds a call."""

    called: list[tuple[str, float]] = field(default_factory=list)
    heard: list[Mapping[str, Any]] = field(default_factory=list)
    down: bool = False
    refuses: bool = False
    takes: float = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await trio.lowlevel.checkpoint()

    async def post(self, event_id: str, event: Mapping[str, Any]) -> None:
        self.called.append((event_id, trio.current_time()))
        await trio.sleep(self.takes)
        if self.down:
            raise WebhookUnreachable("no route")
        if self.refuses:
            raise WebhookRefused("answer 422")
        self.heard.append(event)

    def news(self) -> list[tuple[str, str]]:
        return [(event["event"], event["code"]) for event in self.heard]
