"""What every request passes before its handler, at the real facade over two registers, in virtual time."""

from pathlib import Path
from uuid import uuid4

import trio
from quart_trio import QuartTrio
from trio.testing import MockClock

from actors.facade.app import make_app
from actors.facade.room import AT_ONCE, CROWDED
from actors.grpc_facade.service import METHODS
from protocols.calls import BY_ROUTE, CALLS, RPC, STREAM, Rank
from tests.fakes.pair import Pair, sale_body

HERE = {"Host": "localhost"}


async def test_every_route_stands_in_the_table_of_calls_and_every_call_of_it_is_routed(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    routed = _routes(make_app(pair.wiring.reach, trio.Event())) | {(RPC, path) for path in METHODS}
    assert routed == set(BY_ROUTE)
    assert len(CALLS) == len(BY_ROUTE)
    nursery.cancel_scope.cancel()


async def test_a_request_keeps_the_id_that_its_client_gave_it_and_gets_one_otherwise(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    named = await pair.client.get("/v1/health", headers={**HERE, "X-Request-Id": "till-7.42"})
    nameless = await pair.client.get("/v1/health", headers=HERE)
    injected = await pair.client.get("/v1/health", headers={**HERE, "X-Request-Id": 'a" level="error'})
    assert named.headers["X-Request-Id"] == "till-7.42"
    assert len({nameless.headers["X-Request-Id"], injected.headers["X-Request-Id"]}) == 2
    assert len(injected.headers["X-Request-Id"]) == 36
    nursery.cancel_scope.cancel()


async def test_an_error_is_found_in_the_log_by_the_id_of_its_request(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    answer = await pair.client.get("/v1/kkt/nothing", headers={**HERE, "X-Request-Id": "lost"})
    assert (answer.status_code, (await answer.get_json())["id"]) == (404, "lost")
    nursery.cancel_scope.cancel()


async def test_beyond_its_rate_a_client_is_told_when_to_come_back_and_sells_again_then(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, requests_per_second=3)
    await pair.open(nursery)
    codes = [(await pair.client.get("/v1/health", headers=HERE)).status_code for _ in range(3)]
    key = str(uuid4())
    refused = await pair.sell(10_000, key=key)
    assert codes == [200, 200, 200]
    assert (refused.status_code, (await refused.get_json())["code"]) == (429, "RATE_LIMITED")
    await trio.sleep(int(refused.headers["Retry-After"]))
    assert (await pair.sell(10_000, key=key)).status_code == 200
    nursery.cancel_scope.cancel()


async def test_once_the_gateway_stops_new_work_is_put_off(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    pair.stopping.set()
    answer = await pair.sell(10_000)
    assert (answer.status_code, (await answer.get_json())["code"]) == (503, "STOPPING")
    assert answer.headers["Retry-After"] == "5"
    nursery.cancel_scope.cancel()


async def test_where_many_receipts_wait_lists_give_way_to_them_and_health_and_sales_do_not(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    room = pair.wiring.room
    sold: list[int] = []
    keys = [str(uuid4()) for _ in range(CROWDED + 1)]

    async def sell(key: str) -> None:
        sold.append((await pair.client.post("/v1/kkt/receipt", json=_body(), headers=_head(key))).status_code)

    async with trio.open_nursery() as tills:
        for key in keys:
            tills.start_soon(sell, key)
        await trio.sleep(0.2)
        assert room.figures()["waiting"] == CROWDED + 1
        listed = await pair.client.get("/v1/kkt/devices", headers=HERE)
        assert (listed.status_code, (await listed.get_json())["code"]) == (429, "TOO_BUSY")
        assert listed.headers["Retry-After"] == "2"
        assert (await pair.client.get("/v1/health", headers=HERE)).status_code == 200
        assert (await pair.client.get("/v1/kkt/ready?pos_id=POS-001", headers=HERE)).status_code == 200
    assert sold == [200] * len(keys)
    assert (await pair.client.get("/v1/kkt/devices", headers=HERE)).status_code == 200
    assert room.figures() == {
        "waiting": 0,
        "oldest_s": 0.0,
        "viewers": 0,
        "crowded": False,
        "refused": {**dict.fromkeys(AT_ONCE, 0), Rank.PLAIN: 1},
    }
    nursery.cancel_scope.cancel()


def _body() -> object:
    return sale_body(10_000, "POS-001")


def _head(key: str) -> dict[str, str]:
    return {**HERE, "Idempotency-Key": key}


def _routes(app: QuartTrio) -> set[tuple[str, str]]:
    found = set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD"}:
            found.add((STREAM if rule.websocket else method, rule.rule))
    return found


async def test_receipts_whose_bodies_never_come_put_nothing_off(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    async with trio.open_nursery() as tills:
        for _ in range(CROWDED + 1):
            tills.start_soon(_promise_a_body, pair)
        await trio.sleep(5)
        assert pair.wiring.room.figures()["waiting"] == 0
        assert (await pair.client.get("/v1/kkt/devices", headers=HERE)).status_code == 200
    nursery.cancel_scope.cancel()


async def _promise_a_body(pair: Pair) -> None:
    headers = {**_head(str(uuid4())), "Content-Type": "application/json", "Content-Length": "100"}
    async with pair.client.request("/v1/kkt/receipt", method="POST", headers=headers) as connection:
        await connection.send(b"{")
        await connection.as_response()  # 408, once nobody waits for the rest any more
