"""The АТОЛ driver against the emulated web server: what is its own, beside what every register can (conformance)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import trio
from pydantic import SecretStr

from drivers.errors import LinkError
from drivers.kkt.port import Register, RegisterRefused
from protocols.fiscal import FiscalDocument, Paper, Shift
from protocols.item import Item, Marking, Vat
from protocols.receipt import Kind, Method, Payment, Receipt
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings
from protocols.shtrih.codes import DocumentType
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


async def test_shift_that_the_register_opens_by_itself_is_no_second_receipt(tmp_path: Path) -> None:
    async with register(tmp_path) as (atol, served):
        await served.behave(auto_open_shift=True)
        before = (await atol.print_receipt(sale())).fd
        await atol.close_shift()
        await atol.status()

        document = await atol.print_receipt(sale())

        assert document.fd == before + 3


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


async def _sales(served: ServedAtol) -> int:
    """Receipts in the witness' journal."""
    return sum(entry.get("kind") == DocumentType.RECEIPT for entry in await served.documents())
