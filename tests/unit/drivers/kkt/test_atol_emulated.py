"""The АТОЛ driver against the emulated web server, over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import trio
from pydantic import SecretStr

from drivers.errors import LinkError
from drivers.kkt.port import Register, RegisterRefused
from protocols.fiscal import FiscalDocument, Paper, Shift, ShiftReport
from protocols.item import Agent, AgentKind, Item, Marking, Measure, Supplier, Vat
from protocols.receipt import Buyer, Cashier, Correction, Kind, Method, Payment, Receipt, Requisite
from protocols.settings import RegisterSettings, Settings
from protocols.shtrih.codes import DocumentType
from protocols.till import TillWork, Work
from protocols.verdict import is_of
from supervisors.registers import make_register
from tests.emulated_atol import ServedAtol, emulated
from tests.samples import sale

USER, PASSWORD = "kassir", "Parol-dlinnyj-1"
MARK = "0104650075195246215\x1d91EE06\x1d92YWCXbmK6SN8vvwoxZFk7WAY8WoJNMGGr6Cgtiuja04c="


@asynccontextmanager
async def register(folder: Path, **options: Any) -> AsyncIterator[tuple[Register, ServedAtol]]:
    """As the settings make it."""
    async with emulated(folder, user=USER, password=PASSWORD, **options) as served:
        settings = RegisterSettings(
            pos_id="POS-001", driver="atol", device_path=served.url, user=USER, password=SecretStr(PASSWORD), linger=0
        )
        atol = make_register(Settings(), settings)
        await atol.connect()
        if (await atol.status()).shift is Shift.CLOSED:
            await atol.open_shift()
        yield atol, served
        await atol.close()


def receipt(kind: Kind, *items: Item, **more: Any) -> Receipt:
    total = sum(item.total_kopecks for item in items)
    return Receipt("POS-001", kind, items, (Payment(Method.CARD, total),), **more)


@pytest.mark.parametrize("ffd", ["1.05", "1.1", "1.2"])
async def test_every_kind_of_receipt_is_printed_and_found_again(tmp_path: Path, ffd: str) -> None:
    kinds = [Kind.SALE, Kind.REFUND, Kind.PURCHASE, Kind.PURCHASE_REFUND]
    corrected = [Kind.SALE, Kind.PURCHASE] if ffd == "1.05" else kinds
    item = Item("Оправа", Decimal("1.5"), 33_333, Vat.V22)
    orders = [receipt(kind, item) for kind in kinds] + [
        receipt(Kind.CORRECTION, item, correction=Correction(date(2026, 1, 9), ordered, "12/3", of))
        for of in corrected
        for ordered in (False, True)
    ]
    async with register(tmp_path, ffd=ffd) as (atol, served):
        await atol.print_receipt(sale(500_000))

        printed = [await atol.print_receipt(order) for order in orders]

        assert all(is_of(order, document) for order, document in zip(orders, printed, strict=True))
        found = [await atol.find(document.fd) for document in printed]
        assert found == printed
        assert await _sales(served) == 5


async def test_all_that_a_receipt_may_carry_is_taken(tmp_path: Path) -> None:
    agent = Agent(
        AgentKind.PAYING_AGENT, operation="Оплата", phones=("+79161112233",), acceptor_phones=("+79163331122",)
    )
    items = [Item(f"Ставка {vat}", Decimal(1), 10_007, vat, department=1) for vat in Vat]
    items.append(Item("Чай", Decimal("0.25"), 123_456, Vat.V10, measure=Measure.KILOGRAM, discount_kopecks=117))
    items.append(Item("Билет", Decimal(1), 100, Vat.NONE, agent=agent, supplier=Supplier("7702203276", "ООО")))
    whole = receipt(
        Kind.SALE,
        *items,
        customer_phone="+79990000000",
        cashier=Cashier("Петрова", "500100732259"),
        buyer=Buyer("ООО «Ромашка»", "7702203276"),
        requisite=Requisite("Заказ", "77"),
        note="1234567890",
        header=("Добро пожаловать",),
        footer=("Спасибо",),
    )
    async with register(tmp_path, ffd="1.2") as (atol, _):
        document = await atol.print_receipt(whole)

        assert document.total_kopecks == whole.total_kopecks
        assert await atol.find(document.fd) == document


async def test_shift_opens_sells_and_closes(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, _):
        await atol.close_shift()
        before = await atol.status()
        opened = await atol.open_shift()
        document = await atol.print_receipt(sale())
        during = await atol.status()
        closed = await atol.close_shift()
        after = await atol.status()

        assert [seen.shift for seen in (before, during, after)] == [Shift.CLOSED, Shift.OPEN, Shift.CLOSED]
        assert [opened.kind, closed.kind] == [Work.OPEN_SHIFT, Work.CLOSE_SHIFT]
        assert during.last.fd == document.fd
        assert during.shift_number == opened.shift_number == closed.shift_number
        assert during.kkt_number == document.kkt_number
        assert [await atol.find(report.fd) for report in (opened, closed)] == [opened, closed]
        assert await atol.find(closed.fd + 1) is None


async def test_till_work_is_done_and_counted(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, _):
        slips = [await atol.move_cash(TillWork("POS-001", Work.CASH_IN, 10_000)) for _ in range(2)]
        await atol.move_cash(TillWork("POS-001", Work.CASH_OUT, 5_050))
        await atol.print_receipt(sale())
        await atol.print_x_report()
        await atol.print_copy()
        await atol.print_text(["Строка"])

        assert [slip.number for slip in slips] == [1, 2]
        assert (await atol.cash_moved(Work.CASH_IN)).sum_kopecks == 20_000
        assert (await atol.cash_moved(Work.CASH_OUT)).sum_kopecks == 5_050
        with pytest.raises(RegisterRefused, match="наличных"):
            await atol.move_cash(TillWork("POS-001", Work.CASH_OUT, 100_000_000))


async def test_inspection_tells_of_drive_and_queue(tmp_path: Path) -> None:
    async with register(tmp_path, ffd="1.2") as (atol, served):
        await atol.print_receipt(sale())
        await served.behave(ofd_queue=1, cover_open=True)

        told = await atol.inspect()

        assert (told.ffd, told.unsent, told.cover_open) == ("1.2", 1, True)
        assert told.expires is not None
        assert told.clock is not None


@pytest.mark.parametrize("lost", ["lose_answer_next", "lose_poll_next"])
async def test_lost_answer_to_a_job_that_was_taken_is_asked_for_again(tmp_path: Path, lost: str) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(**{lost: 1})

        document = await atol.print_receipt(sale())

        assert (await atol.status()).last.fd == document.fd
        assert await _sales(served) == 1


async def test_lost_command_leaves_nothing_behind(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(lose_command_next=1)

        with pytest.raises(LinkError):
            await atol.print_receipt(sale())
        await atol.connect()

        assert not (await atol.status()).busy
        assert await _sales(served) == 0


@pytest.mark.parametrize(("fault", "printed"), [("lost_next", 0), ("lost_after_next", 1)])
async def test_broken_connection_blocks_until_the_server_knows(tmp_path: Path, fault: str, printed: int) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(connection=fault)
        found: list[FiscalDocument] = []

        async with trio.open_nursery() as nursery:

            async def print_it() -> None:
                try:
                    found.append(await atol.print_receipt(sale()))
                except LinkError:
                    await atol.connect()

            nursery.start_soon(print_it)
            await trio.sleep(0.3)
            await served.behave(connection="ok")

        assert len(found) == printed == await _sales(served)
        assert not (await atol.status()).busy


@pytest.mark.parametrize(("fault", "printed"), [("power_off_in_receipt", 0), ("power_off_after_receipt", 1)])
async def test_power_cut_in_mid_receipt_ends_in_what_the_drive_has(tmp_path: Path, fault: str, printed: int) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(**{fault: True})
        before = (await atol.status()).last.fd
        found: list[FiscalDocument] = []

        async with trio.open_nursery() as nursery:

            async def print_it() -> None:
                try:
                    found.append(await atol.print_receipt(sale()))
                except LinkError:
                    await atol.connect()

            nursery.start_soon(print_it)
            await trio.sleep(0.3)
            await served.behave(power="on")

        assert await _sales(served) == printed
        assert (await atol.status()).last.fd == before + printed


async def test_roll_that_ends_over_a_receipt_is_no_second_receipt(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(paper="out_next")
        try:
            await atol.print_receipt(sale())
        except LinkError:
            await atol.connect()
        out = (await atol.status()).paper
        await served.behave(paper="present")
        waits = (await atol.status()).paper
        await atol.continue_printing()

        assert (out, waits, (await atol.status()).paper) == (Paper.OUT, Paper.WAITS, Paper.PRESENT)
        assert await _sales(served) == 1


async def test_expired_shift_sells_after_it_was_closed(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(shift_age_h=25)
        assert (await atol.status()).shift is Shift.EXPIRED

        with pytest.raises(RegisterRefused) as caught:
            await atol.print_receipt(sale())
        await atol.close_shift()
        await atol.open_shift()

        assert caught.value.passing
        assert isinstance(await atol.print_receipt(sale()), FiscalDocument)


@pytest.mark.parametrize(
    "how", [{"marking_server": "up"}, {"marking_server": "down"}], ids=lambda how: str(how["marking_server"])
)
async def test_marked_goods_are_checked_and_sold(tmp_path: Path, how: dict[str, Any]) -> None:
    item = Item("Духи", Decimal(1), 100_000, Vat.V22, marking=Marking(MARK))
    async with register(tmp_path, ffd="1.2") as (atol, served):
        await served.behave(**how)

        sold = await atol.print_receipt(receipt(Kind.SALE, item))
        back = await atol.print_receipt(receipt(Kind.REFUND, item))

        assert [sold.kind, back.kind] == [Kind.SALE, Kind.REFUND]


async def test_code_that_is_not_for_sale_is_refused_and_the_next_is_sold(tmp_path: Path) -> None:
    bad = Item("Духи", Decimal(1), 100_000, Vat.V22, marking=Marking(f"{MARK}BAD"))
    good = Item("Духи", Decimal(1), 100_000, Vat.V22, marking=Marking(MARK))
    async with register(tmp_path, ffd="1.2") as (atol, served):
        with pytest.raises(RegisterRefused, match="маркировки не разрешает"):
            await atol.print_receipt(receipt(Kind.SALE, good, bad))
        none = await _sales(served)

        await atol.print_receipt(receipt(Kind.SALE, good))

        assert (none, await _sales(served)) == (0, 1)


async def test_wrong_password_says_what_to_set(tmp_path: Path) -> None:
    async with emulated(tmp_path, user=USER, password=PASSWORD) as served:
        settings = RegisterSettings(
            pos_id="POS-001", driver="atol", device_path=served.url, user=USER, password=SecretStr("Other-parol-1")
        )
        with pytest.raises(RegisterRefused) as caught:
            await make_register(Settings(), settings).connect()

    assert "user и password" in caught.value.advice


async def test_shift_reports_are_told_apart(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, _):
        with pytest.raises(RegisterRefused) as caught:
            await atol.open_shift()

        assert not caught.value.passing
        assert isinstance(await atol.close_shift(), ShiftReport)


async def _sales(served: ServedAtol) -> int:
    """Receipts in the witness' journal."""
    return sum(entry.get("kind") == DocumentType.RECEIPT for entry in await served.documents())
