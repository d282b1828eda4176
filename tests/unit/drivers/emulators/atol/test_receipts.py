"""Receipts and corrections: what becomes a document, and what is refused with which error."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.emulated_atol import ServedAtol, in_memory
from tests.unit.drivers.emulators.atol.goods import VATS, card, cash, correction, sale, tea

SUPPLIER = {"vatin": "7702203276", "name": "Поставщик", "phones": ["+79990000000"]}


async def refused(atol: ServedAtol, task: dict[str, Any]) -> int:
    (result,) = await atol.run(task)
    assert result["status"] == "error", result
    return int(result["error"]["code"])


async def made(atol: ServedAtol, task: dict[str, Any]) -> dict[str, Any]:
    """The document that the task ended in."""
    (result,) = await atol.run(task)
    assert result["status"] == "ready", result
    return (await atol.documents())[-1]


@pytest.mark.parametrize(("kind", "operation"), [("sell", 1), ("sellReturn", 2), ("buy", 3), ("buyReturn", 4)])
async def test_every_kind_of_receipt_becomes_a_document(atol: ServedAtol, kind: str, operation: int) -> None:
    await atol.do("cashIn", cashSum=1000)

    document = await made(atol, sale("100.50", kind))

    assert (document["kind"], document["operation"], document["total_kopecks"]) == (3, operation, 10_050)
    assert document["tags"] == {"1021": "Кассир", "1203": "500100732259"}
    assert (document["ffd"], document["taxation"], document["payments"]) == (4, 1, {"1": 10_050})


async def test_a_receipt_from_the_vendors_description_is_taken(atol: ServedAtol) -> None:
    """Its total is less than the sum of its positions by the kopecks."""
    items = [tea("73.15"), tea("102.50"), tea("48.45")]

    document = await made(atol, sale("224.00", items=items, payments=[{"type": "cash", "sum": Decimal("2000.0")}]))

    assert (document["total_kopecks"], document["change_kopecks"]) == (22_400, 177_600)


@pytest.mark.parametrize("place", range(12))
async def test_every_rate_reaches_the_document_under_its_number(atol: ServedAtol, place: int) -> None:
    numbers = {"vat20": 1, "vat10": 2, "vat120": 3, "vat110": 4, "vat0": 5, "none": 6, "vat5": 7, "vat7": 8}
    numbers |= {"vat105": 9, "vat107": 10, "vat22": 11, "vat122": 12}
    word = VATS[place]

    await made(atol, sale(items=[tea(tax={"type": word})]))

    told = (await atol.do("getFnDocument", fiscalDocumentNumber=1))["documentTLV"]
    assert told["1059"][0]["1199"] == numbers[word]


async def test_every_kind_of_payment_has_its_place(atol: ServedAtol) -> None:
    kinds = [0, "1", 2, "credit", "other", "cash", "electronically", "prepaid", 7]

    document = await made(atol, sale("90.00", payments=[{"type": kind, "sum": 10} for kind in kinds]))

    assert document["payments"] == {"1": 2000, "2": 2000, "5": 1000, "14": 2000, "15": 1000, "16": 1000}


async def test_lines_of_text_and_the_shops_own_words_may_stand_among_positions(atol: ServedAtol) -> None:
    items = [
        {"type": "text", "text": "Спасибо", "alignment": "center"},
        tea(),
        {"type": "additionalAttribute", "value": "1234567890", "print": True},
        {"type": "userAttribute", "name": "Карта", "value": "77", "print": False},
    ]

    document = await made(atol, sale(items=items))

    assert len(document["items"]) == 1
    assert {tag: document["tags"][tag] for tag in ("1192", "1085", "1086")} == {
        "1192": "1234567890",
        "1085": "Карта",
        "1086": "77",
    }


async def test_a_buyer_a_place_and_a_sender_are_in_the_document(atol: ServedAtol) -> None:
    client = {"emailOrPhone": "+79990000000", "name": "ООО Ромашка", "vatin": "7702203276"}
    fields = {"clientInfo": client, "companyInfo": {"email": "shop@example.ru"}}
    place = {"internet": True, "paymentsPlace": "shop.example.ru"}

    document = await made(atol, sale() | fields | place)

    wanted = {"1008": "+79990000000", "1227": "ООО Ромашка", "1228": "7702203276", "1117": "shop@example.ru"}
    assert wanted | {"1187": "shop.example.ru", "1125": "01"} == {
        tag: text for tag, text in document["tags"].items() if tag not in ("1021", "1203")
    }


async def test_an_agents_item_carries_its_agent(atol: ServedAtol) -> None:
    item = tea(agentInfo={"agents": ["commissionAgent"]}, supplierInfo=SUPPLIER)

    document = await made(atol, sale(items=[item]))

    tags = document["items"][0]["tags"]
    assert (tags["1222"], tags["1226"], tags["1171"]) == ("20", "7702203276", "+79990000000")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"items": []}, 110),
        ({"items": [{"type": "text", "text": "одни слова"}]}, 110),
        ({"items": [{"type": "positoin"}]}, 501),
        ({"items": [tea(tax={"type": "vat18"})]}, 144),
        ({"items": [tea(paymentMethod="later")]}, 216),
        ({"items": [tea(paymentObject="thing")]}, 217),
        ({"items": [tea(paymentObject=28)]}, 217),
        ({"items": [tea(measurementUnit="пачка")]}, 412),
        ({"items": [tea(name="")]}, 13),
        ({"items": [tea(name="Ч" * 129)]}, 13),
        ({"items": [tea(name="Чай\n")]}, 271),
        ({"items": [tea(quantity=0)]}, 17),
        ({"items": [tea(quantity=Decimal("1.0000001"))]}, 17),
        ({"items": [tea(quantity=Decimal("1E+400"))]}, 17),
        ({"items": [tea(price=-100)]}, 16),
        ({"items": [tea(price=Decimal("100.001"))]}, 16),
        ({"items": [tea(price=Decimal("1E+400"))]}, 16),
        ({"items": [tea(quantity=2)]}, 16),
        ({"items": [tea(colour="red")]}, 501),
        ({"items": [tea(price="100.00")]}, 501),
        ({"items": [tea(imcParams={"imc": "MDE=", "imcModeProcessing": 0})]}, 161),
        ({"items": [tea(nomenclatureCode="MDE=")]}, 158),
        ({"items": [tea(agentInfo={"agents": ["spy"]}, supplierInfo=SUPPLIER)]}, 167),
        ({"items": [tea(agentInfo={"agents": ["attorney"]})]}, 161),
        ({"items": [tea(agentInfo={"agents": ["bankPayingAgent"]}, supplierInfo=SUPPLIER)]}, 161),
        ({"items": [tea(agentInfo={"agents": ["payingAgent"]}, supplierInfo=SUPPLIER)]}, 161),
        ({"agentInfo": {"agents": ["attorney"]}, "supplierInfo": SUPPLIER}, 158),
        ({"total": Decimal("100.01")}, 227),
        ({"total": Decimal("99.99")}, 227),
        ({"payments": []}, 66),
        ({"payments": [cash("99.99")]}, 66),
        ({"payments": [card("100.01")]}, 52),
        ({"payments": [cash("50.00"), card("100.01")]}, 52),
        ({"payments": [{"type": "barter", "sum": 100}]}, 60),
        ({"payments": [{"type": 10, "sum": 100}]}, 60),
        ({"taxationType": "none"}, 143),
        ({"internet": True}, 161),
        ({"type": "sellReturn"}, 80),
        ({"type": "buy"}, 80),
        ({"type": "sale"}, 11),
    ],
)
async def test_a_wrong_receipt_is_refused_and_makes_nothing(
    atol: ServedAtol, fields: dict[str, Any], code: int
) -> None:
    assert await refused(atol, sale() | fields) == code
    assert await atol.documents() == []


async def test_a_sum_may_be_a_kopeck_off_its_price_and_quantity(atol: ServedAtol) -> None:
    weighed = {"price": Decimal("99.99"), "quantity": Decimal("2.474"), "measurementUnit": "kilogram"}

    for amount, code in (("247.37", 0), ("247.38", 0), ("247.39", 0), ("247.36", 16), ("247.40", 16)):
        (result,) = await atol.run(sale(amount, items=[tea(amount, **weighed)]))
        assert result["error"]["code"] == code, amount


async def test_a_return_takes_no_more_cash_than_there_is(atol: ServedAtol) -> None:
    await made(atol, sale("100.00"))

    assert await refused(atol, sale("100.01", "sellReturn")) == 80
    assert (await made(atol, sale("100.01", "sellReturn", payments=[card("100.01")])))["operation"] == 2
    assert (await made(atol, sale("100.00", "sellReturn")))["operation"] == 2
    assert (await atol.state())["drawer_kopecks"] == 0


async def test_a_closed_shift_sells_nothing_unless_it_opens_by_itself(atol: ServedAtol) -> None:
    await atol.do("closeShift")

    assert await refused(atol, sale()) == 73
    await atol.behave(auto_open_shift=True)
    await made(atol, sale())

    assert [document["kind"] for document in await atol.documents()] == [5, 2, 3]


async def test_an_expired_shift_only_closes(atol: ServedAtol) -> None:
    await atol.behave(shift_age_h=24.1)

    assert (await atol.query("ShiftStatus"))["shiftStatus"]["state"] == "expired"
    assert await refused(atol, sale()) == 68
    assert await refused(atol, {"type": "openShift"}) == 83
    assert await refused(atol, {"type": "cashIn", "cashSum": 1}) == 68
    await atol.do("closeShift")
    await atol.do("openShift")
    assert (await made(atol, sale()))["shift_number"] == 2


async def test_a_full_drive_takes_nothing(atol: ServedAtol) -> None:
    await atol.behave(fn_left=1)

    await made(atol, sale())

    assert await refused(atol, sale()) == 121


async def test_a_clock_behind_the_last_document_stops_the_register(atol: ServedAtol) -> None:
    await made(atol, sale())
    await atol.behave(clock_offset_s=-3600)

    assert await refused(atol, sale()) == 36


@pytest.mark.parametrize(
    ("kind", "operation"),
    [("sellCorrection", 1), ("sellReturnCorrection", 2), ("buyCorrection", 3), ("buyReturnCorrection", 4)],
)
async def test_every_kind_of_correction_becomes_a_document(atol: ServedAtol, kind: str, operation: int) -> None:
    await atol.do("cashIn", cashSum=1000)

    document = await made(atol, correction(kind=kind, correctionType="instruction", correctionBaseNumber="12-А"))

    assert (document["kind"], document["operation"], document["total_kopecks"]) == (31, operation, 10_000)
    assert (document["tags"]["1173"], document["tags"]["1179"]) == ("01", "12-А")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"items": []}, 110),
        ({"correctionType": "whim"}, 13),
        ({"correctionType": "instruction"}, 161),
        ({"correctionBaseDate": "01.11.2026"}, 77),
        ({"correctionBaseDate": "2099.12.31"}, 77),
    ],
)
async def test_a_wrong_correction_is_refused(atol: ServedAtol, fields: dict[str, Any], code: int) -> None:
    assert await refused(atol, correction() | fields) == code


async def test_a_correction_without_its_day_is_no_task(atol: ServedAtol) -> None:
    assert await refused(atol, sale(kind="sellCorrection")) == 501


async def test_under_ffd_1_05_a_correction_is_a_sum_with_taxes(tmp_path: Path) -> None:
    taxes = [{"type": "vat20", "sum": Decimal("16.67")}]
    wanted = correction(items=[], taxes=taxes, correctionBaseNumber="1")
    async with in_memory(tmp_path, ffd="1.05") as atol:
        document = await made(atol, wanted)
        wrong: list[dict[str, Any]] = [
            {"items": [tea()]},
            {"taxes": []},
            {"correctionBaseNumber": ""},
            {"type": "sellReturnCorrection"},
        ]
        errors = [await refused(atol, wanted | fields) for fields in wrong]

    assert (document["total_kopecks"], document["taxes"], document["items"]) == (10_000, {"20%": 1667}, [])
    assert errors == [110, 161, 161, 413]


async def test_under_ffd_1_05_units_are_free_and_new_subjects_unknown(tmp_path: Path) -> None:
    async with in_memory(tmp_path, ffd="1.05") as atol:
        document = await made(atol, sale(items=[tea(measurementUnit="пачка")]))

        assert document["items"][0]["tags"]["1197"] == "пачка"
        assert document["ffd"] == 2
        assert await refused(atol, sale(items=[tea(paymentObject=33)])) == 217
        assert await refused(atol, sale(items=[tea(measurementUnit="п" * 17)])) == 412


MARK = {"imc": "MDEyMzQ1", "imcModeProcessing": 0, "itemEstimatedStatus": "itemPieceSold"}
BAD_MARK = MARK | {"imc": "MDFCQUQ="}


async def test_a_marked_item_is_sold_after_its_code_was_checked(atol: ServedAtol) -> None:
    marked = sale(items=[tea(imcParams=MARK, paymentObject=33)])

    assert await refused(atol, marked) == 420
    await atol.do("beginMarkingCodeValidation", params=MARK)
    told = await atol.do("getMarkingCodeValidationStatus")
    accepted = await atol.do("acceptMarkingCode")
    document = await made(atol, marked)

    assert (told["ready"], told["onlineValidation"]["markOperatorResponseResult"]) == (True, "correct")
    assert all(value for name, value in accepted["itemInfoCheckResult"].items() if name != "ecrStandAloneFlag")
    assert (document["items"][0]["code"], document["items"][0]["tags"]["1163"]) == ("303132333435",) * 2
    assert await refused(atol, marked) == 420


async def test_a_marking_code_may_be_checked_with_the_sale_or_elsewhere(atol: ServedAtol) -> None:
    elsewhere = MARK | {"itemInfoCheckResult": {"imcCheckFlag": True, "imcCheckResult": True}}

    assert (await made(atol, sale(items=[tea(imcParams=MARK)], validateMarkingCodes=True)))["fd"] == 1
    assert (await made(atol, sale(items=[tea(imcParams=elsewhere)])))["fd"] == 2


async def test_a_marking_code_that_the_server_knows_as_bad_is_told_so(atol: ServedAtol) -> None:
    await atol.do("beginMarkingCodeValidation", params=BAD_MARK)

    told = await atol.do("getMarkingCodeValidationStatus")
    await atol.do("declineMarkingCode")

    assert told["onlineValidation"]["markOperatorItemStatus"] == "itemEstimatedStatusIncorrect"
    assert await refused(atol, sale(items=[tea(imcParams=BAD_MARK)])) == 420


async def test_without_the_marking_server_only_the_drive_answers(atol: ServedAtol) -> None:
    await atol.behave(marking_server="down")
    await atol.do("beginMarkingCodeValidation", params=MARK)

    told = await atol.do("getMarkingCodeValidationStatus")
    accepted = await atol.do("acceptMarkingCode")

    assert told["driverError"]["code"] == 402
    assert accepted["itemInfoCheckResult"]["imcCheckResult"] is True
    assert accepted["itemInfoCheckResult"]["imcStatusInfo"] is False


async def test_marking_steps_have_their_order(atol: ServedAtol) -> None:
    assert await atol.error("acceptMarkingCode") == 410
    assert await atol.error("getMarkingCodeValidationStatus") == 410
    await atol.do("beginMarkingCodeValidation", params=MARK)
    assert await atol.error("beginMarkingCodeValidation", params=MARK) == 410
    await atol.do("cancelMarkingCodeValidation")
    await atol.do("clearMarkingCodeValidationResult")
    assert await atol.error("beginMarkingCodeValidation", params=MARK | {"imc": "не код"}) == 409


async def test_marking_is_of_ffd_1_2(tmp_path: Path) -> None:
    async with in_memory(tmp_path, ffd="1.05") as atol:
        assert await atol.error("beginMarkingCodeValidation", params=MARK) == 413
        assert await refused(atol, sale(items=[tea(imcParams=MARK)])) == 413
        document = await made(atol, sale(items=[tea(markingCode={"type": "other", "mark": "MDEyMzQ1"})]))
        assert document["items"][0]["tags"]["1162"] == "303132333435"
