"""The relay, from the emulated register to the emulated OFD and back, with all that may happen on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import cast

import pytest
import trio

from actors.breaker_gate import BreakerGate
from actors.kkt import actor as kkt
from actors.kkt.carriage import Outgoing
from actors.kkt.policy import Policy as KktPolicy
from actors.ofd_relay import OFDRelayActor, Policy
from actors.ofd_sync import Wake
from drivers.emulators.ofd_documents import Documents
from drivers.links import Link
from protocols.jsontext import loads
from protocols.link_policy import Policy as LinkPolicy
from protocols.ofd import session
from protocols.ofd.container import Container
from protocols.order import fingerprint
from protocols.shtrih.commands import code_bytes
from protocols.shtrih.exchange import BeginWrite, ReadOutgoingMessage
from protocols.till import TillWork, Work
from tests.fakes.carrier import FakeCarrier
from tests.fakes.relay_shop import OFD_TIMEOUT, RelayShop, relay_shop
from tests.fakes.shop import LONG, POS_ID, Shop, unguarded, virtual_now
from tests.samples import FN

HOUR = 3600.0
RULES = Policy()


async def till_work(shop: RelayShop, work: Work) -> None:
    order = TillWork(POS_ID, work)
    await shop.kkt_box.address.ask(kkt.Print(shop.new_id(), shop.new_id(), fingerprint(order), order), within=LONG)


def begins_with(code: int) -> Callable[[bytes], bool]:
    """Whether a piece on the line holds a frame of that command."""
    return lambda data: code_bytes(code) in data


async def test_a_days_documents_reach_the_ofd_in_order_and_every_answer_the_drive(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        for kopecks in (10_000, 20_000, 30_000):
            await shop.sell(kopecks)
        await till_work(shop, Work.CLOSE_SHIFT)
        await shop.sell(40_000)  # which opens the next shift
        await shop.until_confirmed(6)
        await trio.sleep(120)

        assert [(each.fd, each.kind) for each in shop.at_ofd] == [(1, 3), (2, 3), (3, 3), (4, 5), (5, 2), (6, 3)]
        assert [each.fp for each in shop.at_ofd] == [each.fp for each in shop.drive.after(0, 100)]
        assert shop.far_ofd.documents.duplicates == 0
        tickets = [shop.drive.ticket(fd) for fd in range(1, 7)]
        assert [each.code for each in tickets if each] == [0] * 6
        assert shop.states() == ["synced"] * 3 + ["done"] * 2 + ["synced"]
        told = await shop.told()
        assert (told["status"], told["queue"], told["carried"], told["alarms"]) == ("online", 0, 6, [])


async def test_a_printed_receipt_is_carried_at_once(tmp_path: Path, autojump_clock: trio.testing.MockClock) -> None:
    async with relay_shop(tmp_path) as shop:
        await trio.sleep(10)
        await shop.sell()
        await trio.sleep(0.5)

        assert [each.fd for each in shop.at_ofd] == [1]
        assert shop.states() == ["synced"]


async def test_what_waited_before_the_start_is_carried(tmp_path: Path, autojump_clock: trio.testing.MockClock) -> None:
    async with relay_shop(tmp_path, relay=False) as shop, trio.open_nursery() as nursery:
        for _ in range(3):
            await shop.sell()
        assert shop.states() == ["pending"] * 3

        await shop.start_relay(nursery)
        await shop.until_confirmed(3)
        await trio.sleep(1)

        assert shop.states() == ["synced"] * 3
        nursery.cancel_scope.cancel()


async def test_a_cut_at_any_byte_on_the_way_to_the_ofd_loses_nothing_and_doubles_nothing(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        cuts = 0
        while True:
            shop.way.cut_after = cuts
            await shop.sell_until_known()
            await shop.until_confirmed(cuts + 1)
            if shop.way.cut_after is not None:
                break
            cuts += 1

        assert cuts > 400  # the message and its answer
        await trio.sleep(120)
        assert [each.fd for each in shop.at_ofd] == list(range(1, cuts + 2))
        assert shop.states() == ["synced"] * (cuts + 1)


@pytest.mark.parametrize("begin", [ReadOutgoingMessage.CODE, BeginWrite.CODE], ids=["message", "answer"])
async def test_a_cut_at_any_byte_on_the_registers_line_loses_nothing_and_prints_nothing_twice(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, begin: int
) -> None:
    """From the first command of the exchange on, to the end of all that is said on the line behind it."""
    async with relay_shop(tmp_path) as shop:
        cuts = 0
        while True:
            shop.line.cut_after, shop.line.counts_from = cuts, begins_with(begin)
            await shop.sell_until_known()
            await shop.until_confirmed(cuts + 1)
            if shop.line.cut_after is not None:
                break
            cuts += 1

        assert cuts > 200
        shop.line.cut_after = None
        await trio.sleep(200)
        documents = list(shop.drive.after(0, 100_000))
        assert [each.fd for each in shop.at_ofd] == [each.fd for each in documents] == list(range(1, cuts + 2))
        assert shop.states() == ["synced"] * (cuts + 1)


async def test_a_silent_ofd_is_tried_again_later_and_later_and_gets_all_in_the_end(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.way.down = True
        for _ in range(3):
            await shop.sell()
        await trio.sleep(4 * HOUR)

        pauses = [after - before for before, after in pairwise(shop.way.dialled)]
        assert all(pause <= RULES.longest_pause + 1 for pause in pauses)
        assert max(pauses) > RULES.longest_pause / 2
        assert len(pauses) < 200
        told = await shop.told()
        assert (told["status"], told["queue"], "nobody listens" in told["last_error"]) == ("offline", 3, True)
        shop.way.down = False
        await shop.until_confirmed(3, within=RULES.longest_pause + 60)
        assert (await shop.told())["last_error"] is None


async def test_an_open_breaker_is_waited_for_and_no_longer(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path, relay=False) as shop, trio.open_nursery() as nursery:
        gate = BreakerGate("relay", shop.breaker_box.address)
        shop.link = Link("relay", LinkPolicy(timeout=OFD_TIMEOUT), gate, Random(1))
        await shop.open(nursery, "breaker")
        await shop.start_relay(nursery)
        shop.way.down = True
        await shop.sell()
        await trio.sleep(HOUR)

        opened = shop.way.dialled[shop.rules.failure_threshold or 0 :]
        pauses = [after - before for before, after in pairwise(opened)]
        assert pauses[0] > shop.rules.recovery_timeout
        assert max(pauses) < shop.rules.max_recovery_timeout + 2 * RULES.shortest_pause
        shop.way.down = False
        await shop.until_confirmed(1, within=shop.rules.max_recovery_timeout + 2)
        nursery.cancel_scope.cancel()


async def test_a_till_is_told_that_its_receipt_is_buffered_while_the_ofd_is_away(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.way.down = True
        first = await shop.sell_until_known()
        await trio.sleep(60)
        second = await shop.sell_until_known()
        shop.way.down = False
        await shop.until_confirmed(2)
        await trio.sleep(1)
        third = await shop.sell_until_known()

        assert [loads(each.answer or b"")["status"] for each in (first, second, third)] == [
            "printed",
            "buffered",
            "printed",
        ]


async def test_an_ofd_that_takes_and_does_not_answer_is_given_up_at_the_timeout(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.far_ofd.conduct.change({"latency_ms": 60_000})
        await shop.sell()
        await trio.sleep(OFD_TIMEOUT + 4)

        assert f"no answer within {OFD_TIMEOUT:g} s" in (await shop.told())["last_error"]
        shop.far_ofd.conduct.change({"latency_ms": 0})
        await shop.until_confirmed(1)
        assert [each.fd for each in shop.at_ofd] == [1]


async def test_printing_more_does_not_hurry_a_relay_whose_ofd_is_away(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.way.down = True
        for _ in range(100):
            await shop.sell()
            await trio.sleep(6)

        assert len(shop.way.dialled) < 20


async def test_a_document_that_the_ofd_finds_bad_is_told_and_holds_up_nothing(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.far_ofd.conduct.change({"refuse_next": 1})
        await shop.sell()
        await shop.sell()
        await shop.until_confirmed(2)
        await trio.sleep(1)

        assert [each.code for each in shop.at_ofd] == [14, 0]
        refusal = (await shop.told())["last_refusal"]
        assert (refusal["fd"], refusal["code"]) == (1, 14)
        noted = shop.store.rows("SELECT source, code FROM notices")
        assert noted == [(f"ofd.{POS_ID}", "OFD_DOCUMENT_BAD")]


async def test_an_answer_that_the_drive_refuses_is_an_alarm_and_is_not_hammered(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Documents.take

    def forged(self: Documents, message: session.Message, *, refuse: bool = False) -> session.Message:
        return session.message(message.fn, right(self, message, refuse=refuse).body[:-1] + b"\0")

    async with relay_shop(tmp_path) as shop:
        monkeypatch.setattr(Documents, "take", forged)
        await shop.sell()
        await trio.sleep(HOUR)

        told = await shop.told()
        assert [each["code"] for each in told["alarms"]] == ["OFD_ANSWER_REFUSED"]
        assert told["status"] == "refused"
        assert 11 < len(shop.way.dialled) < 26
        assert shop.drive.confirmed == 0
        assert shop.states() == ["pending"]
        monkeypatch.setattr(Documents, "take", right)
        await shop.until_confirmed(1, within=RULES.longest_pause + 60)
        assert (await shop.told())["alarms"] == []
        changes = shop.store.rows("SELECT code, change FROM notices ORDER BY number")
        assert changes == [("OFD_ANSWER_REFUSED", "began"), ("OFD_ANSWER_REFUSED", "ended")]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "signature"),
        (session.message("9999000000000001", b"x").encode(), "is for drive 9999000000000001"),
        (b"", "hung up after 0 bytes"),
    ],
)
async def test_what_is_no_answer_is_not_given_to_the_register(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, reply: bytes, says: str
) -> None:
    async with relay_shop(tmp_path) as shop:
        await shop.sell()
        await shop.until_confirmed(1)
        shop.way.listener.connect = lambda: _saying(reply)  # type: ignore[method-assign]
        await shop.sell()
        await trio.sleep(3)

        assert says in (await shop.told())["last_error"]
        assert shop.drive.confirmed == 1


def _saying(reply: bytes) -> trio.abc.Stream:
    """The near end of a connection to somebody who says that and hangs up."""
    near, _ = trio.testing.memory_stream_pair()
    near.receive_stream.put_data(reply)
    near.receive_stream.put_eof()
    return near


async def test_an_empty_answer_ends_the_pass_and_the_message_stays(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relay_shop(tmp_path) as shop:
        fn = shop.drive.passport.fn
        monkeypatch.setattr(Documents, "take", lambda self, message, *, refuse=False: session.message(fn, b""))
        await shop.sell()
        await trio.sleep(3)

        assert "ended the session" in (await shop.told())["last_error"]
        assert shop.drive.confirmed == 0


async def test_a_register_that_is_away_is_waited_for_and_a_receipt_wakes_the_relay(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.line.down = True
        await shop.register_wire.behave({"power": "off"})
        await trio.sleep(HOUR)
        assert (await shop.told())["status"] == "waits"
        assert shop.way.dialled == []

        shop.line.down = False
        await shop.register_wire.behave({"power": "on"})
        await shop.sell_until_known()
        await shop.until_confirmed(1, within=5)


async def test_a_power_cut_at_the_register_in_the_middle_loses_nothing(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    async with relay_shop(tmp_path) as shop:
        shop.far_ofd.conduct.change({"latency_ms": 1_000})
        await shop.sell()
        await trio.sleep(0.5)  # the message is on its way, the answer not yet
        await shop.register_wire.behave({"power": "off"})
        await trio.sleep(10)
        await shop.register_wire.behave({"power": "on"})
        await shop.until_confirmed(1)

        assert [each.fd for each in shop.at_ofd] == [1]
        assert shop.far_ofd.documents.duplicates == 1


async def test_the_message_is_fetched_without_paper_too(tmp_path: Path, autojump_clock: trio.testing.MockClock) -> None:
    async with relay_shop(tmp_path, relay=False) as shop:
        await shop.sell()
        await shop.register_wire.behave({"paper": "out"})
        await trio.sleep(10)

        found = await shop.kkt_box.address.ask(kkt.FetchMessage(), within=10)

        assert isinstance(found, Outgoing)
        assert found.fn == shop.drive.passport.fn


async def test_a_register_that_breaks_over_every_message_is_not_asked_at_every_sale(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt costs it its link, and whoever sells behind it some seconds."""
    asks = begins_with(ReadOutgoingMessage.CODE)
    async with relay_shop(tmp_path) as shop:
        await trio.sleep(1)  # a question that came through has an answer, which the register would say again and again
        with monkeypatch.context() as breaking:
            breaking.setattr(shop.line, "pass_on", lambda data: 0 if asks(data) else len(data))
            for _ in range(100):
                await shop.sell_until_known()
                await trio.sleep(6)

        assert len(shop.line.dialled) < 20
        assert (await shop.told())["status"] == "waits"
        await shop.until_confirmed(100)


SEALED = session.message(FN, Container(7, FN, 1, b"\xee" * 60).encode())
MESSAGE = session.message(FN, Container(3, FN, 1, b"\xdd" * 300).encode()).encode()


@dataclass
class Sealing:
    """A real OFD: what its answers say only the drive can tell. `heard`: messages."""

    heard: list[bytes] = field(default_factory=list)

    async def exchange(self, message: bytes) -> session.Message:
        await trio.lowlevel.checkpoint()
        self.heard.append(message)
        return SEALED


async def carried(tmp_path: Path, register: FakeCarrier, ofd: Sealing, seconds: float) -> OFDRelayActor:
    """A relay that was at work for so long."""
    shop = Shop(tmp_path, register, policy=KktPolicy(linger=0.0, tells_confirmed=True))
    async with trio.open_nursery() as nursery:
        await shop.open_till(nursery)
        inbox = cast(trio.MemoryReceiveChannel[Wake], shop.sync_box.inbox)
        addresses = (shop.kkt_box.address, ofd, unguarded("relay"), shop.buffer_box.address, shop.status_box.address)
        relay = OFDRelayActor(inbox, POS_ID, *addresses, RULES, Random(1), virtual_now)
        await nursery.start(relay.run)
        await trio.sleep(seconds)
        nursery.cancel_scope.cancel()
    return relay


async def test_an_encrypted_answer_goes_to_the_drive_whole_and_unread(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    register, ofd = FakeCarrier(messages=[MESSAGE]), Sealing()

    relay = await carried(tmp_path, register, ofd, 10)

    assert (ofd.heard, register.answers) == ([MESSAGE], [SEALED.encode()])
    assert relay.account.status == "online"


async def test_a_drive_that_takes_answers_and_keeps_its_message_is_an_alarm_and_no_endless_loop(
    tmp_path: Path, autojump_clock: trio.testing.MockClock
) -> None:
    register, ofd = FakeCarrier(messages=[MESSAGE], keeps_messages=True), Sealing()

    relay = await carried(tmp_path, register, ofd, HOUR)

    assert len(ofd.heard) < 30
    assert relay.account.alarm is not None
    assert relay.account.alarm.code == "OFD_ANSWER_WITHOUT_EFFECT"
