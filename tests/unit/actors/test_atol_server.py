"""The vendor's server before an АТОЛ loses its queue, or is put back to an earlier one, over a receipt of ours.

The gateway's own actor on the true driver; the register's drive is the witness.
"""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
import trio
from trio.testing import MockClock

from actors.kkt import actor as kkt
from drivers.emulators.atol.api import make_app
from drivers.emulators.atol.jobs import Job as EmulatedJob
from drivers.emulators.atol.register import DRIVE, QUEUE, EmulatedAtol
from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.kkt.atol import AtolRegister
from drivers.kkt.atol_link import AtolLink
from drivers.kkt.atol_queue import AtolQueue
from protocols.atol.tasks import Till
from protocols.receipt import Taxation
from protocols.shtrih.codes import DocumentType
from protocols.till import TillWork, Work
from tests.emulated_atol import InMemory, inline, shop_time
from tests.fakes.atol import PASSWORD, USER, FakeAtol
from tests.fakes.shop import POS_ID, Shop

SOON, LATE = 5.0, 60.0  # seconds until the server is back: while the driver waits for it, and when it has given up
NO_CASH = 80
SETTLED = 120.0  # seconds after which everything is decided

Tamper = Callable[[Path], object]
_LINE: msgspec.json.Decoder[Document | CashMove] = msgspec.json.Decoder(Document | CashMove)


@dataclass
class AtolShop(Shop):
    """`transport` carries what its driver asks for."""

    transport: httpx.AsyncBaseTransport = field(kw_only=True)

    def _kkt(self) -> "kkt.KKTActor":
        actor, numbers = super()._kkt(), itertools.count(1)
        link = AtolLink("http://atol", USER, PASSWORD, timeout=10.0, transport=self.transport)
        queue = AtolQueue(link, lambda: f"00000000-0000-4000-8000-{next(numbers):012}", linger=10.0)
        register = AtolRegister(link, queue, ZoneInfo("Europe/Moscow"), Till(None, Taxation.OSN))
        who = (actor.inbox, POS_ID, "atol", register, actor.buffer, actor.ofd_sync, actor.status)
        return kkt.KKTActor(*who, actor.policy, actor.random, actor.new_id, actor.now)


@dataclass
class Vendor(httpx.AsyncBaseTransport):
    """A server that may be away."""

    folder: Path
    _app: InMemory | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        """What takes control calls."""
        register = EmulatedAtol(self.folder, clock=shop_time, print_delay=0.0, in_thread=inline)
        async with register.running() as server:
            self._app = InMemory(make_app(server, register.normal))
            async with httpx.AsyncClient(base_url="http://atol", transport=self._app) as client:
                yield client
            self._app = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._app is None:
            raise httpx.ConnectError("nobody is there", request=request)
        return await self._app.handle_async_request(request)

    def receipts(self) -> int:
        """In the drive."""
        lines = (self.folder / DRIVE).read_bytes().splitlines()[1:]
        documents = [_LINE.decode(line) for line in lines]
        return sum(isinstance(found, Document) and found.kind == DocumentType.RECEIPT for found in documents)


def keep(queue: Path) -> None:
    """A plain restart."""


def forget_all(queue: Path) -> None:
    queue.unlink()


def forget_last(queue: Path) -> None:
    """Back to how it was before the job came."""
    jobs = _lines(queue)
    _write(queue, [job for job in jobs if job.uuid != jobs[-1].uuid])


def wait_again(queue: Path) -> None:
    """Back to how it was when the job had come: of what was begun nothing is noted."""
    jobs = _lines(queue)
    (came, *_) = [job for job in jobs if job.uuid == jobs[-1].uuid]
    _write(queue, [*(job for job in jobs if job.uuid != came.uuid), came])


def _lines(queue: Path) -> list[EmulatedJob]:
    return [msgspec.json.decode(line, type=EmulatedJob) for line in queue.read_bytes().splitlines()]


def _write(queue: Path, jobs: list[EmulatedJob]) -> None:
    queue.write_bytes(b"".join(msgspec.json.encode(job) + b"\n" for job in jobs))


async def cut_over_a_sale(
    tmp_path: Path, nursery: trio.Nursery, fault: str, tamper: Tamper, away: float
) -> tuple[AtolShop, Vendor, str]:
    """The server's power goes over a receipt, its queue is tampered with, it comes back.

    The shop has sold one receipt like it before. The state is the second one's in the end.
    """
    vendor = Vendor(tmp_path / "vendor")
    shop = AtolShop(tmp_path, transport=vendor)
    async with vendor.running() as server:
        await shop.open_till(nursery)
        first = await shop.sell_until_known()
        await server.post("/kkt/_test/behave", json={fault: True})
        nursery.start_soon(shop.sell)
        while (await server.get("/kkt/_test/behave")).json()["power"] == "on":  # noqa: ASYNC110  another program
            await trio.sleep(0.01)
    tamper(vendor.folder / QUEUE)
    await trio.sleep(away)
    async with vendor.running():
        await trio.sleep(SETTLED)
    assert first.answer is not None
    return shop, vendor, shop.states()[-1]


BACK = pytest.mark.parametrize("away", [SOON, LATE], ids=["soon", "late"])


@BACK
@pytest.mark.parametrize("tamper", [keep, forget_all, forget_last])
@pytest.mark.parametrize("fault", ["power_off_in_receipt", "power_off_after_receipt"])
async def test_a_receipt_that_the_server_has_forgotten_is_printed_once(  # noqa: PLR0917  fixtures
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, fault: str, tamper: Tamper, away: float
) -> None:
    shop, vendor, state = await cut_over_a_sale(tmp_path, nursery, fault, tamper, away)

    assert vendor.receipts() == 2
    assert state == "pending"
    assert shop.crashes() == []
    nursery.cancel_scope.cancel()


@BACK
async def test_a_receipt_that_had_not_begun_is_printed_once_when_the_server_is_back(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, away: float
) -> None:
    _, vendor, state = await cut_over_a_sale(tmp_path, nursery, "power_off_in_receipt", wait_again, away)

    assert vendor.receipts() == 2
    assert state == "pending"
    nursery.cancel_scope.cancel()


@BACK
async def test_a_receipt_that_the_server_prints_a_second_time_by_itself_is_for_a_person_to_see(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, away: float
) -> None:
    _, vendor, state = await cut_over_a_sale(tmp_path, nursery, "power_off_after_receipt", wait_again, away)

    assert vendor.receipts() == 3
    assert state == "unknown"
    nursery.cancel_scope.cancel()


# exact moments


def goes_down(server: FakeAtol, kind: str, seconds: float) -> None:
    """So long, as it has carried out a task of that kind; after that it knows of no beginning, and all works anew."""
    down: list[float] = []

    def go_down(fake: FakeAtol, call: str) -> None:
        done = [job for job in fake.jobs.values() if job.task["type"] == kind and job.status == "ready"]
        if not down and done and call.startswith("GET requests/"):
            done[-1].status = "wait"
            fake.paused = True
            down.append(trio.current_time() + seconds)
        is_down = down and trio.current_time() < down[0]
        fake.faults = {method: ["lost"] for method in ("GET", "POST", "DELETE")} if is_down else {}

    server.before = go_down


@BACK
async def test_a_receipt_that_waits_again_after_the_server_was_away_is_taken_back_and_looked_for(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, away: float
) -> None:
    server = FakeAtol()
    shop = AtolShop(tmp_path, transport=server)
    await shop.open_till(nursery)
    goes_down(server, "sell", away)
    nursery.start_soon(shop.sell)

    await trio.sleep(2 * away)  # the register is not there yet: the server has begun nothing
    server.paused = False
    await trio.sleep(SETTLED)

    assert len(server.printed) == 1
    assert shop.states() == ["pending"]
    nursery.cancel_scope.cancel()


async def test_a_receipt_whose_first_print_cannot_be_read_is_for_a_person_to_see(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    server = FakeAtol()
    shop = AtolShop(tmp_path, transport=server)
    await shop.open_till(nursery)
    first = server.fd + 1
    goes_down(server, "sell", 0.0)
    goes_on = server.before

    def unreadable(fake: FakeAtol, call: str) -> None:
        goes_on(fake, call)
        fake.documents.pop(first, None)

    server.before = unreadable
    shop.kkt_box.address.tell(shop.order())
    await trio.sleep(0.01)
    server.paused = False
    await trio.sleep(SETTLED)

    assert len(server.printed) == 2
    assert shop.states() == ["unknown"]
    nursery.cancel_scope.cancel()


async def move_cash_twice(shop: AtolShop, server: FakeAtol, *then: tuple[int, bool]) -> None:
    """`then`: how the server fails in it when it tries again."""
    goes_down(server, "cashOut", 0.0)
    shop.kkt_box.address.tell(shop.order(order=TillWork(POS_ID, Work.CASH_OUT, 50_000)))
    await trio.sleep(0.01)
    server.fail += then
    server.paused = False
    await trio.sleep(SETTLED)


async def test_cash_that_the_server_moves_a_second_time_by_itself_is_for_a_person_to_see(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    server = FakeAtol()
    shop = AtolShop(tmp_path, transport=server)
    await shop.open_till(nursery)

    await move_cash_twice(shop, server)

    assert server.cash["cashOut"] == [50_000, 50_000]
    assert shop.states() == ["unknown"]
    nursery.cancel_scope.cancel()


async def test_cash_that_the_server_was_refused_only_when_it_tried_again_is_known_to_be_moved(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    server = FakeAtol()
    shop = AtolShop(tmp_path, transport=server)
    await shop.open_till(nursery)

    await move_cash_twice(shop, server, (NO_CASH, False))

    assert server.cash["cashOut"] == [50_000]
    assert shop.states() == ["done"]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("recovered", [False, True])
async def test_a_receipt_in_an_archive_that_cannot_be_read_is_never_printed_again(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, recovered: bool
) -> None:
    """Where the server tells of the document it is recorded; where it has looked for it itself, or forgot it, not."""
    server = FakeAtol(recovered=recovered)
    server.before = lambda fake, call: fake.documents.clear()
    shop = AtolShop(tmp_path, transport=server)
    await shop.open_till(nursery)

    await shop.sell()
    await trio.sleep(SETTLED)

    assert len(server.printed) == 1
    assert shop.states() == ["unknown" if recovered else "pending"]
    nursery.cancel_scope.cancel()
