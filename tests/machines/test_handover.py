"""Two registers that stand in for each other, while answers are lost, cables pulled and the gateway killed.

Hand-overs begin and end at any point, and every key is repeated at any time. The union of both journals judges: sums
are unique, so they say which receipt a document is of without the gateway's word. Then the audit does.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import trio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from trio.testing import MockClock

from drivers.kkt.port import RegisterRefused
from protocols.api import parse_receipt
from protocols.audit.witnesses import Outcome, TillRequest
from protocols.fiscal import Paper
from protocols.jsontext import dumps, loads
from protocols.order import fingerprint
from protocols.receipt import Receipt
from tests.fakes.pair import ONE, TWO, Pair, sale_body
from tests.fakes.register import Loss
from tests.fakes.shop import virtual_now
from tests.machines.store_machine import MEMORY, fresh

HEALED = 60.0  # seconds after the last fault in which all must be settled
FINAL = (200, 422)
REFUSAL = RegisterRefused(0x33, "нет")


@dataclass
class Pos:
    """One receipt's customer: repeats until it knows, or walks away after its first answer or none."""

    kopecks: int
    pos_id: str
    stays: bool
    key: str = field(default_factory=lambda: str(uuid4()))
    outcomes: list[Outcome] = field(default_factory=list)

    async def buy(self, pair: Pair) -> None:
        while True:
            if await self.ask(pair) or not self.stays:
                return
            await trio.sleep(1)

    async def ask(self, pair: Pair) -> bool:
        """Whether it knows now."""
        answer = await pair.sell(self.kopecks, self.pos_id, self.key)
        self.outcomes.append(Outcome(virtual_now(), answer.status_code, await answer.get_data(as_text=False)))
        return answer.status_code in FINAL

    @property
    def request(self) -> TillRequest:
        receipt: Receipt = parse_receipt(loads(dumps(sale_body(self.kopecks, self.pos_id))))
        outcomes = tuple(self.outcomes)
        return TillRequest(self.key, fingerprint(receipt), self.pos_id, receipt.kind, self.kopecks, outcomes)


class Street:
    def __init__(self, data: Path, everything: trio.Nursery) -> None:
        self.pair, self.everything = Pair(data, stand_ins={ONE: TWO, TWO: ONE}), everything
        self.customers: list[Pos] = []
        self.sums = count(100)

    def sell(self, pos_id: str, stays: bool) -> None:
        self.customers.append(Pos(next(self.sums), pos_id, stays))
        self.repeat(-1)

    def repeat(self, which: int) -> None:
        """Another request under an old key, of a till that did not wait for the answer to the first, perhaps."""
        if self.customers:
            self.everything.start_soon(self.customers[which % len(self.customers)].buy, self.pair)

    def tell(self, say: Callable[[], Awaitable[Any]]) -> None:
        self.everything.start_soon(say)

    def for_a_while(self, pos_id: str, name: str, values: tuple[object, object], seconds: float) -> None:
        async def pass_by() -> None:
            setattr(self.pair.registers[pos_id], name, values[0])
            await trio.sleep(seconds)
            setattr(self.pair.registers[pos_id], name, values[1])

        self.everything.start_soon(pass_by)

    def heal(self) -> None:
        for register in self.pair.registers.values():
            register.losses.clear()
            register.refusals.clear()
        self.pair.store.crashes.clear()

    async def repeat_all(self) -> None:
        async with trio.open_nursery() as tills:
            for pos in self.customers:
                tills.start_soon(pos.ask, self.pair)


Step = tuple[Any, ...]


async def _kill(street: Street) -> None:
    await street.pair.kill(street.everything)


async def _wait(_: Street, seconds: float) -> None:
    await trio.sleep(seconds)


STEPS: dict[str, Callable[..., Any]] = {
    "sell": lambda street, pos_id, stays: street.sell(pos_id, stays),
    "repeat": lambda street, which: street.repeat(which),
    "begin": lambda street, pos_id: street.tell(lambda: street.pair.begin(pos_id)),
    "end": lambda street, pos_id: street.tell(lambda: street.pair.end(pos_id)),
    "lose": lambda street, pos_id, loss: street.pair.registers[pos_id].losses.append(loss),
    "refuse": lambda street, pos_id: street.pair.registers[pos_id].refusals.append(REFUSAL),
    "away": lambda street, pos_id, seconds: street.for_a_while(pos_id, "away", (True, False), seconds),
    "no paper": lambda street, pos_id, seconds: street.for_a_while(pos_id, "paper", (Paper.OUT, Paper.WAITS), seconds),
    "buffer crash": lambda street, when: street.pair.store.crashes.append((when, OSError("a bug"))),
    "kill": _kill,
    "wait": _wait,
}
REGISTERS = st.sampled_from([ONE, TWO])
SECONDS = st.sampled_from([0.1, 0.3, 1.0, 5.0, 12.0])
LOSSES: st.SearchStrategy[Loss | None] = st.sampled_from([None, "before", "after", "late", "halfway"])
SCRIPTS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), REGISTERS, st.booleans()),
        st.tuples(st.just("repeat"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["begin", "end"]), REGISTERS),
        st.tuples(st.just("lose"), REGISTERS, LOSSES),
        st.tuples(st.sampled_from(["away", "no paper"]), REGISTERS, SECONDS),
        st.tuples(st.just("wait"), SECONDS),
        st.tuples(st.just("refuse"), REGISTERS),
        st.tuples(st.just("buffer crash"), st.sampled_from(["before", "after"])),
        st.just(("kill",)),
    ),
    min_size=4,
    max_size=25,
)


async def play(script: Sequence[Step], data: Path) -> None:
    async with trio.open_nursery() as everything:
        street = Street(data, everything)
        await street.pair.open(everything)
        for name, *arguments in script:
            done = STEPS[name](street, *arguments)
            if hasattr(done, "__await__"):
                await done
            await trio.sleep(0.01)
        street.heal()
        await trio.sleep(HEALED)
        await repeat_everywhere(street)
        judge(street)
        everything.cancel_scope.cancel()


async def repeat_everywhere(street: Street) -> None:
    """Every key once more at its own register and at its stand-in."""
    for of in (ONE, TWO):
        await street.pair.end(of)
    await street.repeat_all()
    for of in (ONE, TWO):
        await street.pair.begin(of)
        await street.repeat_all()
        await street.pair.end(of)


def judge(street: Street) -> None:
    pair = street.pair
    printed = Counter(kopecks for register in pair.registers.values() for kopecks in register.sold)
    assert max(printed.values(), default=0) <= 1, "something was printed twice"
    rows = dict(pair.store.rows("SELECT key, state FROM receipts WHERE kind = 'sale'"))
    assert set(rows.values()) <= {"pending", "rejected"}, "something is not settled"
    for pos in street.customers:
        state = rows.get(pos.key)
        assert printed[pos.kopecks] == (state == "pending"), f"{pos} is {state}"
        assert pos.outcomes[-1].status in FINAL, f"{pos} does not know"
    assert pair.violations([pos.request for pos in street.customers]) == []


def play_all(script: Sequence[Step]) -> None:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, capture_logs():
        (Path(folder) / "kassir.db").write_bytes(fresh())
        trio.run(play, script, Path(folder), clock=MockClock(autojump_threshold=0))


@settings(max_examples=80, deadline=None)
@given(SCRIPTS)
@example([("wait", 1.0), ("lose", ONE, "after"), ("sell", ONE, True), ("wait", 1.0), ("begin", ONE), ("repeat", 0)])
@example([("wait", 1.0), ("begin", ONE), ("lose", TWO, "late"), ("sell", ONE, True), ("end", ONE), ("repeat", 0)])
def test_whatever_happens_no_receipt_is_on_both_registers_and_each_is_settled(script: list[Step]) -> None:
    play_all(script)


@pytest.mark.parametrize("loss", [None, "before", "after", "late", "halfway"])
@pytest.mark.parametrize("word", ["begin", "end"])
def test_a_hand_over_at_any_moment_of_a_print_leaves_one_document(word: str, loss: Loss | None) -> None:
    """The word comes before the claim, during the print, with the answer, after it."""
    for seconds in (0.0, 0.05, 0.25, 0.3, 0.5):
        first: list[Step] = [("wait", 1.0)] if word == "begin" else [("wait", 1.0), ("begin", ONE)]
        prints = ONE if word == "begin" else TWO
        sale: list[Step] = [("lose", prints, loss), ("sell", ONE, True), ("wait", seconds)]
        play_all([*first, *sale, (word, ONE), ("repeat", 0), ("sell", ONE, True)])
