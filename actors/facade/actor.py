"""FacadeActor: serves the application at an entrance that outlives it, until its mailbox is closed."""

from dataclasses import dataclass
from functools import partial

import trio

from actors.facade.app import make_app
from actors.facade.handshakes import handshake_failed
from actors.facade.reach import Reach
from actors.status import PULSE, announce
from drivers.web import Entrance, serve

TELL_EVERY = 2.0  # seconds at least between two words of how much is under way
GRACE = 5.0  # seconds for the requests in flight at a stop; a receipt is printed in less, as a rule


@dataclass(eq=False)
class FacadeActor:
    """`entrance` is open already: while a new facade starts, callers wait there and are not refused."""

    inbox: trio.MemoryReceiveChannel[object]
    entrance: Entrance
    reach: Reach

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        stopping = trio.Event()
        async with trio.open_nursery() as nursery:
            app = make_app(self.reach, stopping)
            refused = partial(handshake_failed, self.reach)
            await nursery.start(partial(serve, app, self.entrance, stopping=stopping, grace=GRACE, refused=refused))
            async with trio.open_nursery() as beside:
                beside.start_soon(self._tell)
                beside.start_soon(self.reach.audit.run)
                task_status.started()
                async for message in self.inbox:
                    raise TypeError(f"nobody tells the facade anything, and yet: {message!r}")
                beside.cancel_scope.cancel()
            stopping.set()

    async def _tell(self) -> None:
        """How much is under way; where that changes with every sale, not each time."""
        room = self.reach.room
        while True:
            announce(self.reach.status, "facade", room.figures())
            await trio.sleep(TELL_EVERY)
            with trio.move_on_after(PULSE):
                await room.changed.wait()
            room.changed = trio.Event()
