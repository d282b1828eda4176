"""The real tree, with its real disk and real HTTP on loopback: each actor killed in turn. Real time, so no clock."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import trio
from trio.testing import MockClock

from actors import buffer, status
from actors.circuit_breaker import Acquire, Describe
from actors.kkt.actor import Print
from actors.mailbox import Busy, Mailbox
from drivers.emulators import odoo, ofd
from drivers.errors import LinkLost
from drivers.store.records import Known, Totals
from drivers.web import SocketEntrance, bind, url
from protocols.breaker import Permit
from protocols.life import State
from protocols.order import fingerprint
from protocols.settings import Settings
from supervisors.embedded import serve_app
from supervisors.supervisor import Lifecycle, Supervisor
from supervisors.tree import tree
from supervisors.watch import Watch
from supervisors.wiring import Wiring
from supervisors.world import World
from tests.fakes import FakeRegister
from tests.samples import sale

POS_ID = "POS-001"
SOON = 30.0  # seconds of real time in which anything must have come true
OUTSIDE = ("breaker.odoo", "heartbeat", "catalog", "alerts")
ACTORS = ("status", "buffer", "breaker.ofd", "ofd-sync", f"kkt.{POS_ID}", *OUTSIDE, "facade")


@dataclass
class Recorder(Watch):
    """Keeps what it is told, and lets a test wait for it."""

    events: list[Lifecycle] = field(default_factory=list)
    _news: trio.Event = field(default_factory=trio.Event)

    def __call__(self, event: Lifecycle) -> None:
        super().__call__(event)
        self.events.append(event)
        self._news.set()
        self._news = trio.Event()

    def count(self, kind: str) -> Counter[str]:
        return Counter(event.child for event in self.events if event.event == kind)

    async def until(self, kind: str, child: str, times: int) -> None:
        with trio.fail_after(SOON):
            while self.count(kind)[child] < times:
                await self._news.wait()


class WatchedWiring(Wiring):
    @cached_property
    def watch(self) -> Recorder:
        return Recorder(self.mailboxes.status.address)


@dataclass
class House:
    """The whole gateway, but for the process around it."""

    wiring: WatchedWiring
    top: Supervisor
    register: FakeRegister
    ofd: ofd.EmulatedOfd

    @property
    def recorder(self) -> Recorder:
        return self.wiring.watch

    def box(self, name: str) -> Mailbox[Any]:
        boxes = self.wiring.mailboxes
        named: dict[str, Mailbox[Any]] = {box.name: box for box in vars(boxes).values() if isinstance(box, Mailbox)}
        breakers = {box.name: box for box in boxes.breakers.values()}
        return {**named, **breakers, f"kkt.{POS_ID}": boxes.kkts[POS_ID]}[name]

    async def ask(self, name: str, question: Any) -> Any:
        return await self.box(name).address.ask(question, within=SOON)

    async def sell(self, kopecks: int) -> Known:
        """As a POS does it that repeats its request."""
        receipt, key = sale(kopecks), str(uuid4())
        with trio.fail_after(SOON):
            while True:
                outcome = await self.ask(f"kkt.{POS_ID}", Print(str(uuid4()), key, fingerprint(receipt), receipt))
                if isinstance(outcome, Known) and outcome.answer is not None:
                    return outcome
                await trio.sleep(0.02)  # the world here is real, and so is its time

    async def delivered(self, count: int) -> None:
        with trio.fail_after(SOON):
            while True:
                totals = await self.ask("buffer", buffer.Count())
                if totals.by_state[State.SYNCED] == count:
                    return
                await trio.sleep(0.02)


@pytest.fixture
async def house(tmp_path: Path, nursery: trio.Nursery) -> AsyncIterator[House]:
    with ExitStack() as sockets:
        listener, at_ofd, at_odoo = (sockets.enter_context(bind("127.0.0.1", 0)) for _ in range(3))
        settings = Settings.model_validate(
            {
                "storage": {"data": tmp_path},
                "kkt": {"registers": [{"pos_id": POS_ID, "device_path": "tcp://127.0.0.1:1", "linger": 0}]},
                "ofd": {"api_url": url(at_ofd)},
                "odoo": {"url": url(at_odoo)},
            }
        )
        register, state = FakeRegister(), ofd.EmulatedOfd()
        emulators = {
            "ofd": partial(serve_app, partial(ofd.make_app, state), at_ofd),
            "odoo": partial(serve_app, partial(odoo.make_app, odoo.EmulatedOdoo()), at_odoo),
        }
        wiring = WatchedWiring(settings, SocketEntrance(listener), emulators, World(make_register=lambda *_: register))
        top = tree(wiring)
        await nursery.start(top.start)
        yield House(wiring, top, register, state)
        top.stop()
        with trio.fail_after(SOON):
            await wiring.watch.until("stopped", "status", 1)


async def test_everybody_is_started_in_the_order_of_the_map(house: House) -> None:
    started = [event.child for event in house.recorder.events]

    assert started == [
        "status",
        *["emulated-ofd", "emulated-odoo", "embedded"],
        *["buffer", "breaker.ofd", "ofd-sync", f"kkt.{POS_ID}", "fiscal"],
        *[*OUTSIDE, "outside"],
        "facade",
    ]


async def test_everybody_is_stopped_in_reverse_order(house: House) -> None:
    house.top.stop()
    await house.recorder.until("stopped", "status", 1)

    stopped = [event.child for event in house.recorder.events if event.event == "stopped"]
    assert stopped == [
        "facade",
        *[*reversed(OUTSIDE), "outside"],
        *[f"kkt.{POS_ID}", "ofd-sync", "breaker.ofd", "buffer", "fiscal"],
        *["emulated-odoo", "emulated-ofd", "embedded"],
        "status",
    ]


@pytest.mark.parametrize("name", ACTORS)
async def test_an_actor_that_crashes_is_back_at_once_and_nobody_falls_with_it(house: House, name: str) -> None:
    house.box(name).address.tell(object())
    await house.recorder.until("started", name, 2)

    assert house.recorder.count("crashed") == {name: 1}
    assert house.recorder.count("started") == Counter({event.child: 1 for event in house.recorder.events} | {name: 2})
    (crash,) = [event for event in house.recorder.events if event.event == "crashed"]
    assert crash.delay_s is not None
    assert 0.05 <= crash.delay_s <= 0.1


@pytest.mark.parametrize("name", ACTORS)
async def test_after_the_crash_of_anybody_a_receipt_is_sold_delivered_and_shown(house: House, name: str) -> None:
    await house.sell(100)
    house.box(name).address.tell(object())
    await house.recorder.until("started", name, 2)

    await house.sell(200)
    await house.delivered(2)

    async with httpx.AsyncClient(base_url=house.wiring.entrance.url, trust_env=False) as client:
        shown = (await client.get("/v1/kkt/buffer/status")).json()
    assert shown["synced"] == 2
    assert house.register.sold == [100, 200]


QUESTIONS = [
    ("status", status.Look, dict),
    ("buffer", buffer.Count, Totals),
    ("breaker.ofd", Acquire, Permit),
]


@pytest.mark.parametrize(("name", "question", "answer"), QUESTIONS)
async def test_a_question_behind_the_one_that_kills_is_answered_by_the_next_incarnation(
    house: House, name: str, question: type[Any], answer: type[Any]
) -> None:
    house.box(name).address.tell(object())

    assert isinstance(await house.ask(name, question()), answer)


async def test_a_receipt_behind_the_message_that_kills_its_register_is_printed(house: House) -> None:
    await house.sell(100)
    house.box(f"kkt.{POS_ID}").address.tell(object())

    await house.sell(200)

    assert house.register.sold == [100, 200]


async def test_a_breaker_that_is_gone_hides_neither_its_own_link_nor_the_others(house: House) -> None:
    house.wiring.mailboxes.breakers["odoo"].abandon()

    async with httpx.AsyncClient(base_url=house.wiring.entrance.url, trust_env=False) as client:
        shown = (await client.get("/v1/links")).json()["links"]

    assert {link["name"]: link["breaker"] and link["breaker"]["state"] for link in shown} == {
        "ofd": "CLOSED",
        "odoo": None,
    }


async def test_who_lets_calls_out_again_ends_the_pause_that_the_other_side_asked_for(house: House) -> None:
    async def busy() -> None:
        raise LinkLost("answer 503", pause=3600.0)

    with pytest.raises(LinkLost):
        await house.wiring.links["odoo"].call(busy)

    async with httpx.AsyncClient(base_url=house.wiring.entrance.url, trust_env=False) as client:
        paused = (await client.get("/v1/links/odoo")).json()["paused_for"]
        order = {"command": "close", "who": "Petrov", "reason": "they are back"}
        headers = {"Idempotency-Key": str(uuid4())}
        shown = (await client.post("/v1/links/odoo/breaker", json=order, headers=headers)).json()

    assert 3590 < paused <= 3600
    assert shown["paused_for"] == 0


async def test_a_crash_can_be_read_in_the_status(house: House) -> None:
    house.box("heartbeat").address.tell(object())
    await house.recorder.until("started", "heartbeat", 2)

    shown = (await house.ask("status", status.Look()))["actors"]["heartbeat"]

    assert (shown["state"], shown["restarts"]) == ("started", 1)
    assert "TypeError" in shown["last_error"]


async def test_where_nobody_sends_receipts_a_buffer_starts_with_a_full_mailbox_too(
    tmp_path: Path, nursery: trio.Nursery
) -> None:
    register = {"pos_id": POS_ID, "device_path": "tcp://127.0.0.1:1", "ofd_way": "device"}
    settings = Settings.model_validate({"storage": {"data": tmp_path}, "kkt": {"registers": [register]}})
    with bind("127.0.0.1", 0) as listener:
        wiring = Wiring(settings, SocketEntrance(listener))
        address = wiring.mailboxes.buffer.address
        with suppress(Busy):
            while True:
                address.tell(buffer.WayOpen(True))

        await nursery.start(wiring.buffer)

        with trio.fail_after(SOON):
            while wiring.mailboxes.buffer.depth:  # noqa: ASYNC110  nobody tells when a mailbox is empty
                await trio.sleep(0.01)
        totals: Totals = await wiring.mailboxes.buffer.address.ask(buffer.Count(), within=SOON)
        assert totals.queued == 0
    nursery.cancel_scope.cancel()


async def test_where_nobody_sends_receipts_no_breaker_remembers_that_somebody_did(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    register = {"pos_id": POS_ID, "device_path": "tcp://127.0.0.1:1", "ofd_way": "device"}
    settings = Settings.model_validate({"storage": {"data": tmp_path}, "kkt": {"registers": [register]}})
    with bind("127.0.0.1", 0) as listener:
        wiring = Wiring(settings, SocketEntrance(listener))
        await nursery.start(wiring.breaker("ofd"))  # which nobody could tell how it stood

        told = await wiring.mailboxes.breakers["ofd"].address.ask(Describe(), within=60)

    assert told["state"] == "CLOSED"
    nursery.cancel_scope.cancel()
