"""What the register tells: shifts, cash, counters, the drive, documents of the archive."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from drivers.emulators.fiscal.documents import CashMove, Document
from tests.emulated_atol import ServedAtol
from tests.unit.drivers.emulators.atol.goods import card, correction, sale, tea

GETS = ("DeviceInfo", "DeviceStatus", "ShiftStatus", "ShiftTotals", "FnInfo", "FnStatus")


class Page(msgspec.Struct):
    """What every emulated register's journal shows."""

    documents: list[Document]
    cash: list[CashMove]
    last_fd: int


async def archived(atol: ServedAtol, fd: int) -> dict[str, Any]:
    return dict((await atol.do("getFnDocument", fiscalDocumentNumber=fd))["documentTLV"])


async def test_a_shift_closes_and_the_next_one_opens(atol: ServedAtol) -> None:
    await atol.run(sale())
    closed = await atol.do("closeShift", operator={"name": "Кассир"})
    opened = await atol.do("openShift")

    assert (closed["fiscalParams"]["receiptsCount"], closed["fiscalParams"]["shiftNumber"]) == (1, 1)
    assert (opened["fiscalParams"]["fiscalDocumentNumber"], opened["fiscalParams"]["shiftNumber"]) == (3, 2)
    assert await atol.error("openShift") == 83
    status = (await atol.query("ShiftStatus"))["shiftStatus"]
    assert (status["state"], status["number"], status["documentsCount"]) == ("opened", 2, 1)
    opened_at = datetime.fromisoformat((await atol.state())["shift"]["opened_at"])
    expires = datetime.fromisoformat(status["expiredAt"])
    assert timedelta() <= opened_at + timedelta(hours=24) - expires < timedelta(seconds=1)


async def test_a_closed_shift_has_neither_z_nor_x_report(atol: ServedAtol) -> None:
    await atol.do("closeShift")

    assert await atol.error("closeShift") == 73
    assert await atol.error("reportX") == 73


async def test_cash_is_put_in_and_taken_out_and_kept_in_the_journal(atol: ServedAtol) -> None:
    told = await atol.do("cashIn", cashSum=Decimal("600.50"))
    taken = await atol.do("cashOut", cashSum=100)

    assert (told, taken) == ({"counters": {"cashSum": Decimal("600.50")}}, {"counters": {"cashSum": Decimal("500.50")}})
    assert await atol.error("cashOut", cashSum=Decimal("500.51")) == 80
    assert await atol.error("cashIn", cashSum=0) == 16
    page = msgspec.json.decode((await atol.http.get("/kkt/_test/journal")).content, type=Page)
    assert [move.amount_kopecks for move in page.cash] == [60_050, -10_000]


async def test_counters_of_the_shift_agree_with_what_was_sold(atol: ServedAtol) -> None:
    await atol.do("cashIn", cashSum=500)
    await atol.run(sale("100.00", payments=[{"type": 0, "sum": 70}, card("50.00")]), sale("30.00"))
    await atol.run(sale("20.00", "sellReturn"), sale("5.00", "buy"), correction("7.00"))

    totals = (await atol.query("ShiftTotals"))["shiftTotals"]

    assert totals["receipts"]["sell"]["count"] == 2
    assert totals["receipts"]["sell"]["sum"] == 130
    paid = totals["receipts"]["sell"]["payments"]
    assert (paid["cash"], paid["electronically"]) == (80, 50)
    assert totals["receipts"]["sellReturn"]["payments"]["cash"] == 20
    assert totals["cashDrawer"]["sum"] == 500 + 80 - 20 - 5 + 7
    assert totals["income"] == {"sum": 500, "count": 1}
    assert totals["receiptsTotals"] == totals["receipts"]
    assert (await atol.query("IncomeTotals"))["incomeTotals"] == totals["income"]
    assert (await atol.query("ReceiptTotals?type=buy"))["receiptTotals"] == totals["receipts"]["buy"]


@pytest.mark.parametrize("name", GETS)
async def test_what_can_be_asked_at_once_can_be_asked_by_a_task(atol: ServedAtol, name: str) -> None:
    """But for the clock they say the same."""
    asked, told = await atol.query(name), await atol.do(f"get{name}")

    assert asked.keys() == told.keys()
    (key,) = asked
    for each in (asked, told):
        each[key].pop("currentDateTime", None)
    assert asked == told


async def test_the_drive_warns_of_its_end(atol: ServedAtol) -> None:
    calm = (await atol.query("FnStatus"))["fnStatus"]["warnings"]
    await atol.run(sale())
    await atol.behave(fn_days_left=2, fn_left=100, ofd_queue=5)

    worn = (await atol.query("FnStatus"))["fnStatus"]["warnings"]
    status = (await atol.query("OfdExchangeStatus"))["ofdExchangeStatus"]

    assert not any(calm.values())
    assert [name for name, on in worn.items() if on] == ["memoryOverflow", "needReplacement", "resourceExhausted"]
    assert (status["notSentCount"], status["notSentFirstDocNumber"]) == (1, 1)


async def test_the_report_on_the_exchange_is_a_document_of_its_own(atol: ServedAtol) -> None:
    told = await atol.do("reportOfdExchangeStatus")

    assert (told["fiscalParams"]["fiscalDocumentNumber"], told["status"]["notSentCount"]) == (1, 0)
    assert (await archived(atol, 1))["fiscalDocumentType"] == "ofdExchangeStatus"


async def test_the_archive_gives_a_receipt_in_tags(atol: ServedAtol) -> None:
    await atol.run(sale("100.00", items=[tea("100.00", name="Оправа", exciseSum=1)], payments=[card("100.00")]))

    told = await archived(atol, 1)

    document = (await atol.documents())[0]
    (item,) = told["1059"]
    assert (told["fiscalDocumentType"], told["short"]) == ("receipt", False)
    assert (told["1020"], told["1031"], told["1081"], told["1054"], told["1055"]) == (100, 0, 100, 1, 1)
    assert (told["1040"], told["1041"], told["1077"], told["1037"]) == (
        1,
        document["fn"],
        document["fp"],
        document["rnm"],
    )
    assert told["1115"]["1119"] == [{"1199": 11, "1120": Decimal("18.03")}]
    assert (item["1030"], item["1043"], item["1079"], item["1023"], item["1199"]) == ("Оправа", 100, 100, 1, 11)
    assert (item["1212"], item["1214"], item["2108"], item["1229"]) == (1, 4, 0, 1)
    moment = datetime.fromisoformat(told["1012"])
    qr = f"t={moment:%Y%m%dT%H%M}&s=100.00&fn={document['fn']}&i=1&fp={int(document['fp'])}&n=1"
    assert told["qr"] == qr


async def test_the_archive_gives_reports_and_corrections(atol: ServedAtol) -> None:
    await atol.run(correction("10.00", correctionBaseNumber="12"), {"type": "closeShift"}, {"type": "openShift"})

    told = [await archived(atol, fd) for fd in (1, 2, 3)]

    assert [each["fiscalDocumentType"] for each in told] == ["receiptCorrection", "closeShift", "openShift"]
    assert (told[0]["1173"], told[0]["1174"]["1179"]) == (0, "12")
    assert [each["1038"] for each in told] == [1, 1, 2]


@pytest.mark.parametrize("kind", ["getFnDocument", "printFnDocument"])
async def test_a_document_that_is_not_there_is_not_found(atol: ServedAtol, kind: str) -> None:
    assert await atol.error(kind, fiscalDocumentNumber=1) == 123
    assert await atol.error(kind, fiscalDocumentNumber=0) == 123
    assert await atol.error(kind) == 501


async def test_the_last_receipt_is_told_again(atol: ServedAtol) -> None:
    assert await atol.error("getLastFiscalParams") == 123
    (sold,) = await atol.run(sale())
    await atol.do("closeShift")

    again = await atol.do("getLastFiscalParams", forReceipt=True)

    assert again == sold["result"]
    assert (await atol.do("getLastFiscalParams"))["fiscalParams"]["fiscalDocumentNumber"] == 2


async def test_a_copy_needs_a_receipt(atol: ServedAtol) -> None:
    assert await atol.error("printLastReceiptCopy") == 93
    await atol.run(sale())
    assert await atol.do("printLastReceiptCopy") is None
    assert await atol.do("nonFiscal", items=[{"type": "text", "text": "Обед"}]) is None
    assert len(await atol.documents()) == 1


async def test_the_drawer_opens_and_stays_so(atol: ServedAtol) -> None:
    assert (await atol.query("DeviceStatus"))["deviceStatus"]["cashDrawerOpened"] is False
    await atol.do("openCashDrawer")
    assert (await atol.query("DeviceStatus"))["deviceStatus"]["cashDrawerOpened"] is True


async def test_the_clock_is_set_between_shifts(atol: ServedAtol) -> None:
    assert await atol.error("setDateTime", dateTime="2027.01.01 12:00:00") == 83
    await atol.do("closeShift")
    assert await atol.error("setDateTime", dateTime="2027.13.01 12:00:00") == 77
    await atol.do("setDateTime", dateTime="2027.01.01 12:00:00")

    now = datetime.fromisoformat((await atol.query("DeviceStatus"))["deviceStatus"]["currentDateTime"])
    assert abs(now - datetime(2027, 1, 1, 12, tzinfo=now.tzinfo)) < timedelta(seconds=10)


async def test_the_journal_is_paged_and_of_the_common_shape(atol: ServedAtol) -> None:
    await atol.run(*[sale()] * 5)

    page = (await atol.http.get("/kkt/_test/journal", params={"after": 1, "limit": 2})).content

    told = msgspec.json.decode(page, type=Page)
    assert ([document.fd for document in told.documents], told.last_fd) == ([2, 3], 5)
    assert (await atol.http.get("/kkt/_test/journal", params={"after": "x"})).status_code == 400


async def test_an_unknown_query_is_not_found(atol: ServedAtol) -> None:
    answers: list[httpx.Response] = [
        await atol.http.post("/api/v2/operations/queryWeather"),
        await atol.http.post("/api/v2/operations/queryReceiptTotals?type=gift"),
    ]

    assert [answer.status_code for answer in answers] == [404, 400]
