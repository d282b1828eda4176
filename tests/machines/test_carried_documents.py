"""Whatever a host does with the messages of the emulated drive, and whatever befalls it, documents go one by one."""

import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drivers.emulators.ofd_documents import Documents
from protocols.ofd import session
from protocols.shtrih import drive, exchange, service
from protocols.shtrih.commands import Refused
from tests.shtrih_bench import NOON, Bench

EXCHANGE = drive.ReadExchangeStatus(30)
BLOCK = 200


class Carried(RuleBasedStateMachine):
    """`message` and `answer` are what the host holds in its hands, perhaps for long, perhaps of another document."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self.folder.name) / "drive.jsonl")
        self.bench.ask(service.WriteTable(30, 21, 1, 2, b"\0"))
        self.ofd = Documents(lambda: NOON)
        self.message, self.answer = b"", b""
        self.printed = self.confirmed = 0

    @rule()
    def sell(self) -> None:
        self.bench.sell()
        self.printed += 1

    @rule(blocks=st.integers(0, 3))
    def fetch(self, blocks: int) -> None:
        """Perhaps not to its end."""
        size = self.bench.ask(exchange.ReadOutgoingMessage(30)).size
        starts = range(0, size, BLOCK)[:blocks]
        pieces = [self.bench.ask(exchange.ReadBlock(30, at, min(BLOCK, size - at))).data for at in starts]
        self.message = b"".join(pieces) if sum(map(len, pieces)) == size else self.message

    @precondition(lambda self: self.message)
    @rule(refuse=st.booleans())
    def send(self, refuse: bool) -> None:
        self.answer = self.ofd.take(session.decode(self.message), refuse=refuse).encode()

    @precondition(lambda self: self.answer)
    @rule(spoilt=st.booleans())
    def put(self, spoilt: bool) -> None:
        """It is taken only where it is the answer to the document that waits, and that was read to its end."""
        answer = self.answer[:-1] + bytes([self.answer[-1] ^ 1]) if spoilt else self.answer
        try:
            self.bench.ask(exchange.BeginWrite(30, len(answer)))
            for at in range(0, len(answer), BLOCK):
                piece = answer[at : at + BLOCK]
                self.bench.ask(exchange.WriteBlock(30, at, len(piece), piece))
        except Refused:
            return
        assert not spoilt
        self.confirmed += 1
        assert self.ofd.listed(0)[self.confirmed - 1].fd == self.confirmed

    @rule()
    def restart(self) -> None:
        self.bench.restart()

    @rule()
    def power_off_and_on(self) -> None:
        self.bench.device.behave({"power": "off"})
        self.bench.device.behave({"power": "on"})

    @invariant()
    def the_queue_tells_the_truth(self) -> None:
        now = self.bench.ask(EXCHANGE)
        assert now.waiting == self.printed - self.confirmed
        assert now.first_number == (self.confirmed + 1 if now.waiting else 0)
        assert self.bench.device.drive.confirmed == self.confirmed

    @invariant()
    def the_ofd_has_what_is_confirmed_and_one_more_at_most(self) -> None:
        numbers = [each.fd for each in self.ofd.listed(0)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert self.confirmed <= len(numbers) <= self.confirmed + 1

    def teardown(self) -> None:
        self.bench.device.drive.close()
        self.folder.cleanup()


TestCarried = Carried.TestCase
