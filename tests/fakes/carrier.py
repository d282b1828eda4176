"""A register that lets the host carry its drive's messages, whatever these are."""

from dataclasses import dataclass, field

import trio

from drivers.errors import LinkSilent
from protocols.fiscal import OfdQueue
from tests.fakes.register import FakeRegister

TAKES = 1.0  # seconds that a message or an answer needs on the line


@dataclass(eq=False)
class FakeCarrier(FakeRegister):
    """`messages` wait in its drive. `fails`: what the next exchange ends in."""

    messages: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    fails: Exception | None = None
    keeps_messages: bool = False  # though it has taken the answer

    async def fetch_message(self) -> bytes | None:
        await self._exchange("fetch")
        return self.messages[0] if self.messages else None

    async def put_answer(self, answer: bytes) -> None:
        await self._exchange("put")
        self.answers.append(answer)
        if not self.keeps_messages:
            self.messages.pop(0)

    async def ofd_queue(self) -> OfdQueue:
        return OfdQueue(self.fn, len(self.messages), len(self.journal) + 1 - len(self.messages))

    async def _exchange(self, name: str) -> None:
        await self._called(name)
        await trio.sleep(TAKES)
        if self.fails is not None:
            error, self.fails = self.fails, None
            self.connected = not isinstance(error, LinkSilent)
            raise error
