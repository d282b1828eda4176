"""What comes out of the emulated register on paper, and that its reports and registers say the same."""

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from drivers.emulators.paper.columns import WIDTH
from drivers.emulators.paper.text import qr_of
from protocols.shtrih import receipts, service
from protocols.shtrih.codes import VAT_BYTES
from tests.emulated_register import emulated
from tests.shtrih_bench import TEA, Bench, paid

SKIP_ONE, SKIP_ALL = b"\x01", b"\x02"
NOT_PRINTING = 17, 1, 7
GROUP = {"sale": 1, "purchase": 3, "refund": 2, "purchase_refund": 4}


def test_a_receipt_is_printed_as_one_looks(bench: Bench) -> None:
    bench.ask(TEA)
    bench.ask(receipts.AddTlv(1, bytes.fromhex("F003 0500 6140622E72")))
    document = bench.sell(paid(50000))

    (sheet,) = bench.paper()

    lines = sheet.split("\n")
    assert max(map(len, lines)) <= WIDTH
    for words in (
        "НЕ ЯВЛЯЕТСЯ ФИСКАЛЬНЫМ ДОКУМЕНТОМ",
        "КАССОВЫЙ ЧЕК / ПРИХОД",
        "  2 x 150.50                             =301.00",
        "БЕЗ НДС",
        "ИТОГ                                     =301.00",
        "СДАЧА                                    =199.00",
        "ЭЛ. АДР. ПОКУПАТЕЛЯ                        a@b.r",
        f"ФП {document.fp}",
        document.fn,
    ):
        assert words in sheet


def test_the_qr_code_says_what_the_tax_service_asks_for(bench: Bench) -> None:
    document = bench.sell()

    expected = f"t=20261120T1200&s=301.00&fn={document.fn}&i=1&fp={int(document.fp)}&n=1"
    assert qr_of(bench.device.roll[1]) == expected


def test_lines_of_the_host_stand_above_the_receipt_they_were_printed_before(bench: Bench) -> None:
    bench.ask(service.PrintLine(1, 2, "Спасибо"))
    bench.ask(service.PrintLineInFont(1, 2, 1, "за покупку"))
    bench.sell()
    bench.ask(service.PrintLine(1, 2, "Приходите ещё"))
    bench.ask(service.Cut(1))

    first, second = bench.paper()
    notice, lines = second.split("\n", 1)
    assert first.startswith(f"{notice}\nСпасибо\nза покупку\n")
    assert ("НЕ ЯВЛЯЕТСЯ ФИСКАЛЬНЫМ" in notice, lines) == (True, "Приходите ещё")


def test_a_line_that_only_the_ofd_gets_is_not_printed(bench: Bench) -> None:
    hidden = receipts.Operation(password=1, kind=1, quantity=Decimal(1), price=100, vat=1, name="//Секрет")

    document = bench.sell(hidden, TEA, paid(30200))

    assert "Секрет" not in bench.paper()[0]
    assert document.items[0].name == "Секрет"


def test_a_receipt_may_be_kept_off_the_paper_once_or_always(bench: Bench) -> None:
    bench.ask(service.WriteTable(30, *NOT_PRINTING, SKIP_ONE))
    bench.sell()
    assert bench.paper() == []
    bench.sell()
    assert len(bench.paper()) == 1

    bench.ask(service.WriteTable(30, *NOT_PRINTING, SKIP_ALL))
    bench.sell()
    bench.sell()

    assert (len(bench.paper()), len(bench.documents)) == (1, 4)


def test_a_torn_receipt_is_void_and_comes_once_more_whole(bench: Bench) -> None:
    bench.device.behave({"paper": "out_next"})
    bench.sell()
    bench.device.behave({"paper": "present"})
    bench.ask(service.ContinuePrinting(1))

    torn, whole = bench.paper()
    assert ("БУМАГА КОНЧИЛАСЬ" in torn, "ФП" in torn) == (True, False)
    assert ("БУМАГА КОНЧИЛАСЬ" in whole, "ФП" in whole) == (False, True)


def test_a_copy_says_that_it_is_one(bench: Bench) -> None:
    bench.sell()
    bench.ask(service.CashIn(1, 100))
    bench.ask(service.RepeatLastReceipt(1))

    assert [("КОПИЯ" in sheet, "=301.00" in sheet) for sheet in bench.paper()] == [
        (False, True),
        (False, False),
        (True, True),
    ]


def test_the_paper_has_an_end(bench: Bench) -> None:
    for _ in range(110):
        bench.sell()
    for _ in range(501):
        bench.ask(service.PrintLine(1, 2, "строка"))

    assert [sheet.number for sheet in bench.device.roll] == list(range(62, 112))


def a_day(bench: Bench) -> None:
    """A bit of everything: four kinds, three ways to pay, change, several rates, cash in and out, a cancelled one."""
    bench.ask(service.CashIn(1, 500000))
    for kind, rate, price, cash, card in (
        (1, "22%", 12200, 20000, 0),
        (1, "20%", 12001, 2001, 10000),
        (1, "no_vat", 77, 0, 77),
        (2, "10%", 1100, 1100, 0),
        (3, "5%", 2100, 2100, 0),
        (4, "0%", 100, 100, 0),
    ):
        line = receipts.Operation(
            password=1, kind=kind, quantity=Decimal(1), price=price, vat=VAT_BYTES[rate], department=kind
        )
        bench.sell(line, paid(cash, card))
    bench.ask(TEA)
    bench.ask(receipts.CancelReceipt(1))
    bench.ask(receipts.BeginCorrection(30))
    bench.ask(receipts.FormCorrectionV2(password=30, ordered=0, kind=1, total=1000, electronic=1000, taxation=1))
    bench.ask(service.CashOut(1, 100000))


def test_reports_and_registers_agree_to_the_kopeck(bench: Bench) -> None:
    a_day(bench)
    bench.ask(service.PrintXReport(30))
    registers = {number: bench.ask(service.ReadCashRegister(1, number)).value for number in range(256)}
    counts = {number: bench.ask(service.ReadOperationRegister(1, number)).value for number in range(256)}
    z = bench.sell(service.PrintZReport(30))

    totals = z.totals
    assert totals["sale"] == {
        **{"count": 3, "total": 24278, "cash": 14201, "electronic": 10077},
        **{"22%": 2200, "20%": 2000, "no_vat": 77},
    }
    assert (totals["cash_in"], totals["cash_out"]) == ({"count": 1, "total": 500000}, {"count": 1, "total": 100000})
    assert (totals["correction_sale"]["total"], totals["correction_sale"]["electronic"]) == (1000, 1000)
    assert totals["documents"] == {"count": 8}
    for place, name in enumerate(GROUP):
        assert registers[193 + place] == totals[name]["cash"]
        assert registers[121 + 4 * (GROUP[name] - 1) + place] == totals[name]["total"]
        assert counts[144 + place] == counts[148 + place] == totals[name]["count"]
    assert registers[197] == totals["sale"]["electronic"] + totals["correction_sale"]["electronic"]
    assert registers[241] == 500000 - 100000 + 14201 - 1100 - 2100 + 100
    assert (registers[209], registers[225], registers[221]) == (12001, 2000, 77)
    assert (registers[249], counts[179], counts[158]) == (30100, 1, 1)
    x, z_report = bench.paper()[-2:]
    assert "ИТОГ                                   =242.78" in x
    common = [line for line in x.split("\n") if "=" in line and "В КАССЕ" not in line]
    assert [line for line in z_report.split("\n") if "=" in line] == common


def test_registers_of_the_receipt_in_hand_tell_its_taxes(bench: Bench) -> None:
    bench.ask(receipts.Operation(password=1, kind=1, quantity=Decimal(1), price=12000, vat=VAT_BYTES["20%"]))

    assert [bench.ask(service.ReadCashRegister(1, number)).value for number in (88, 104)] == [12000, 2000]


async def test_the_paper_is_shown_as_text_and_as_a_picture(tmp_path: Path) -> None:
    async with emulated(tmp_path / "another.jsonl") as served:
        host = await served.connect()
        await host.ask(TEA)
        await host.ask(paid(30100))
        await host.ask(service.CashIn(1, 100))

        everything = await served.http.get("/kkt/v1/paper")
        first, last = [await served.http.get(f"/kkt/v1/paper/{number}.txt") for number in (1, -1)]
        picture = await served.http.get("/kkt/v1/paper/1.png")
        missing = [(await served.http.get(f"/kkt/v1/paper/{number}.png")).status_code for number in (0, 3, -3)]

    assert first.text.rstrip() in everything.text
    assert last.text.rstrip() in everything.text
    assert ("КАССОВЫЙ ЧЕК" in first.text, "ВНЕСЕНИЕ" in last.text) == (True, True)
    assert (picture.headers["Content-Type"], missing) == ("image/png", [404, 404, 404])
    with Image.open(BytesIO(picture.content)) as image:
        assert image.width == 624


@pytest.fixture(autouse=True)
def no_paper_is_wider_than_the_roll(bench: Bench) -> Iterator[None]:
    yield
    assert all(len(line) <= WIDTH for sheet in bench.paper() for line in sheet.split("\n"))
