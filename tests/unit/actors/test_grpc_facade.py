"""kassir.v1.FiscalGateway over two registers, in virtual time: it says what HTTP says."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
import trio
from trio.testing import MockClock

from actors.grpc_facade.service import METHODS
from actors.status import announce
from drivers.kkt.port import RegisterRefused
from protocols.calls import GRPC
from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.grpc.statuses import Code
from tests.callers import AUTH, token
from tests.fakes.grpc_till import Told, call, receipt, sale
from tests.fakes.pair import ONE, Pair
from tests.fakes.shop import virtual_now

REFUSAL = RegisterRefused(0x33, "нет")


@pytest.fixture
async def pair(tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock) -> Pair:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    return pair


async def test_a_key_used_over_http_gets_the_same_answer_over_grpc_and_prints_once(
    pair: Pair, autojump_clock: MockClock
) -> None:
    key = str(uuid4())
    first = await pair.sell(10_000, key=key)
    again = await call(pair, "CreateReceipt", sale(key))

    assert again.code == Code.OK
    assert again.answer.answer_json == await first.get_data(as_text=True)
    assert pair.registers[ONE].sold == [10_000]


async def test_a_key_used_over_grpc_gets_the_same_answer_over_http_and_prints_once(
    pair: Pair, autojump_clock: MockClock
) -> None:
    key = str(uuid4())
    first = await call(pair, "CreateReceipt", sale(key.upper()))
    again = await pair.sell(10_000, key=key)

    told = _loaded(first.answer.answer_json)
    assert (again.status_code, await again.get_json()) == (200, told)
    assert first.answer.receipt_id == told["receipt_id"]
    assert first.answer.WhichOneof("outcome") == "printed"
    document = first.answer.printed.fiscal_doc
    assert (document.fd, document.total_kopecks, document.fp) == ("1", 10_000, told["fiscal_doc"]["fp"])
    assert pair.registers[ONE].sold == [10_000]


async def test_both_at_once_print_once(pair: Pair, autojump_clock: MockClock) -> None:
    key = str(uuid4())
    told = Told()
    answers = []

    async def over_http() -> None:
        answers.append((await pair.sell(10_000, key=key)).status_code)

    async with trio.open_nursery() as tills:
        tills.start_soon(over_http)
        tills.start_soon(call, pair, "CreateReceipt", sale(key), told)

    assert (answers, told.code, pair.registers[ONE].sold) == ([200], Code.OK, [10_000])


async def test_a_caller_that_leaves_finds_its_receipt_printed_once(pair: Pair, autojump_clock: MockClock) -> None:
    key = str(uuid4())
    with trio.move_on_after(0.1):
        await call(pair, "CreateReceipt", sale(key))
    again = await call(pair, "CreateReceipt", sale(key))

    assert (again.code, pair.registers[ONE].sold) == (Code.OK, [10_000])


async def test_a_refusal_of_the_register_is_an_answer_like_any_other_and_stays_it(
    pair: Pair, autojump_clock: MockClock
) -> None:
    key = str(uuid4())
    pair.registers[ONE].refusals.append(REFUSAL)
    first = await call(pair, "CreateReceipt", sale(key))
    again = await call(pair, "CreateReceipt", sale(key))
    over_http = await pair.sell(10_000, key=key)

    assert first.code == Code.OK
    assert first.answer.WhichOneof("outcome") == "refusal"
    stored = _loaded(first.answer.answer_json)
    assert (first.answer.refusal.code, first.answer.receipt_id) == ("KKT_REFUSED", stored["id"])
    assert (first.answer.refusal.message, _loaded(first.answer.refusal.details_json)) == (
        stored["message"], stored["details"],
    )  # fmt: skip
    assert again.answer == first.answer
    assert (over_http.status_code, await over_http.get_data(as_text=True)) == (422, first.answer.answer_json)
    assert pair.registers[ONE].sold == []


@pytest.mark.parametrize(
    ("request_", "code", "says"),
    [
        (pb.CreateReceiptRequest(receipt=receipt()), Code.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_MISSING"),
        (sale("f47ac10b-58cc-1372-a567-0e02b2c3d479"), Code.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_INVALID"),
        (pb.CreateReceiptRequest(idempotency_key=str(uuid4())), Code.INVALID_ARGUMENT, "VALIDATION_ERROR"),
        (sale(str(uuid4()), pos_id="POS-404"), Code.INVALID_ARGUMENT, "UNKNOWN_POS"),
        (sale(str(uuid4()), -1), Code.INVALID_ARGUMENT, "VALIDATION_ERROR"),
        (b"\xff\xff\xff", Code.INVALID_ARGUMENT, "INVALID_MESSAGE"),
        (b"\x0a\x02\xff\xfe", Code.INVALID_ARGUMENT, "INVALID_MESSAGE"),
    ],
)
async def test_what_cannot_be_printed_is_refused_as_over_http(
    pair: Pair, request_: pb.CreateReceiptRequest | bytes, code: Code, says: str, autojump_clock: MockClock
) -> None:
    told = await call(pair, "CreateReceipt", request_, x_request_id="till-7.42")

    assert (told.answers, told.code) == ([], code)
    assert (told.metadata["kassir-code"], told.problem["code"], told.problem["id"]) == (says, says, "till-7.42")
    assert told.metadata["x-request-id"] == "till-7.42"
    assert pair.registers[ONE].sold == []


async def test_a_key_of_another_receipt_exists_already(pair: Pair, autojump_clock: MockClock) -> None:
    key = str(uuid4())
    first = await pair.sell(10_000, key=key)
    told = await call(pair, "CreateReceipt", sale(key, 20_000))

    assert (told.code, told.metadata["kassir-code"]) == (Code.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED")
    assert told.problem["details"] == {"receipt_id": (await first.get_json())["receipt_id"]}


async def test_while_the_register_is_away_it_is_unavailable_and_says_when_to_come_back(
    pair: Pair, autojump_clock: MockClock
) -> None:
    key = str(uuid4())
    pair.registers[ONE].away = True
    pair.registers[ONE].connected = False
    await trio.sleep(30)
    told = await call(pair, "CreateReceipt", sale(key))
    over_http = await pair.sell(10_000, key=key)

    assert (told.code, over_http.status_code) == (Code.UNAVAILABLE, 503)
    assert told.metadata["retry-after"] == over_http.headers["Retry-After"]
    assert told.metadata["kassir-code"] == (await over_http.get_json())["code"]


async def test_the_life_of_a_receipt_is_told_as_over_http(pair: Pair, autojump_clock: MockClock) -> None:
    sold = await call(pair, "CreateReceipt", sale(str(uuid4())))
    told = await call(pair, "GetReceipt", pb.GetReceiptRequest(receipt_id=sold.answer.receipt_id.upper()))
    over_http = await pair.get(f"/receipt/{sold.answer.receipt_id}")

    life = told.answer
    assert _loaded(life.life_json) == over_http
    assert (life.receipt_id, life.status, life.state, life.pos_id, life.type, life.retry_count) == (
        sold.answer.receipt_id, "pending", "pending", ONE, "sale", 0,
    )  # fmt: skip
    assert life.fiscal_doc == sold.answer.printed.fiscal_doc
    assert life.printed_at == over_http["printed_at"]
    assert not life.HasField("synced_at")


async def test_a_receipt_that_nobody_knows_is_not_found(pair: Pair, autojump_clock: MockClock) -> None:
    told = await call(pair, "GetReceipt", pb.GetReceiptRequest(receipt_id=str(uuid4())))

    assert (told.code, told.metadata["kassir-code"]) == (Code.NOT_FOUND, "RECEIPT_NOT_FOUND")


async def test_the_buffer_is_told_as_over_http(pair: Pair, autojump_clock: MockClock) -> None:
    sold = await call(pair, "CreateReceipt", sale(str(uuid4())))
    told = (await call(pair, "BufferStatus", pb.BufferStatusRequest())).answer
    over_http = await pair.get("/buffer/status")

    assert (told.total_capacity, told.current_queued, told.percent_full) == (200, 1, 0.5)
    assert dict(told.receipts) == {state: over_http[state] for state in told.receipts}
    assert (told.receipts["pending"], len(told.receipts)) == (1, 9)
    assert told.oldest_receipt_id == sold.answer.receipt_id
    assert (told.network_status, told.disk_full) == (over_http["network_status"], False)
    assert [alert.code for alert in told.alerts] == [alert["code"] for alert in over_http["alerts"]]


async def test_health_is_told_as_over_http(pair: Pair, autojump_clock: MockClock) -> None:
    await trio.sleep(1)
    told = (await call(pair, "Health", pb.HealthRequest())).answer
    answer = await pair.client.get("/v1/health", headers={"Host": "localhost"})
    over_http = await answer.get_json()

    assert pb.HealthResponse.Status.Name(told.status) == f"STATUS_{over_http['status'].upper()}"
    assert _loaded(told.components_json).keys() == over_http["components"].keys()
    assert told.network_status == over_http["network_status"]


async def test_a_stranger_hears_of_health_only_how_it_is_on_the_whole(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, auth=AUTH)
    await pair.open(nursery)
    stranger = (await call(pair, "Health", pb.HealthRequest())).answer
    bearer = f"Bearer {token('pos', at=virtual_now())}"
    till = (await call(pair, "Health", pb.HealthRequest(), authorization=bearer)).answer

    assert (stranger.status, stranger.components_json) == (till.status, "")
    assert stranger.status != pb.HealthResponse.STATUS_UNSPECIFIED
    assert till.components_json


async def test_whoever_watches_sees_a_snapshot_and_every_change_until_the_gateway_stops(
    pair: Pair, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    told = Told()
    announce(pair.wiring.mailboxes.status.address, "printer", {"ink": 3})
    nursery.start_soon(call, pair, "WatchStatus", pb.WatchStatusRequest(), told)
    await trio.sleep(0.1)
    first = told.answers[0]
    announce(pair.wiring.mailboxes.status.address, "printer", {"ink": 2})
    await trio.sleep(0.1)
    changes = [event for event in told.answers[1:] if event.change.component == "printer"]
    pair.stopping.set()
    await trio.sleep(0.1)

    assert _loaded(first.snapshot.components_json["printer"]) == {"ink": 3}
    assert [_loaded(event.change.state_json) for event in changes] == [{"ink": 2}]
    assert changes[0].number > first.number
    assert (told.code, told.metadata["kassir-code"], told.metadata["retry-after"]) == (
        Code.UNAVAILABLE,
        "STOPPING",
        "5",
    )


async def test_whoever_watches_must_say_anew_who_he_is_when_his_word_has_expired(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, auth=AUTH)
    await pair.open(nursery)
    began = trio.current_time()
    bearer = f"Bearer {token('monitor', at=virtual_now(), minutes=5)}"
    told = await call(pair, "WatchStatus", pb.WatchStatusRequest(), authorization=bearer)

    assert (told.code, told.metadata["kassir-code"]) == (Code.UNAUTHENTICATED, "CREDENTIALS_EXPIRED")
    assert 290 < trio.current_time() - began <= 311  # clocks may differ by ten seconds
    assert any(event.HasField("heartbeat") for event in told.answers)


async def test_over_both_ways_a_client_has_the_tokens_of_one(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, requests_per_second=3)
    await pair.open(nursery)
    pair.wiring.rates.take("at 127.0.0.1")  # as HTTP does
    codes = [await call(pair, "Health", pb.HealthRequest()) for _ in range(3)]

    assert [told.code for told in codes] == [Code.OK, Code.OK, Code.RESOURCE_EXHAUSTED]
    assert (codes[-1].metadata["kassir-code"], codes[-1].metadata["retry-after"]) == ("RATE_LIMITED", "1")


async def test_once_the_gateway_stops_no_call_is_taken(pair: Pair, autojump_clock: MockClock) -> None:
    pair.stopping.set()
    told = await call(pair, "CreateReceipt", sale(str(uuid4())))

    assert (told.code, told.metadata["kassir-code"], pair.registers[ONE].sold) == (Code.UNAVAILABLE, "STOPPING", [])


async def test_what_we_did_not_foresee_stays_ours(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    monkeypatch.setitem(METHODS, f"{GRPC}/Health", _fail)
    with structlog.testing.capture_logs() as logs:
        told = await call(pair, "Health", pb.HealthRequest())

    assert (told.code, told.metadata["kassir-code"]) == (Code.INTERNAL, "INTERNAL_ERROR")
    assert "secret" not in repr(told.ending)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["handler_failed"]


async def _fail(*_: object) -> None:
    raise LookupError("secret")


def _loaded(text: str) -> Any:
    """As a client reads it."""
    return json.loads(text)
