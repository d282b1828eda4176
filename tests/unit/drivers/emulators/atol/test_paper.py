"""What comes out of the register behind the emulated web server on paper, and what its page shows."""

from collections.abc import AsyncIterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.emulators.paper.columns import WIDTH
from tests.emulated_atol import ServedAtol, emulated, in_memory
from tests.unit.drivers.emulators.atol.goods import card, cash, correction, sale, tea

NO_DEVICE = "ЭМУЛЯТОР - НЕ ЯВЛЯЕТСЯ ФИСКАЛЬНЫМ ДОКУМЕНТОМ"
CUT = "8< "


async def paper(atol: ServedAtol) -> list[str]:
    """Each sheet on its roll, oldest first, as text."""
    state = await atol.state()
    numbers = range(max(1, state["sheets"] - 49), state["sheets"] + 1)
    answers = [await atol.http.get(f"/kkt/v1/paper/{number}.txt") for number in numbers]
    return [answer.text.rstrip("\n") for answer in answers if answer.is_success]


def text(words: str, **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **fields}


@pytest.fixture
async def atol(tmp_path: Path) -> AsyncIterator[ServedAtol]:
    """Whose sheets all say what they are not, and are no wider than the roll."""
    async with in_memory(tmp_path) as atol:
        yield atol
        for sheet in await paper(atol):
            lines = sheet.split("\n")
            assert lines[0].strip() == NO_DEVICE
            assert max(map(len, lines)) <= WIDTH


async def test_a_receipt_is_printed_as_one_looks(atol: ServedAtol) -> None:
    items = [tea("150.50", name="Чай", exciseSum=1), {"type": "userAttribute", "name": "Карта", "value": "77"}]
    payments = [cash("100.00"), card("100.50")]
    await atol.run(sale(items=items, payments=payments, total=Decimal("150.50"), clientInfo={"emailOrPhone": "a@b.r"}))

    (document,), (sheet,) = await atol.documents(), await paper(atol)

    for words in (
        "КАССОВЫЙ ЧЕК / ПРИХОД",
        "  1 шт. x 150.50                         =150.50",
        "  НДС 22%                   ТОВАР, ПОЛНЫЙ РАСЧЕТ",
        "  АКЦИЗ                                     1.00",
        "ИТОГ                                     =150.50",
        "НАЛИЧНЫМИ                                 =50.00",
        "БЕЗНАЛИЧНЫМИ                             =100.50",
        "СДАЧА                                     =50.00",
        "КАССИР                                    Кассир",
        "ЭЛ. АДР. ПОКУПАТЕЛЯ                        a@b.r",
        "ДОП. РЕКВИЗИТ                              Карта",
        "ФФД 1.2",
        f"ФП {document['fp']}",
        document["fn"],
    ):
        assert words in sheet


async def test_lines_stand_above_among_and_below_as_they_were_sent(atol: ServedAtol) -> None:
    items = [text("первое"), tea("1.00", name="Чай"), text("второе"), tea("1.00", name="Кофе"), text("третье")]
    pre, post = [text("Добро пожаловать", alignment="center")], [text("Приходите ещё", alignment="right")]

    await atol.run(sale("2.00", items=items, preItems=pre, postItems=post))

    (sheet,) = await paper(atol)
    lines = sheet.split("\n")
    assert (lines[1], lines[-1]) == ("                Добро пожаловать", "Приходите ещё".rjust(WIDTH))
    kept = [line for line in lines if line in {"первое", "Чай", "второе", "Кофе", "третье"}]
    assert kept == ["первое", "Чай", "второе", "Кофе", "третье"]


async def test_a_line_is_wrapped_as_it_was_sent_to_be(atol: ServedAtol) -> None:
    long = "слово " * 10
    items = [text(long), text(long, wrap="chars"), text(long, wrap="words"), {"type": "barcode", "barcode": "123"}]

    await atol.do("nonFiscal", items=items)

    (sheet,) = await paper(atol)
    assert sheet.split("\n")[1:] == [
        "слово слово слово слово слово слово слово слово",
        "слово слово слово слово слово слово слово слово",
        "слово слово",
        "слово слово слово слово слово слово слово слово",
        "слово слово",
        "[QR: 123]",
    ]


async def test_everything_that_prints_comes_out_as_a_sheet_of_its_own(atol: ServedAtol) -> None:
    await atol.do("cashIn", cashSum=600)
    await atol.do("cashOut", cashSum=100)
    await atol.run(sale(), correction("7.00", correctionBaseNumber="12"))
    await atol.do("reportX")
    await atol.do("printLastReceiptCopy")
    await atol.do("nonFiscal", items=[text("Обед")])
    await atol.do("reportOfdExchangeStatus", operator={"name": "Кассир"})
    await atol.do("closeShift")
    await atol.do("openShift")
    await atol.do("printFnDocument", fiscalDocumentNumber=1)

    sheets = await paper(atol)

    assert len(sheets) == 11
    for sheet, words in zip(
        sheets,
        (
            ("ВНЕСЕНИЕ", "=600.00"),
            ("ВЫПЛАТА", "=100.00"),
            ("КАССОВЫЙ ЧЕК / ПРИХОД", "=100.00"),
            ("КАССОВЫЙ ЧЕК КОРРЕКЦИИ / ПРИХОД", "САМОСТОЯТЕЛЬНО", "01.11.2026", "ПРЕДПИСАНИЕ №"),
            ("X-ОТЧЕТ", "НАЛИЧНЫХ В КАССЕ", "=607.00"),
            ("КОПИЯ", "КОРРЕКЦИИ", "=7.00"),
            ("Обед",),
            ("ОТЧЕТ О ТЕКУЩЕМ СОСТОЯНИИ РАСЧЕТОВ", "НЕПЕРЕДАННЫХ ФД", "Кассир"),
            ("ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ", "ВНЕСЕНИЕ", "ФД 4"),
            ("ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ", "СМЕНА 2"),
            ("КОПИЯ", "КАССОВЫЙ ЧЕК / ПРИХОД", "ФД 1"),
        ),
        strict=True,
    ):
        assert [each for each in words if each not in sheet] == []


@pytest.mark.parametrize("task", [sale("7.00"), {"type": "closeShift"}, {"type": "cashIn", "cashSum": 5}])
async def test_what_is_sent_to_the_buyer_electronically_is_not_printed(atol: ServedAtol, task: dict[str, Any]) -> None:
    await atol.run(task | {"electronically": True})
    await atol.run({"type": "reportX"} if task["type"] != "closeShift" else {"type": "openShift"})

    (sheet,) = await paper(atol)
    assert any(words in sheet for words in ("X-ОТЧЕТ", "ОТЧЕТ ОБ ОТКРЫТИИ"))


async def test_a_refused_task_leaves_no_trace_on_paper(atol: ServedAtol) -> None:
    await atol.run(sale(preItems=[text("Добро пожаловать")], payments=[cash("1.00")]))
    await atol.run(sale())

    (sheet,) = await paper(atol)
    assert "Добро пожаловать" not in sheet


@pytest.mark.parametrize("how", ["continuePrint", "resumes"])
async def test_a_torn_receipt_is_void_and_comes_once_more_whole(atol: ServedAtol, how: str) -> None:
    await atol.behave(paper="out_next", unfinished_print="resumes" if how == "resumes" else "blocks")
    await atol.run(sale(postItems=[text("Приходите ещё")]))
    await atol.behave(paper="present")
    await atol.do("nonFiscal" if how == "resumes" else how, **({"items": [text("Обед")]} if how == "resumes" else {}))

    torn, whole, *_ = await paper(atol)
    assert ("БУМАГА КОНЧИЛАСЬ" in torn, "ФП" in torn, "Приходите" in torn) == (True, False, False)
    assert ("БУМАГА КОНЧИЛАСЬ" in whole, "ФП" in whole, "Приходите" in whole) == (False, True, True)


async def test_going_on_with_nothing_left_to_print_prints_nothing(atol: ServedAtol) -> None:
    await atol.behave(paper="out_next")
    await atol.run(sale())
    await atol.behave(paper="present")
    await atol.do("continuePrint")
    await atol.do("continuePrint")

    assert len(await paper(atol)) == 2


async def test_a_receipt_whose_answer_was_lost_between_server_and_register_is_on_paper_once(atol: ServedAtol) -> None:
    await atol.behave(connection="lost_after_next")
    uuid = (await atol.post(sale())).json()["uuid"]
    await atol.behave(connection="ok")
    await atol.final(uuid)

    assert len(await paper(atol)) == 1


async def test_the_paper_has_an_end(atol: ServedAtol) -> None:
    for _ in range(3):
        await atol.run(*[{"type": "nonFiscal", "items": [text(f"строка {n}") for n in range(1001)]}] * 20)

    kept = [(await atol.http.get(f"/kkt/v1/paper/{number}.txt")).status_code for number in (130, 131, 180)]
    assert (kept, (await atol.state())["sheets"]) == ([404, 200, 200], 180)


async def test_long_receipts_push_old_ones_out_sooner(atol: ServedAtol) -> None:
    items = [tea("0.01", measurementUnit=0)] * 3000
    for _ in range(8):
        await atol.run(sale("30.00", items=items))

    kept = [(await atol.http.get(f"/kkt/v1/paper/{number}.txt")).status_code for number in range(1, 9)]
    assert kept == [404, 404, 200, 200, 200, 200, 200, 200]


async def test_the_last_documents_are_on_the_paper_still_after_a_restart(tmp_path: Path) -> None:
    async with in_memory(tmp_path) as atol:
        await atol.run(*[sale()] * 22)

    async with in_memory(tmp_path) as atol:
        sheets = await paper(atol)

    assert (len(sheets), "ФД 3 " in sheets[0], "ФД 22 " in sheets[-1]) == (20, True, True)


async def test_the_paper_is_shown_as_text_and_as_a_picture(tmp_path: Path) -> None:
    async with emulated(tmp_path, user="kassir", password="secret") as atol:
        await atol.run(sale())
        await atol.do("cashIn", cashSum=1)
        strip = await atol.http.get("/kkt/v1/paper")
        pictures = [await atol.http.get(f"/kkt/v1/paper/{number}.png") for number in (1, -1)]
        missing = [(await atol.http.get(f"/kkt/v1/paper/{number}.png")).status_code for number in (0, 3, -3)]

    assert [CUT in strip.text, "КАССОВЫЙ ЧЕК" in strip.text, "ВНЕСЕНИЕ" in strip.text] == [True] * 3
    assert missing == [404, 404, 404]
    assert {picture.headers["Content-Type"] for picture in pictures} == {"image/png"}
    receipt, slip = [Image.open(BytesIO(picture.content)) for picture in pictures]
    assert (receipt.width, slip.width, receipt.height > slip.height) == (624, 624, True)


async def test_the_page_says_what_it_is_and_has_a_button_for_every_fault(atol: ServedAtol) -> None:
    answer = await atol.http.get("/")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Он не является контрольно-кассовой техникой" in answer.text
    assert ("http://" in answer.text, "https://" in answer.text) == (False, False)
    assert {key for key in await atol.behave() if f'"{key}"' not in answer.text} == set()


async def test_the_state_tells_all_that_the_page_shows(atol: ServedAtol) -> None:
    await atol.run(sale())
    await atol.do("openCashDrawer")
    await atol.behave(fn_left=7, ofd_queue=3, fn_days_left=2, cover_open=True)

    state = await atol.state()

    assert (state["cover"], state["drawer"], state["sheets"]) == ("open", "open", 1)
    drive = state["drive"]
    assert (drive["documents_left"], drive["unsent"]) == (7, 1)
    assert drive["warnings"] == ["memoryOverflow", "needReplacement", "resourceExhausted"]
