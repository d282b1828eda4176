"""The emulated register's control calls over HTTP."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from drivers.emulators.shtrih import faults
from protocols.shtrih import receipts, service
from tests.emulated_register import Served, emulated

TEA = receipts.Operation(password=1, kind=1, quantity=Decimal("1.5"), price=10000, vat=0x08, name="Чай")
CLOSE = receipts.CloseReceipt(password=1, payments=(15000, *(0,) * 15), taxation=1)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with emulated(tmp_path / "drive.jsonl") as served:
        yield served


async def sell(served: Served, count: int = 1) -> None:
    host = await served.connect()
    for _ in range(count):
        await host.ask(TEA)
        await host.ask(CLOSE)


async def test_a_fault_is_taken_and_told(served: Served) -> None:
    told = await served.behave(lose_answer_next=2, paper="out", refuse_next={"code": 0x46})

    assert (told["lose_answer_next"], told["paper"], told["refuse_next"]["code"]) == (2, "out", 0x46)
    assert (await served.http.get("/kkt/_test/behave")).json() == told


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"papers": "out"}, "papers"),
        ({"paper": "burnt"}, "burnt"),
        ({"lose_answer_next": -1}, "lose_answer_next"),
        ({"lose_answer_next": True}, "lose_answer_next"),
        ({"print_delay_ms": 60_001}, "print_delay_ms"),
        ({"refuse_next": {"code": 0}}, "refuse_next.code"),
        ({"refuse_next": {"error": 1}}, "error"),
        ([], "array"),
    ],
)
async def test_a_wrong_order_names_what_is_wrong_and_changes_nothing(served: Served, body: Any, word: str) -> None:
    before = (await served.http.get("/kkt/_test/behave")).json()

    answer = await served.http.post("/kkt/_test/behave", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert word in answer.json()["message"]
    assert (await served.http.get("/kkt/_test/behave")).json() == before


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null"])
async def test_what_is_no_json_object_is_refused(served: Served, body: bytes) -> None:
    answer = await served.http.post("/kkt/_test/behave", content=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")


async def test_a_huge_order_is_refused(served: Served) -> None:
    answer = await served.http.post("/kkt/_test/behave", content=b" " * 200_000)

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "code"), [("GET", "/nowhere", "NOT_FOUND"), ("PUT", "/", "METHOD_NOT_ALLOWED")]
)
async def test_an_unknown_call_is_refused_in_json(served: Served, method: str, path: str, code: str) -> None:
    assert (await served.http.request(method, path)).json()["code"] == code


async def test_a_page_from_elsewhere_is_refused(served: Served) -> None:
    answer = await served.http.post("/kkt/_test/reset", headers={"Origin": "http://elsewhere.example"})

    assert answer.status_code == 400
    own = {"Origin": str(served.http.base_url).rstrip("/")}
    assert (await served.http.post("/kkt/_test/reset", headers=own)).status_code == 200


async def test_a_reset_ends_the_faults_and_keeps_the_documents(served: Served) -> None:
    await served.behave(paper="out_next")
    await sell(served)
    await served.behave(power="off", fn_left=0, shift_age_h=30, clock_offset_s=90)

    faults = (await served.http.post("/kkt/_test/reset")).json()

    assert (faults["paper"], faults["power"], faults["fn_left"]) == ("present", "on", None)
    state = await served.state()
    assert (state["paper"], state["shift"]["state"], state["last_fd"]) == ("present", "open", 1)
    await sell(served)


async def test_the_journal_shows_documents_whole(served: Served) -> None:
    await sell(served)

    (document,) = await served.documents()
    assert (document["fd"], document["kind"], document["shift_number"], document["receipt_number"]) == (1, 3, 1, 1)
    assert (document["operation"], document["total_kopecks"], document["payments"]) == (1, 15000, {"1": 15000})
    (item,) = document["items"]
    assert (item["name"], item["quantity"], item["price_kopecks"], item["sum_kopecks"], item["vat"]) == (
        "Чай",
        "1.5",
        10000,
        15000,
        "no_vat",
    )
    assert (len(document["fn"]), len(document["fp"]), len(document["rnm"])) == (16, 10, 16)


@pytest.mark.parametrize(
    ("query", "fds"),
    [("", [1, 2, 3]), ("?after=1", [2, 3]), ("?after=1&limit=1", [2]), ("?after=3", []), ("?limit=0", [])],
)
async def test_the_journal_is_read_in_pages(served: Served, query: str, fds: list[int]) -> None:
    await sell(served, 3)

    answer = (await served.http.get(f"/kkt/_test/journal{query}")).json()

    assert [each["fd"] for each in answer["documents"]] == fds
    assert answer["last_fd"] == 3


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("", [100, 200, -50]),
        ("?limit=1", [100]),
        ("?after=1&limit=1", [200, -50]),
        ("?after=2&limit=1", []),
        ("?after=3", []),
    ],
)
async def test_cash_slips_stand_in_the_journal_between_the_documents_they_were_printed_between(
    served: Served, query: str, amounts: list[int]
) -> None:
    host = await served.connect()
    await host.ask(service.CashIn(1, 100))
    await sell(served)
    host = await served.connect()
    await host.ask(service.CashIn(1, 200))
    await host.ask(service.CashOut(1, 50))
    await sell(served, 2)

    cash = (await served.http.get(f"/kkt/_test/journal{query}")).json()["cash"]

    assert [each["amount_kopecks"] for each in cash] == amounts
    assert [each["after_fd"] for each in cash] == [0 if amount == 100 else 1 for amount in amounts]


async def test_the_journal_shows_documents_of_every_kind(served: Served) -> None:
    await sell(served)
    host = await served.connect()
    await host.ask(receipts.BeginCorrection(30))
    assert (await served.state())["begun"] == "correction"
    await host.ask(receipts.FormCorrectionV2(password=30, ordered=1, kind=1, total=110, cash=110, vat10=10, taxation=1))
    await host.ask(service.PrintZReport(30))
    await host.ask(service.OpenShift(1))

    documents = await served.documents()

    assert [each["kind"] for each in documents] == [3, 31, 5, 2]
    correction = documents[1]
    assert (correction["total_kopecks"], correction["taxes"], correction["tags"]) == (110, {"10%": 10}, {"1173": "01"})


@pytest.mark.parametrize("query", ["after=x", "limit=-1", "after=1.5", "limit=99999999999999"])
async def test_a_page_of_nonsense_is_refused(served: Served, query: str) -> None:
    assert (await served.http.get(f"/kkt/_test/journal?{query}")).status_code == 400


async def test_the_state_tells_what_the_register_is_at(served: Served) -> None:
    host = await served.connect()
    await host.ask(TEA)

    state = await served.state()

    assert (state["mode"], state["submode"], state["connected"], state["power"]) == (8, 0, True, "on")
    assert (state["receipt"], state["shift"]["state"]) == ({"items": 1, "total_kopecks": 15000}, "open")


async def test_the_state_of_the_shift_is_told(served: Served) -> None:
    await served.behave(shift_age_h=25)
    assert (await served.state())["shift"]["state"] == "expired"

    await (await served.connect()).ask(service.PrintZReport(30))

    assert (await served.state())["shift"]["state"] == "closed"


async def test_the_page_says_what_it_is_and_loads_nothing_from_elsewhere(served: Served) -> None:
    answer = await served.http.get("/")

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Он не является контрольно-кассовой техникой" in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_every_fault_is_listed_for_those_who_order_them() -> None:
    assert [name for name in faults.Faults.__struct_fields__ if f"`{name}`" not in str(faults.__doc__)] == []


async def test_every_fault_on_the_page_is_one_the_register_knows(served: Served) -> None:
    known = set((await served.http.get("/kkt/_test/behave")).json())

    page = (await served.http.get("/")).text

    assert {key for key in known if key in page} == known
