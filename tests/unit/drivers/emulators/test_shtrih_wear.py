"""How the emulated drive wears, what of it the OFD has, and what outlives the program."""

from datetime import date, timedelta

import pytest

from protocols.shtrih import archive, drive, service
from protocols.shtrih.codes import DriveWarnings, ExchangeFlags, Flags, Submode
from tests.shtrih_bench import OPEN, SHORT, TEA, Bench, paid

STATUS = drive.ReadFiscalDriveStatus(30)
EXCHANGE = drive.ReadExchangeStatus(30)
SOON, VERY_SOON = DriveWarnings.CHIP_EXPIRES_IN_30_DAYS, DriveWarnings.CHIP_EXPIRES_IN_3_DAYS


@pytest.mark.parametrize(
    ("days", "warnings"), [(31, DriveWarnings(0)), (30, SOON), (4, SOON), (3, SOON | VERY_SOON), (-1, SOON | VERY_SOON)]
)
def test_a_drive_near_its_end_warns(bench: Bench, days: int, warnings: DriveWarnings) -> None:
    bench.device.behave({"fn_days_left": days})

    assert bench.ask(drive.ReadFiscalDriveExpiry(30)).expires == date(2026, 11, 20) + timedelta(days=days)
    assert bench.ask(STATUS).warnings == warnings


def test_a_drive_past_its_end_takes_nothing(bench: Bench) -> None:
    bench.now += timedelta(days=457)
    bench.ask(service.PrintZReport(30))
    bench.now += timedelta(days=1)

    assert bench.refuses(service.OpenShift(1)) == 0x05


def test_a_drive_tells_how_many_documents_it_takes(bench: Bench) -> None:
    bench.sell()
    assert bench.ask(archive.ReadFreeResource(30)).documents == 249_999

    bench.device.behave({"fn_left": 25_000})

    assert bench.ask(STATUS).warnings == DriveWarnings.ARCHIVE_90_PERCENT_FULL
    assert bench.ask(archive.ReadFreeResource(30)).documents == 25_000


def test_a_silent_drive_lets_no_document_be(bench: Bench) -> None:
    bench.ask(TEA)
    bench.device.behave({"fn_silent": True})

    assert (bench.refuses(STATUS), bench.refuses(paid(30100))) == (0x30, 0x30)
    bench.device.behave({"fn_silent": False})
    assert bench.ask(paid(30100)).number == 1


def test_documents_wait_while_the_ofd_is_out_of_reach_and_go_when_it_is_back(bench: Bench) -> None:
    bench.sell()
    bench.device.behave({"ofd_unreachable": True})
    bench.sell()
    first = bench.now
    bench.now += timedelta(hours=1)
    bench.sell()

    exchange = bench.ask(EXCHANGE)
    assert (exchange.waiting, exchange.first_number, exchange.first_moment) == (2, 2, first.replace(tzinfo=None))
    assert exchange.flags == ExchangeFlags.MESSAGE_WAITS
    assert bench.ask(drive.ReadUnconfirmedCount(30)).documents == 2
    bench.device.behave({"ofd_unreachable": False})
    assert bench.ask(EXCHANGE).waiting == 0


def test_documents_that_wait_too_long_stop_the_register(bench: Bench) -> None:
    bench.device.behave({"ofd_unreachable": True})
    bench.sell()
    bench.ask(service.PrintZReport(30))

    bench.now += timedelta(days=2, minutes=1)
    assert bench.ask(STATUS).warnings == DriveWarnings.OFD_ANSWER_OVERDUE
    bench.now += timedelta(days=28)
    assert bench.refuses(service.OpenShift(1)) == 0x15


def test_settings_counters_and_the_queue_outlive_the_program(bench: Bench) -> None:
    bench.device.behave({"ofd_unreachable": True})
    bench.sell()
    bench.ask(service.PrintXReport(30))
    bench.ask(service.WriteTable(30, 2, 1, 2, "Иванов".encode("cp1251").ljust(64, b"\0")))
    bench.ask(TEA)
    bench.ask(drive.CancelDocument(30))

    bench.restart()

    assert bench.ask(EXCHANGE).waiting == 1
    assert bench.device.faults.ofd_unreachable
    assert [bench.ask(service.ReadOperationRegister(1, number)).value for number in (158, 179)] == [1, 1]
    assert bench.ask(service.ReadCashRegister(1, 249)).value == 30100
    assert bench.ask(service.ReadTable(30, 2, 1, 2)).value.rstrip(b"\0").decode("cp1251") == "Иванов"


def test_settings_that_cannot_be_read_are_those_of_a_new_register(bench: Bench) -> None:
    bench.ask(service.WriteTable(30, 17, 1, 36, b"\x01"))
    bench.path.with_suffix(".nvram.json").write_bytes(b"\xff{")

    bench.restart()

    assert bench.ask(service.ReadTable(30, 17, 1, 36)).value == b"\0"


def test_an_open_cover_stops_the_printing_and_shows(bench: Bench) -> None:
    bench.device.behave({"cover_open": True})

    status = bench.ask(SHORT)
    assert (status.submode, status.flags & Flags.COVER_OPEN) == (Submode.NO_PAPER, Flags.COVER_OPEN)
    assert bench.refuses(OPEN) == 0x6B
    bench.device.behave({"cover_open": False})
    assert bench.sell().fd == 1


def test_the_drawer_opens_by_command_and_stays_open_until_it_is_shut(bench: Bench) -> None:
    bench.ask(service.OpenDrawer(1))
    assert bench.ask(SHORT).flags & Flags.DRAWER_OPEN

    bench.device.behave({"drawer_open": False})

    assert not bench.ask(SHORT).flags & Flags.DRAWER_OPEN


def test_an_error_is_told_in_words(bench: Bench) -> None:
    assert bench.ask(service.ReadErrorText(0x4E)).text == "смена превысила 24 часа"
