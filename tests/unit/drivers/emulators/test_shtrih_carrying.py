"""The host carries the emulated register's documents to the OFD: one by one, and nothing is confirmed that is not."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from drivers.emulators.fiscal.drive import Drive, DriveCorrupt
from drivers.emulators.ofd_documents import Documents
from protocols.ffd.tlv import Tlv, encode
from protocols.ofd import confirmation, container, session
from protocols.shtrih import drive, exchange, service
from protocols.shtrih.codes import ExchangeFlags
from protocols.shtrih.receipts import AddTlvToOperation
from tests.shtrih_bench import NOON, OPEN, TEA, Bench, paid

EXCHANGE = drive.ReadExchangeStatus(30)
BEGIN = exchange.ReadOutgoingMessage(30)
BY_HOST, BY_ITSELF = (service.WriteTable(30, 21, 1, 2, value) for value in (b"\0", b"\1"))
UP, WAITS, AWAITS = ExchangeFlags.LINK_UP, ExchangeFlags.MESSAGE_WAITS, ExchangeFlags.AWAITS_TICKET
OLD_JOURNAL = Path(__file__).parents[3] / "vectors" / "emulated_drive_before_formats.jsonl"  # written by 0.1
Spoil = Callable[[session.Message], bytes]


@pytest.fixture
def carried(bench: Bench) -> Bench:
    bench.ask(BY_HOST)
    return bench


@pytest.fixture
def ofd() -> Documents:
    return Documents(lambda: NOON + timedelta(minutes=1))


def fetch(bench: Bench, block: int = 252) -> bytes:
    size = bench.ask(BEGIN).size
    starts = range(0, size, block)
    return b"".join(bench.ask(exchange.ReadBlock(30, at, min(block, size - at))).data for at in starts)


def put(bench: Bench, answer: bytes, block: int = 246) -> None:
    """Raises Refused at the last block."""
    bench.ask(exchange.BeginWrite(30, len(answer)))
    for at in range(0, len(answer), block):
        piece = answer[at : at + block]
        bench.ask(exchange.WriteBlock(30, at, len(piece), piece))


def last_block(answer: bytes) -> exchange.WriteBlock:
    return exchange.WriteBlock(30, 0, len(answer), answer)


def carry(bench: Bench, ofd: Documents) -> session.Message:
    message = session.decode(fetch(bench))
    put(bench, ofd.take(message).encode())
    return message


def test_a_register_that_sends_by_itself_has_nothing_for_the_host(bench: Bench) -> None:
    bench.sell()

    assert bench.ask(BEGIN).size == 0
    assert bench.ask(EXCHANGE).waiting == 0


def test_what_the_register_sent_by_itself_stays_sent_when_the_host_takes_over(bench: Bench) -> None:
    bench.sell()
    bench.ask(BY_HOST)

    assert bench.ask(EXCHANGE).waiting == 0
    bench.sell()
    exchange_now = bench.ask(EXCHANGE)
    assert (exchange_now.waiting, exchange_now.first_number) == (1, 2)


def test_what_could_not_be_sent_before_is_for_the_host(bench: Bench) -> None:
    bench.sell()
    bench.device.behave({"ofd_unreachable": True})
    bench.sell()
    bench.sell()
    bench.ask(BY_HOST)

    assert bench.ask(EXCHANGE).first_number == 2


def test_the_register_sends_what_waits_when_it_does_it_by_itself_again(carried: Bench, ofd: Documents) -> None:
    carried.sell()
    carry(carried, ofd)
    carried.sell()
    carried.device.behave({"ofd_unreachable": True})
    carried.ask(BY_ITSELF)

    assert carried.ask(EXCHANGE).first_number == 2
    carried.device.behave({"ofd_unreachable": False})
    assert carried.ask(EXCHANGE).waiting == 0
    carried.ask(BY_HOST)
    carried.sell()
    assert carried.ask(EXCHANGE).first_number == 3


def test_a_message_holds_the_document_with_its_numbers_and_sign(carried: Bench) -> None:
    sold = carried.sell()

    message = session.decode(fetch(carried))

    inside = container.decode(message.body)
    document, trailer = inside.document()
    assert (message.fn, inside.fn, inside.code, inside.fd) == (sold.fn, sold.fn, 3, 1)
    assert (document.tag, document.first(1040), document.first(1020)) == (3, 1, 30100)
    assert document.first(1077)[2:] == int(sold.fp).to_bytes(4, "big")
    assert (len(trailer), trailer[:2]) == (10, b"\x81\x06")
    assert fetch(carried, 7) == message.encode()


def test_documents_of_every_kind_go_in_their_order_and_the_queue_tells_the_truth(
    carried: Bench, ofd: Documents
) -> None:
    carried.sell()
    carried.now += timedelta(minutes=5)
    carried.ask(service.PrintZReport(30))
    carried.ask(service.OpenShift(30))
    carried.sell()

    told = []
    for _ in range(4):
        now = carried.ask(EXCHANGE)
        told.append((now.flags, now.waiting, now.first_number))
        assert carried.ask(drive.ReadUnconfirmedCount(30)).documents == now.waiting
        carry(carried, ofd)

    assert told == [(WAITS, 4 - done, 1 + done) for done in range(4)]
    assert [(each.kind, each.fd) for each in ofd.listed(0)] == [(3, 1), (5, 2), (2, 3), (3, 4)]
    assert carried.ask(EXCHANGE) == drive.ExchangeStatus(ExchangeFlags(0), False, 0, 0, None)
    assert carried.ask(BEGIN).size == 0


def test_the_next_is_handed_out_only_when_the_answer_was_taken(carried: Bench, ofd: Documents) -> None:
    carried.sell()
    carried.sell()

    first = fetch(carried)
    assert carried.ask(EXCHANGE).flags == UP | AWAITS
    assert fetch(carried) == first
    put(carried, ofd.take(session.decode(first)).encode())

    assert container.decode(session.decode(fetch(carried)).body).fd == 2


def test_the_exchange_status_tells_how_far_the_reading_is(carried: Bench) -> None:
    carried.sell()
    size = carried.ask(BEGIN).size
    carried.ask(exchange.ReadBlock(30, 0, 100))

    now = carried.ask(EXCHANGE)
    assert (now.flags, now.reading) == (UP | WAITS, True)
    for at in range(100, size, 100):
        carried.ask(exchange.ReadBlock(30, at, min(100, size - at)))
    now = carried.ask(EXCHANGE)
    assert (now.flags, now.reading) == (UP | AWAITS, False)


def test_a_ticket_tells_when_and_with_which_sign_the_ofd_took_it(carried: Bench, ofd: Documents) -> None:
    carried.sell()
    assert carried.refuses(drive.ReadOfdTicket(30, 1)) == 0x08

    answer = ofd.take(session.decode(fetch(carried)))
    put(carried, answer.encode())

    told = confirmation.read(container.decode(answer.body))
    ticket = carried.ask(drive.ReadOfdTicket(30, 1))
    assert (ticket.number, ticket.sign) == (1, told.sign + b"\0\0")
    assert ticket.moment == (NOON + timedelta(minutes=1)).replace(tzinfo=None)
    assert carried.ask(drive.FindDocument(30, 1)).acknowledged


def answered(told: confirmation.Confirmation, **changes: object) -> session.Message:
    changed = msgspec.structs.replace(told, **changes)
    return session.message(changed.fn, changed.container().encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"sign": bytes(16)},
        {"sign": b""},
        {"fd": 2},
        {"fn": "9999000000000001"},
        {"code": 14},
        {"received_at": NOON},
    ],
    ids=str,
)
def test_an_answer_with_another_sign_or_number_is_refused_and_the_message_stays(
    carried: Bench, ofd: Documents, changes: dict[str, object]
) -> None:
    carried.sell()
    message = fetch(carried)
    right = ofd.take(session.decode(message))
    wrong = answered(confirmation.read(container.decode(right.body)), **changes).encode()

    carried.ask(exchange.BeginWrite(30, len(wrong)))
    assert carried.refuses(last_block(wrong)) == 0x20

    assert carried.ask(EXCHANGE).first_number == 1
    put(carried, right.encode())
    assert carried.ask(EXCHANGE).waiting == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda right: right.encode()[:-1] + b"\xee",
        lambda right: b"\0" * len(right.encode()),
        lambda right: session.message(right.fn, b"").encode(),
        lambda right: session.message(right.fn, container.Container(7, right.fn, 1, b"\xff" * 40).encode()).encode(),
        lambda right: session.message("9999000000000001", right.body).encode(),
    ],
    ids=["bit", "zeros", "empty", "encrypted", "other drive"],
)
def test_what_is_no_answer_is_refused_and_the_message_stays(carried: Bench, ofd: Documents, spoil: Spoil) -> None:
    carried.sell()
    right = ofd.take(session.decode(fetch(carried)))
    wrong = spoil(right)

    carried.ask(exchange.BeginWrite(30, len(wrong)))
    assert carried.refuses(last_block(wrong)) == 0x20

    put(carried, right.encode())
    assert carried.ask(EXCHANGE).waiting == 0


def test_the_answer_to_one_document_is_no_answer_to_the_next(carried: Bench, ofd: Documents) -> None:
    carried.sell()
    carried.sell()
    first = ofd.take(session.decode(fetch(carried))).encode()
    put(carried, first)

    fetch(carried)
    carried.ask(exchange.BeginWrite(30, len(first)))
    assert carried.refuses(last_block(first)) == 0x20
    assert carried.ask(EXCHANGE).first_number == 2


def test_a_document_that_the_ofd_finds_bad_is_out_of_the_way_all_the_same(carried: Bench, ofd: Documents) -> None:
    carried.sell()

    put(carried, ofd.take(session.decode(fetch(carried)), refuse=True).encode())

    assert carried.ask(EXCHANGE).waiting == 0
    ticket = carried.device.drive.ticket(1)
    assert ticket is not None
    assert ticket.code == 14


def test_an_answer_before_the_message_was_read_and_blocks_out_of_order_are_refused(
    carried: Bench, ofd: Documents
) -> None:
    carried.sell()
    assert carried.refuses(exchange.ReadBlock(30, 0, 10)) == 0x02
    size = carried.ask(BEGIN).size
    assert carried.refuses(exchange.ReadBlock(30, size - 1, 2)) == 0x33
    assert carried.refuses(exchange.ReadBlock(30, 0, 253)) == 0x33
    assert carried.refuses(exchange.BeginWrite(30, 100)) == 0x02
    fetch(carried)
    assert [carried.refuses(exchange.BeginWrite(30, size)) for size in (0, 29, 32_799)] == [0x33] * 3
    assert carried.refuses(last_block(b"x")) == 0x02

    carried.ask(exchange.BeginWrite(30, 100))
    carried.ask(exchange.WriteBlock(30, 0, 60, bytes(60)))
    for offset, count, data in ((0, 40, bytes(40)), (70, 30, bytes(30)), (60, 41, bytes(41)), (60, 40, bytes(39))):
        assert carried.refuses(exchange.WriteBlock(30, offset, count, data)) == 0x33


def test_the_queue_survives_a_restart_and_what_was_under_way_is_handed_out_again(
    carried: Bench, ofd: Documents
) -> None:
    carried.sell()
    carried.sell()
    carried.ask(service.CashIn(1, 5_000))
    carry(carried, ofd)
    second = fetch(carried)

    carried.restart()

    assert (carried.ask(EXCHANGE).first_number, carried.ask(EXCHANGE).flags) == (2, WAITS)
    assert carried.refuses(exchange.BeginWrite(30, 100)) == 0x02
    assert fetch(carried) == second
    put(carried, ofd.take(session.decode(second)).encode())
    carried.restart()
    assert carried.ask(EXCHANGE).waiting == 0
    assert [each.fd for each in carried.documents] == [1, 2]
    assert len(list(carried.device.drive.slips_after(2, 10))) == 1


def test_a_power_off_forgets_what_was_under_way(carried: Bench) -> None:
    carried.sell()
    fetch(carried)

    carried.device.behave({"power": "off"})
    carried.device.behave({"power": "on"})

    assert carried.refuses(exchange.BeginWrite(30, 100)) == 0x02
    assert carried.ask(EXCHANGE).flags == WAITS


def test_documents_that_wait_too_long_for_the_host_stop_the_register(carried: Bench, ofd: Documents) -> None:
    carried.sell()
    carried.ask(service.PrintZReport(30))
    carried.now += timedelta(days=31)
    assert carried.refuses(service.OpenShift(1)) == 0x15

    carry(carried, ofd)
    carry(carried, ofd)

    carried.ask(service.OpenShift(1))


def test_a_document_too_large_for_a_message_is_refused_before_it_is_made(carried: Bench) -> None:
    note = encode([Tlv(1191, "я" * 64)])
    carried.ask(OPEN)
    for _ in range(300):
        carried.ask(TEA)
        carried.ask(AddTlvToOperation(1, note))

    assert carried.refuses(paid(cash=300 * 30100)) == 0x10

    assert carried.documents == []


def test_journals_of_before_are_read_and_their_documents_pass_for_sent(tmp_path: Path) -> None:
    path = tmp_path / "drive.jsonl"
    shutil.copy(OLD_JOURNAL, path)
    old = Bench(path)

    old.ask(BY_HOST)

    last = old.device.drive.counters.fd
    assert last > 0
    assert old.ask(EXCHANGE).waiting == 0
    assert old.device.drive.confirmed == last
    old.device.drive.close()


@pytest.mark.parametrize("fd", [0, 1, 3])
def test_a_ticket_of_no_document_or_twice_is_a_corrupt_journal(carried: Bench, ofd: Documents, fd: int) -> None:
    carried.sell()
    carry(carried, ofd)
    carried.sell()
    carried.device.drive.close()
    line = b'{"entry":"ticket","fn":"1","fd":%d,"at":"2026-11-20T12:00:00Z"}\n' % fd
    carried.path.write_bytes(carried.path.read_bytes() + line)

    with pytest.raises(DriveCorrupt, match="ticket"):
        Drive(carried.path, now=NOON)
    carried.path.write_bytes(carried.path.read_bytes()[: -len(line)])
    carried.switch_on()
