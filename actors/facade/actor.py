"""FacadeActor: serves the application on a socket that outlives it, until its mailbox is closed."""

import socket
from dataclasses import dataclass
from functools import partial

import trio

from actors.facade.app import make_app
from actors.facade.reach import Reach
from drivers.web import serve


@dataclass(eq=False)
class FacadeActor:
    """`listener` is already bound: while a new facade starts, callers wait in its backlog and are not refused."""

    inbox: trio.MemoryReceiveChannel[object]
    listener: socket.socket
    reach: Reach

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        stopping = trio.Event()
        async with trio.open_nursery() as nursery:
            await nursery.start(partial(serve, make_app(self.reach, stopping), self.listener, stopping=stopping))
            task_status.started()
            async for message in self.inbox:
                raise TypeError(f"nobody tells the facade anything, and yet: {message!r}")
            stopping.set()
