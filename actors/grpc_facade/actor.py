"""GrpcActor: serves kassir.v1.FiscalGateway at an entrance that outlives it, until its mailbox is closed."""

from dataclasses import dataclass
from functools import partial

import trio

from actors.facade.handshakes import handshake_failed
from actors.facade.reach import Reach
from actors.grpc_facade.gate import Gate
from actors.grpc_facade.service import FiscalGateway
from drivers.grpc import serve
from drivers.web import Entrance

GRACE = 5.0  # seconds for the calls in flight at a stop; a receipt is printed in less, as a rule


@dataclass(eq=False)
class GrpcActor:
    """`entrance` is open already: while a new actor starts, callers wait there and are not refused."""

    inbox: trio.MemoryReceiveChannel[object]
    entrance: Entrance
    reach: Reach

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        stopping = trio.Event()
        gateway = FiscalGateway(self.reach, Gate(self.reach, stopping))
        async with trio.open_nursery() as nursery:
            refused = partial(handshake_failed, self.reach)
            run = partial(serve, gateway.answer, self.entrance, stopping=stopping, grace=GRACE, refused=refused)
            task_status.started()  # callers find the entrance open; whoever waits for us must not wait for ever
            await nursery.start(run)
            async for message in self.inbox:
                raise TypeError(f"nobody tells the gRPC facade anything, and yet: {message!r}")
            stopping.set()
