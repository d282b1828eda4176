"""What receipts and reports carry beyond sums: marking codes, the cashier, paper or none; and the longer look."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from protocols.fiscal import Paper
from protocols.item import Item, Marking, Vat
from protocols.receipt import Cashier, Correction, Kind, Receipt
from protocols.shtrih.link import Wait
from protocols.shtrih.service import ReadTable, WriteTable
from tests.emulated_register import Served, emulated
from tests.samples import sale

CODE = "010460043993125621JgXJ5.T\x1d8005112000\x1d93TEST"
NOT_SUPPORTED = 0x37
SKIPS_PAPER = (30, 17, 1, 7)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with emulated(tmp_path / "drive.jsonl", ffd="1.2") as served:
        yield served


def driver(served: Served, **how: Any) -> ShtrihRegister:
    line = TcpLine("127.0.0.1", served.port, waits={Wait.BYTE: 1.0, Wait.CONFIRMATION: 1.0})
    return ShtrihRegister(line, ZoneInfo("UTC"), read_timeout=1.0, **how)


@asynccontextmanager
async def connected(served: Served, **how: Any) -> AsyncIterator[ShtrihRegister]:
    register = driver(served, **how)
    await register.connect()
    try:
        yield register
    finally:
        await register.close()


@pytest.fixture
async def register(served: Served) -> AsyncIterator[ShtrihRegister]:
    async with connected(served) as register:
        yield register


def marked(code: str = CODE) -> Receipt:
    item = Item("Оправа", Decimal(1), 10_000, Vat.V22, marking=Marking(code))
    return replace(sale(), items=(item,))


async def refusal(attempt: Awaitable[Any]) -> RegisterRefused:
    with pytest.raises(RegisterRefused) as refused:
        await attempt
    return refused.value


async def skips_paper(register: ShtrihRegister) -> bool:
    """As the register has it in its table."""
    return any((await register._link.ask(ReadTable(*SKIPS_PAPER))).value)


async def test_a_marked_item_is_sold_with_its_code(register: ShtrihRegister, served: Served) -> None:
    await register.print_receipt(marked())

    (item,) = (await served.documents())[-1]["items"]
    assert bytes.fromhex(item["code"]) == CODE.encode()


@pytest.mark.parametrize("ending", ["~BAD", "~SOLD", "~FALSE", "~GONE"])
async def test_a_bad_code_is_refused_with_nothing_open_and_the_next_receipt_is_printed(
    register: ShtrihRegister, served: Served, ending: str
) -> None:
    refused = await refusal(register.print_receipt(marked(CODE + ending)))

    assert not refused.passing
    assert refused.advice
    assert not (await register.status()).receipt_open
    assert (await register.print_receipt(marked())).fd == 1


async def test_a_code_that_the_server_could_not_be_asked_about_is_sold(register: ShtrihRegister) -> None:
    assert (await register.print_receipt(marked(CODE + "~OFFLINE"))).fd == 1


async def test_a_correction_of_the_new_formats_is_a_receipt_by_items_and_found_as_what_it_is(
    register: ShtrihRegister, served: Served
) -> None:
    why = Correction(date(2026, 10, 31), ordered=True, number="12-34", of=Kind.REFUND)
    asked = replace(sale(), kind=Kind.CORRECTION, correction=why)

    document = await register.print_receipt(asked)

    kept = (await served.documents())[-1]
    assert (kept["kind"], kept["operation"], len(kept["items"])) == (31, 2, 1)
    assert (document.kind, document.corrects, document.sign) == (Kind.CORRECTION, Kind.REFUND, 2)
    assert await register.find(document.fd) == document


async def test_reports_and_receipts_name_the_cashier(served: Served) -> None:
    async with connected(served, cashier=Cashier("Петрова", "500100732259")) as register:
        await register.close_shift()
        await register.open_shift()
        await register.print_receipt(sale())

    named = [(kept["tags"].get("1021"), kept["tags"].get("1203")) for kept in await served.documents()]
    assert named == [("Петрова", "500100732259")] * 3


async def test_a_model_that_cannot_name_the_cashier_in_reports_makes_them_all_the_same(served: Served) -> None:
    async with connected(served, cashier=Cashier("Петрова")) as register:
        await served.behave(refuse_next={"code": NOT_SUPPORTED, "command": 0xFF42})
        closed = await register.close_shift()
        await served.behave(refuse_next={"code": NOT_SUPPORTED, "command": 0xFF41})
        opened = await register.open_shift()

    assert (closed.fd, opened.fd) == (1, 2)


async def test_a_cashier_whose_name_no_register_can_write_is_told_with_nothing_begun(served: Served) -> None:
    async with connected(served, cashier=Cashier("Петрова 漢")) as register:
        refused = await refusal(register.close_shift())

        assert "1021" in refused.text
        assert not (await register.status()).receipt_open


async def test_a_report_that_is_refused_after_it_was_begun_can_be_let_go(served: Served) -> None:
    async with connected(served, cashier=Cashier("Петрова")) as register:
        await served.behave(refuse_next={"code": 0x33, "command": 0x41})
        await refusal(register.close_shift())
        assert (await register.status()).receipt_open

        await register.cancel_receipt()

        assert (await register.close_shift()).fd == 1


async def test_a_receipt_without_paper_is_followed_by_one_on_paper(register: ShtrihRegister) -> None:
    quiet = replace(sale(), paperless=True, customer_email="a@b.ru")

    await register.print_receipt(quiet)
    await register.print_receipt(quiet)
    await register.print_receipt(sale())

    assert not await skips_paper(register)


async def test_a_receipt_without_paper_that_is_refused_keeps_no_other_off_it(
    register: ShtrihRegister, served: Served
) -> None:
    await served.behave(refuse_next={"code": 0x33, "command": 0xFF46})
    await refusal(register.print_receipt(replace(sale(), paperless=True)))
    assert await skips_paper(register)

    await register.cancel_receipt()

    assert not await skips_paper(register)


async def test_a_register_left_to_skip_its_paper_prints_the_next_receipt(served: Served) -> None:
    async with connected(served) as register:
        await register._link.ask(WriteTable(*SKIPS_PAPER, b"\1"))
    async with connected(served) as register:
        await register.print_receipt(sale())
        # had it gone unnoticed, the document would have used it up just the same; so the paper itself is asked
        assert "Оправа" in await paper(served)


async def test_a_receipt_without_paper_leaves_none(register: ShtrihRegister, served: Served) -> None:
    await register.print_receipt(replace(sale(), paperless=True))

    assert "Оправа" not in await paper(served)


async def paper(served: Served) -> str:
    return (await served.http.get("/kkt/v1/paper")).text


async def test_a_roll_that_ends_in_a_receipt_costs_no_answer_and_it_goes_on_with_a_new_one(
    register: ShtrihRegister, served: Served
) -> None:
    await served.behave(paper="out_next")
    document = await register.print_receipt(sale())
    without = await register.status()
    await served.behave(paper="present")
    waits = await register.status()
    await register.continue_printing()

    assert (document.fd, without.last.fd) == (1, 1)
    assert [without.paper, waits.paper, (await register.status()).paper] == [Paper.OUT, Paper.WAITS, Paper.PRESENT]
    assert (await register.print_receipt(sale())).fd == 2


async def test_the_registers_own_format_is_asked_for_at_each_connection(tmp_path: Path) -> None:
    for ffd in ("1.05", "1.1", "1.2"):
        async with emulated(tmp_path / f"{ffd}.jsonl", ffd=ffd) as served, connected(served) as register:
            assert (await register.inspect()).ffd == ffd


async def test_a_register_that_does_not_tell_its_format_is_taken_for_the_oldest(served: Served) -> None:
    await served.behave(refuse_next={"code": 0x5D, "command": 0x1F})

    async with connected(served) as register:
        assert (await register.inspect()).ffd == "1.05"


async def test_a_look_tells_of_drive_queue_clock_and_cover(register: ShtrihRegister, served: Served) -> None:
    await served.behave(fn_left=77, fn_days_left=2, cover_open=True, clock_offset_s=600)
    started = (await register.inspect()).clock

    seen = await register.inspect()

    assert started is not None
    assert seen.clock is not None
    assert seen.expires is not None
    assert (seen.documents_left, seen.cover_open) == (77, True)
    assert abs(seen.expires - seen.clock.date()) <= timedelta(days=3)
    assert seen.clock.tzinfo is not None
    assert seen.clock.astimezone(UTC) >= started
    assert seen.warnings


async def test_what_a_model_does_not_know_is_left_out_of_the_look(register: ShtrihRegister, served: Served) -> None:
    await served.behave(refuse_next={"code": NOT_SUPPORTED, "command": 0xFF63})

    assert (await register.inspect()).documents_left is None


@pytest.mark.parametrize("command", [0xFF61, 0xFF69, 0x8D, 0xFF46, 0xFF4D, 0xFF67, 0x89])
async def test_a_refusal_before_the_closing_is_a_refusal_and_leaves_no_document(
    register: ShtrihRegister, served: Served, command: int
) -> None:
    await served.behave(refuse_next={"code": 0x33, "command": command})

    assert (await refusal(register.print_receipt(marked()))).code == 0x33
    await register.cancel_receipt()

    assert await served.documents() == []
