"""Jobs over HTTP: taken once, done in order, told of, taken back."""

import base64
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from drivers.emulators.atol import queue
from tests.emulated_atol import ServedAtol, emulated, in_memory, shop_time
from tests.unit.drivers.emulators.atol.goods import sale

UUID = "11111111-1111-4111-8111-111111111111"


async def test_a_job_is_taken_with_its_place_in_the_queue(atol: ServedAtol) -> None:
    await atol.behave(print_delay_ms=60_000)
    await atol.post(sale())

    taken = await atol.post(sale(), uuid=UUID)

    assert (taken.status_code, taken.json()) == (201, {"number": 1, "uuid": UUID, "isBlocked": False})


async def test_a_task_waits_is_in_progress_and_is_ready(atol: ServedAtol, autojump_clock: MockClock) -> None:
    await atol.behave(print_delay_ms=250)
    await atol.post(sale(), uuid=UUID)
    await atol.post(sale(), uuid="2")
    await trio.sleep(0.2)

    statuses = [(await atol.results(uuid))[0]["status"] for uuid in (UUID, "2")]

    assert statuses == ["inProgress", "wait"]
    assert (await atol.final("2"))[0]["status"] == "ready"
    assert trio.current_time() >= 0.5


async def test_a_result_has_the_vendors_shape(atol: ServedAtol) -> None:
    (told,) = await atol.run(sale("100.00", payments=[{"type": "cash", "sum": 150}]))

    document = (await atol.documents())[0]
    assert told == {
        "status": "ready",
        "error": {"code": 0, "description": "Ошибок нет"},
        "result": {
            "fiscalParams": {
                "fiscalDocumentDateTime": told["result"]["fiscalParams"]["fiscalDocumentDateTime"],
                "fiscalDocumentNumber": 1,
                "fiscalDocumentSign": document["fp"],
                "fnNumber": document["fn"],
                "registrationNumber": document["rnm"],
                "shiftNumber": 1,
                "fnsUrl": "www.nalog.gov.ru",
                "total": 100,
                "fiscalReceiptNumber": 1,
            },
            "warnings": {"notPrinted": False},
        },
    }
    moment = datetime.fromisoformat(told["result"]["fiscalParams"]["fiscalDocumentDateTime"])
    assert moment.utcoffset() == timedelta(hours=3)
    assert (moment.second, moment.microsecond) == (0, 0)


async def test_a_uuid_is_carried_out_once_for_all(atol: ServedAtol) -> None:
    await atol.post(sale(), uuid=UUID)
    await atol.final(UUID)

    again = await atol.post(sale(), uuid=UUID)

    assert again.status_code == 409
    assert len(await atol.documents()) == 1


async def test_an_error_interrupts_the_tasks_behind_it_but_no_other_job(atol: ServedAtol) -> None:
    results = await atol.run(sale(payments=[]), sale(), {"type": "reportX"})

    assert [(each["status"], each["error"]["code"]) for each in results] == [
        ("error", 66),
        ("interrupted", 502),
        ("interrupted", 502),
    ]
    assert (await atol.run({"type": "reportX"}))[0]["status"] == "ready"


async def test_one_task_need_not_be_in_a_list(atol: ServedAtol) -> None:
    await atol.http.post("/api/v2/requests", json={"uuid": UUID, "request": {"type": "reportX"}})

    assert [each["status"] for each in await atol.final(UUID)] == ["ready"]


async def test_a_waiting_job_can_be_taken_back(atol: ServedAtol, autojump_clock: MockClock) -> None:
    await atol.behave(print_delay_ms=250)
    await atol.post(sale(), uuid="1")
    await atol.post(sale(), uuid="2")

    taken_back = await atol.http.delete("/api/v2/requests/2")

    assert taken_back.status_code == 200
    assert (await atol.results("2"))[0]["status"] == "canceled"
    await atol.final("1")
    await trio.sleep(10)
    assert len(await atol.documents()) == 1


async def test_a_job_that_has_begun_cannot_be_taken_back(atol: ServedAtol, autojump_clock: MockClock) -> None:
    await atol.behave(print_delay_ms=250)
    await atol.post(sale(), uuid=UUID)
    await wait_all_tasks_blocked()

    assert (await atol.http.delete(f"/api/v2/requests/{UUID}")).status_code == 409
    await atol.final(UUID)
    assert (await atol.http.delete(f"/api/v2/requests/{UUID}")).status_code == 409


async def test_an_unknown_job_is_not_found(atol: ServedAtol) -> None:
    assert (await atol.http.get(f"/api/v2/requests/{UUID}")).status_code == 404
    assert (await atol.http.delete(f"/api/v2/requests/{UUID}")).status_code == 404


async def test_the_queue_tells_how_it_stands(atol: ServedAtol, autojump_clock: MockClock) -> None:
    await atol.run(sale())
    await atol.behave(print_delay_ms=250)
    for uuid in "123":
        await atol.post(sale(), uuid=uuid)
    await atol.http.delete("/api/v2/requests/3")

    told = (await atol.http.get("/api/v2/getRequestsQueueStatus")).json()

    assert told == {"number": 2, "ready": 1, "canceled": 1, "isBlocked": False}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"uuid": "1"}',
        b'{"request": [{"type": "reportX"}]}',
        b'{"uuid": "", "request": [{"type": "reportX"}]}',
        b'{"uuid": "1", "request": []}',
        b'{"uuid": "1", "request": [1]}',
        b'{"uuid": 1, "request": [{"type": "reportX"}]}',
        b'{"uuid": "1", "request": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
async def test_what_is_no_job_is_refused(atol: ServedAtol, body: bytes) -> None:
    answer = await atol.http.post("/api/v2/requests", content=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 501)
    assert (await atol.http.get("/api/v2/requests/1")).status_code == 404


async def test_a_huge_job_is_refused(atol: ServedAtol) -> None:
    assert (await atol.http.post("/api/v2/requests", content=b" " * 2_000_000)).status_code == 413


async def test_a_job_is_checked_at_once_if_so_set(atol: ServedAtol) -> None:
    await atol.http.put("/api/v2/settings", json={"validateRequestsOnAdd": True})

    answer = await atol.post({"type": "cashIn", "caseSum": 5})

    assert (answer.status_code, answer.json()["error"]["code"]) == (420, 501)
    assert "caseSum" in answer.json()["error"]["description"]


async def test_settings_are_told_and_checked(atol: ServedAtol) -> None:
    before = (await atol.http.get("/api/v2/settings")).json()

    wrong = await atol.http.put("/api/v2/settings", json={"deleteRequestsAfter": "soon"})

    assert before["deleteRequestsAfter"] == 43_200
    assert (wrong.status_code, (await atol.http.get("/api/v2/settings")).json()) == (400, before)


async def test_strangers_are_not_served(tmp_path: Path) -> None:
    async with in_memory(tmp_path, user="Кассир", password="Пароль123456") as atol:
        wrong = [
            "Basic " + base64.b64encode(each.encode()).decode() for each in ("Кассир:пароль", ":Пароль123456", "x")
        ]
        headers: list[dict[str, str]] = [
            {},
            *({"Authorization": each} for each in wrong),
            {"Authorization": "Bearer x"},
        ]

        answers = [await ask_without_account(atol, header) for header in headers]

        assert [answer.status_code for answer in answers] == [401] * 5
        assert answers[0].json() == {"error": {"code": 505, "description": "unauthorized"}}
        assert (await atol.http.get("/api/v2/serverInfo")).json()["version"] == "1.0.4.0"


async def ask_without_account(atol: ServedAtol, headers: dict[str, str]) -> httpx.Response:
    request = atol.http.build_request("GET", "/api/v2/serverInfo", headers=headers)
    return await atol.http.send(request, auth=None)


async def test_a_register_that_is_not_activated_is_not_served(atol: ServedAtol) -> None:
    await atol.http.post("/api/v2/deactivateDevice")

    assert (await atol.post(sale())).status_code == 403
    await atol.http.post("/api/v2/activateDevice")
    assert (await atol.post(sale())).status_code == 201


async def test_another_register_is_not_found(atol: ServedAtol) -> None:
    assert (await atol.http.post("/api/v2/operations/queryFnStatus?deviceID=other")).status_code == 404
    assert (await atol.http.post("/api/v2/operations/queryFnStatus?deviceID=atol")).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("PUT", "/api/v2/requests"), ("POST", "/api/v2/x")])
async def test_an_unknown_call_is_refused_in_json(atol: ServedAtol, method: str, path: str) -> None:
    answer = await atol.http.request(method, path)

    assert answer.status_code in (404, 405)
    assert "description" in answer.json()["error"]


async def test_pages_from_elsewhere_are_not_served(atol: ServedAtol) -> None:
    answer = await atol.http.post("/api/v2/requests", json={}, headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403


async def test_the_queue_is_bounded(atol: ServedAtol, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_WAITING", 2)
    await atol.behave(print_delay_ms=60_000)

    answers = [await atol.post(sale()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 408]


async def test_old_jobs_are_forgotten(atol: ServedAtol, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "KEPT", 2)
    for uuid in "123":
        await atol.post({"type": "reportX"}, uuid=uuid)
        await atol.final(uuid)

    found = [(await atol.http.get(f"/api/v2/requests/{uuid}")).status_code for uuid in "123"]

    assert found == [404, 200, 200]


async def test_jobs_are_forgotten_after_their_time(tmp_path: Path) -> None:
    late = timedelta()

    async with in_memory(tmp_path, clock=lambda: shop_time() + late) as atol:
        await atol.post({"type": "reportX"}, uuid="1")
        await atol.final("1")
        late = timedelta(days=31)
        await atol.run({"type": "getFnStatus"})

        assert (await atol.http.get("/api/v2/requests/1")).status_code == 404


async def test_it_is_served_on_loopback_too(tmp_path: Path) -> None:
    async with emulated(tmp_path) as atol:
        result: Any = await atol.do("sell", **{name: value for name, value in sale().items() if name != "type"})
        await atol.behave(lose_answer_next=1)
        with pytest.raises(httpx.HTTPError):
            await atol.post(sale(), uuid=UUID)

        assert result["fiscalParams"]["fiscalDocumentNumber"] == 1
        assert (await atol.final(UUID))[0]["status"] == "ready"
