"""The status and its stream on a real socket, and nothing else of the gateway: for viewers of any make."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import trio

from actors.facade.app import make_app
from actors.status import announce
from drivers.web import Entrance, Limits
from protocols.settings import Api, Settings, Storage
from supervisors.wiring import Wiring
from tests.serving import Site, served


@dataclass
class Gallery:
    """`status` is the scope of the StatusActor's life; `stopping` is what a gateway that stops sets."""

    wiring: Wiring
    site: Site
    status: trio.CancelScope
    stopping: trio.Event

    @property
    def url(self) -> str:
        return f"{self.site.url.replace('http', 'ws')}/v1/status/stream"

    def announce(self, component: str, state: dict[str, Any]) -> None:
        announce(self.wiring.mailboxes.status.address, component, state)

    async def announce_all(self, changes: int, *, size: int = 0, at_once: int = 100) -> None:
        """So many of them, in groups that a reader can keep up with, by seven components in turn."""
        for value in range(changes):
            self.announce(f"part.{value % 7}", {"v": value, "text": "x" * size})
            if value % at_once == at_once - 1:
                await trio.sleep(0.02)


@asynccontextmanager
async def gallery(data: Path, *, limits: Limits | None = None) -> AsyncIterator[Gallery]:
    settings = Settings(api=Api(requests_per_second=None), storage=Storage(data=data))
    wiring, stopping, life = Wiring(settings, cast(Entrance, None)), trio.Event(), trio.CancelScope()

    async def live(*, task_status: trio.TaskStatus[None]) -> None:
        with life:
            await wiring.status(task_status=task_status)

    async with trio.open_nursery() as nursery:
        await nursery.start(live)
        async with served(make_app(wiring.reach, stopping), limits=limits) as site:
            yield Gallery(wiring, site, life, stopping)
        nursery.cancel_scope.cancel()
