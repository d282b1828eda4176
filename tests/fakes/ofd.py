"""An OFD that keeps what it accepted and fails as told."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import trio

from drivers.ofd import Accepted, OfdRefused, OfdUnreachable


@dataclass(eq=False)
class FakeOfd:
    """`accepted`: numbers of documents, each once, in order. `calls`: (register, number, time) of every delivery.

    A register in `refuses` is refused, and a document in `refuses_documents`; `crash_next` is raised by the next
    delivery as it is.
    """

    accepted: list[tuple[str, int]] = field(default_factory=list)
    calls: list[tuple[str, int, float]] = field(default_factory=list)
    down: bool = False
    refuses: set[str] = field(default_factory=set)
    refuses_documents: set[tuple[str, int]] = field(default_factory=set)
    takes: float = 0.0
    pause: float | None = None  # seconds that it asks for when it is `down`
    crash_next: deque[Exception] = field(default_factory=deque)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await trio.lowlevel.checkpoint()

    async def deliver(self, delivery: Mapping[str, object]) -> Accepted:
        pos_id, fd = str(delivery["pos_id"]), int(str(delivery["fd"]))
        self.calls.append((pos_id, fd, trio.current_time()))
        await trio.sleep(self.takes)
        if self.crash_next:
            raise self.crash_next.popleft()
        if self.down:
            raise OfdUnreachable("no route", pause=self.pause)
        if pos_id in self.refuses or (pos_id, fd) in self.refuses_documents:
            raise OfdRefused("no such register here")
        if (pos_id, fd) not in self.accepted:
            self.accepted.append((pos_id, fd))
        return Accepted(f"OFD-{pos_id}-{fd}")
