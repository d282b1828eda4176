"""One register through everything at once: lost answers, crashes, kills, strangers, no paper. The journal judges.

Sums are unique, so that the journal says which receipt a document is of without the gateway's word.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from trio.testing import MockClock

from actors.kkt.actor import PutOnPaper
from actors.kkt.policy import Policy
from actors.mailbox import NoAnswer
from drivers.kkt.port import RegisterRefused
from drivers.store.records import Known
from protocols.fiscal import FiscalDocument, Paper, Shift
from protocols.jsontext import loads
from protocols.life import State
from protocols.till import SHIFT, TillWork, Work
from protocols.unfiscal import XReport
from tests.fakes import FakeRegister
from tests.fakes.register import Loss
from tests.fakes.shop import POS_ID, Shop

WORK = ", ".join(f"'{work}'" for work in Work)
HEALED = 180.0  # seconds after the last fault in which all must be settled
PATIENCE = 20.0  # seconds that a POS waits before it repeats its request


@dataclass
class Pos:
    """One receipt's customer: repeats until it knows, or walks away after its first answer or none."""

    kopecks: int
    stays: bool
    key: str = field(default_factory=lambda: str(uuid4()))
    answers: set[tuple[State, bytes]] = field(default_factory=set)

    async def buy(self, street: "Street") -> None:
        while True:
            outcome = await self.ask(street)
            if isinstance(outcome, Known) and outcome.answer is not None:
                self.answers.add((outcome.state, outcome.answer))
                return
            if not self.stays:
                return
            await trio.sleep(1)

    async def ask(self, street: "Street") -> object:
        shop = street.shop
        order = shop.order(self.kopecks, self.key)
        try:
            return await shop.kkt_box.address.ask(order, within=PATIENCE)
        except (NoAnswer, trio.TooSlowError) as error:
            return error


class Street:
    """The shop, which may be killed and opened again, on one register that outlives it."""

    def __init__(self, data: Path, everything: trio.Nursery, policy: Policy) -> None:
        self.data, self.everything, self.policy = data, everything, policy
        self.register = FakeRegister(print_time=0.3, late_by=8.0)
        self.customers: list[Pos] = []
        self.sums = count(100)

    async def open(self) -> None:
        self.shop = Shop(self.data, self.register, policy=self.policy)
        self.killed = trio.CancelScope()
        await self.everything.start(self._live)

    async def _live(self, *, task_status: trio.TaskStatus[None]) -> None:
        with self.killed:
            async with trio.open_nursery() as nursery:
                await self.shop.open(nursery, "status", "buffer", "kkt")
                task_status.started()

    async def kill(self) -> None:
        """What is in memory is gone, and whoever waits hears a hang-up."""
        self.killed.cancel()
        await trio.testing.wait_all_tasks_blocked()
        self.shop.kkt_box.abandon()
        await self.open()

    def sell(self, stays: bool, loss: Loss | None) -> None:
        self.register.losses.append(loss)
        pos = Pos(next(self.sums), stays)
        self.customers.append(pos)
        self.everything.start_soon(pos.buy, self)

    def turn(self, work: Work) -> None:
        """By a person at the till, who does not care whether it was of use."""

        async def turn() -> None:
            order = self.shop.order(order=TillWork(POS_ID, work))
            with suppress(NoAnswer, trio.TooSlowError):
                await self.shop.kkt_box.address.ask(order, within=PATIENCE)

        self.everything.start_soon(turn)

    def expire(self) -> None:
        if self.register.shift is Shift.OPEN:
            self.register.shift = Shift.EXPIRED

    def report(self) -> None:
        """Paper that is no document."""
        with suppress(NoAnswer):
            self.shop.kkt_box.address.tell(PutOnPaper(XReport()))

    def for_a_while(self, name: str, value: object, then: object, seconds: float) -> None:
        async def pass_by() -> None:
            setattr(self.register, name, value)
            await trio.sleep(seconds)
            setattr(self.register, name, then)

        self.everything.start_soon(pass_by)

    def heal(self) -> None:
        self.register.losses.clear()
        self.register.refusals.clear()
        self.shop.store.crashes.clear()


Step = tuple[Any, ...]
REFUSAL = RegisterRefused(0x33, "нет")
NOT_NOW = RegisterRefused(0x4E, "Смена превысила 24 часа", passing=True)


async def _kill(street: Street) -> None:
    await street.kill()


async def _wait(_: Street, seconds: float) -> None:
    await trio.sleep(seconds)


STEPS: dict[str, Callable[..., Any]] = {
    "sell": lambda street, stays, loss: street.sell(stays, loss),
    "away": lambda street, seconds: street.for_a_while("away", True, False, seconds),
    "no paper": lambda street, seconds: street.for_a_while("paper", Paper.OUT, Paper.WAITS, seconds),
    "busy": lambda street, seconds: street.for_a_while("busy", True, False, seconds),
    "refuse": lambda street: street.register.refusals.append(REFUSAL),
    "not now": lambda street: street.register.refusals.append(NOT_NOW),
    "stranger": lambda street: street.register.prints_stranger(1_000_000 + next(street.sums)),
    "report": lambda street: street.register.prints_report(),
    "buffer crash": lambda street, when: street.shop.store.crashes.append((when, OSError("a bug"))),
    "driver crash": lambda street: setattr(street.register, "crash_next", ZeroDivisionError("a bug")),
    "kkt crash": lambda street: street.shop.kkt_box.address.tell(object()),
    "kill": _kill,
    "wait": _wait,
    "expire": lambda street: street.expire(),
    "turn": lambda street, work: street.turn(work),
    "x report": lambda street: street.report(),
}
SECONDS = st.sampled_from([0.1, 0.3, 0.5, 1.0, 5.0, 12.0, 40.0])
LOSSES = st.sampled_from([None, None, "before", "after", "late", "halfway"])
SCRIPTS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.booleans(), LOSSES),
        st.tuples(st.just("wait"), SECONDS),
        st.tuples(st.sampled_from(["away", "no paper", "busy"]), SECONDS),
        st.tuples(st.just("buffer crash"), st.sampled_from(["before", "after"])),
        st.tuples(st.sampled_from(["stranger", "report", "expire", "x report"])),
        st.tuples(st.just("turn"), st.sampled_from(SHIFT)),
        st.tuples(st.sampled_from(["refuse", "not now", "driver crash", "kkt crash", "kill"])),
    ),
    min_size=3,
    max_size=25,
)


async def play(script: Sequence[Step], policy: Policy, data: Path) -> None:
    async with trio.open_nursery() as everything:
        street = Street(data, everything, policy)
        await street.open()
        for name, *arguments in script:
            done = STEPS[name](street, *arguments)
            if hasattr(done, "__await__"):
                await done
            await trio.sleep(0.1)
        street.heal()
        await trio.sleep(HEALED)
        for work in (Work.CLOSE_SHIFT, Work.OPEN_SHIFT):  # for where shifts are not turned by themselves
            street.turn(work)
            await trio.sleep(PATIENCE)
        await trio.sleep(HEALED)
        street.sell(True, None)
        await trio.sleep(HEALED)
        judge(street)
        everything.cancel_scope.cancel()


def judge(street: Street) -> None:
    printed = Counter(street.register.sold)
    rows = street.shop.store.rows(f"SELECT key, state, fd FROM receipts WHERE kind NOT IN ({WORK})")
    works = street.shop.store.rows(f"SELECT state FROM receipts WHERE kind IN ({WORK})")
    kept = {key: (state, fd) for key, state, fd in rows}
    assert max(printed.values()) == 1, "something was printed twice"
    assert {state for state, _ in kept.values()} <= {"pending", "rejected"}, "something is not settled"
    assert {state for (state,) in works} <= {"done", "rejected"}, "a shift is not settled"
    turned = street.register.turned
    assert all(first is not then for first, then in pairwise(turned)), "a shift was turned twice"
    assert len(turned) == sum(state == "done" for (state,) in works), "a shift was turned without an order"
    for pos in street.customers:
        state, fd = kept.get(pos.key, ("never begun", None))
        assert printed[pos.kopecks] == (state == "pending"), f"{pos} is {state}"
        assert fd is None or _sum_of(street, fd) == pos.kopecks, "another document was taken for it"
        assert len(pos.answers) == pos.stays or (not pos.stays and len(pos.answers) <= 1), "no answer"
        for said, answer in pos.answers:
            assert said == state, "an answer turned into another"
            assert state == "rejected" or loads(answer)["fiscal_doc"]["fd"] == str(fd)
    assert street.customers[-1].answers, "the register is stuck"


def _sum_of(street: Street, fd: int) -> int:
    document = street.register.journal[fd - 1]
    assert isinstance(document, FiscalDocument)
    return document.total_kopecks


@settings(max_examples=150, deadline=None)
@given(SCRIPTS, st.builds(Policy, auto_open_shift=st.booleans(), reopen_expired_shift=st.booleans()))
def test_whatever_happens_every_receipt_is_printed_once_or_not_at_all_and_known_to_be_so(
    script: list[Step], policy: Policy
) -> None:
    with TemporaryDirectory() as folder, capture_logs():
        trio.run(play, script, policy, Path(folder), clock=MockClock(autojump_threshold=0))
