"""Who may make which call. The table is written out here once more: who changes one of the two means the other."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trio
from quart.testing.connections import WebsocketResponseError
from trio.testing import MockClock

from protocols.calls import CALLS, RPC, STREAM, Role
from protocols.grpc.statuses import Code
from tests.callers import AUTH, bearer, token
from tests.fakes.grpc_till import Told, call
from tests.fakes.pair import Pair
from tests.fakes.shop import virtual_now

HERE = {"Host": "localhost"}
ALL = "pos cashier manager admin monitor"
MAY: Mapping[tuple[str, str], str] = {
    ("POST", "/v1/kkt/receipt"): "pos cashier manager admin",
    ("GET", "/v1/kkt/receipt/<receipt_id>"): "pos cashier manager admin",
    ("POST", "/v1/kkt/receipt/<receipt_id>/resolve"): "admin",
    ("POST", "/v1/kkt/receipt/<receipt_id>/copy"): "pos cashier manager admin",
    ("POST", "/v1/kkt/shift/open"): "pos cashier manager admin",
    ("POST", "/v1/kkt/shift/close"): "pos cashier manager admin",
    ("POST", "/v1/kkt/report/z"): "pos cashier manager admin",
    ("POST", "/v1/kkt/cash/in"): "pos cashier manager admin",
    ("POST", "/v1/kkt/cash/out"): "pos cashier manager admin",
    ("POST", "/v1/kkt/report/x"): "pos cashier manager admin",
    ("POST", "/v1/kkt/print"): "pos cashier manager admin",
    ("POST", "/v1/kkt/continue-print"): "pos cashier manager admin",
    ("GET", "/v1/kkt/shift"): "pos cashier manager admin",
    ("GET", "/v1/kkt/ready"): "pos cashier manager admin",
    ("GET", "/v1/kkt/devices"): "cashier manager admin monitor",
    ("POST", "/v1/kkt/devices/discover"): "admin",
    ("GET", "/v1/kkt/handover"): "cashier manager admin",
    ("POST", "/v1/kkt/handover"): "manager admin",
    ("DELETE", "/v1/kkt/handover/<pos_id>"): "manager admin",
    ("POST", "/v1/kkt/handover/<pos_id>/end"): "manager admin",
    ("GET", "/v1/kkt/buffer/status"): "pos cashier manager admin monitor",
    ("GET", "/v1/kkt/buffer/logs"): "cashier manager admin",
    ("POST", "/v1/kkt/buffer/sync"): "admin",
    ("GET", "/v1/kkt/buffer/sync/<job_id>"): "cashier manager admin",
    ("GET", "/v1/kkt/worker/status"): "cashier manager admin monitor",
    ("GET", "/v1/links"): "cashier manager admin monitor",
    ("GET", "/v1/links/<name>"): "cashier manager admin monitor",
    ("POST", "/v1/links/<name>/breaker"): "admin",
    (STREAM, "/v1/status/stream"): "pos cashier manager admin monitor",
    ("GET", "/metrics"): "cashier manager admin monitor",
    ("GET", "/v1/kkt/receipt/<receipt_id>/timeline"): "cashier manager admin",
    ("GET", "/v1/kkt/receipt/<receipt_id>/slip"): "cashier manager admin",
    ("GET", "/v1/kkt/receipts"): "cashier manager admin",
    ("GET", "/v1/kkt/dlq"): "manager admin",
    ("POST", "/v1/kkt/dlq/<receipt_id>/retry"): "admin",
    ("POST", "/v1/kkt/dlq/retry"): "admin",
    ("GET", "/v1/kkt/cache/products"): "pos cashier manager admin",
    ("POST", "/v1/kkt/cache/refresh"): "manager admin",
    ("GET", "/v1/status/history"): "cashier manager admin monitor",
    (RPC, "/kassir.v1.FiscalGateway/CreateReceipt"): "pos cashier manager admin",
    (RPC, "/kassir.v1.FiscalGateway/GetReceipt"): "pos cashier manager admin",
    (RPC, "/kassir.v1.FiscalGateway/BufferStatus"): "pos cashier manager admin monitor",
    (RPC, "/kassir.v1.FiscalGateway/WatchStatus"): "pos cashier manager admin monitor",
}
WHOEVER = {  # also who does not say who he is
    ("GET", "/v1/health"),
    (RPC, "/kassir.v1.FiscalGateway/Health"),
    ("GET", "/openapi.json"),
}
PAGES = re.compile(r"/|/docs|/(docs|assets/dashboard)/[a-z_]+\.(js|css|svg|json)")  # files, the same for everybody


def test_every_call_is_in_the_table_of_this_test_too() -> None:
    calls = {(call.method, call.path) for call in CALLS if not PAGES.fullmatch(call.path)}
    assert calls == {*MAY, *WHOEVER}


async def test_files_of_pages_are_there_for_whoever_and_no_more_than_read(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, auth=AUTH)
    await pair.open(nursery)
    pages = [call for call in CALLS if PAGES.fullmatch(call.path)]
    assert {call.method for call in pages} == {"GET"}
    assert {await _status(pair, "GET", call.path, {}) for call in pages} == {200}
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("method", "path"), [*MAY, *sorted(WHOEVER)])
async def test_each_role_may_do_what_its_row_says_and_nobody_may_without_a_role(
    method: str, path: str, tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, auth=AUTH)
    await pair.open(nursery)
    answers = {role: await _status(pair, method, path, _token(role)) for role in ("", "stranger", *ALL.split())}
    if (method, path) in WHOEVER:
        assert not {401, 403} & {*answers.values()}
    else:
        may = MAY[method, path].split()
        assert answers.pop("") == 401
        assert {role for role, status in answers.items() if status not in (401, 403)} == {*may}
        assert {status for role, status in answers.items() if role not in may} == {403}
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("method", "path"), [*MAY])
async def test_nobody_gets_past_the_gate_with_a_bad_token(
    method: str, path: str, tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, auth=AUTH)
    await pair.open(nursery)
    old = bearer(token("admin", at=virtual_now(), minutes=-1))
    for headers in (old, bearer("nonsense"), bearer("kassir_nonsense"), {"Authorization": "Basic YWRtaW46YWRtaW4="}):
        assert await _status(pair, method, path, headers) == 401
    nursery.cancel_scope.cancel()


def test_the_roles_are_these() -> None:
    assert {*ALL.split()} == {*Role}


def _token(role: str) -> dict[str, str]:
    return bearer(token(role, at=virtual_now())) if role else {}


async def _status(pair: Pair, method: str, path: str, headers: dict[str, str]) -> int:
    path = path.replace("<", "").replace(">", "")
    if method == STREAM:
        return await _stream(pair, path, headers)
    if method == RPC:
        return await _rpc(pair, path, headers)
    body: Any = {} if method in ("POST", "DELETE") else None
    answer = await pair.client.open(path, method=method, json=body, headers={**HERE, **headers})
    return int(answer.status_code)


async def _stream(pair: Pair, path: str, headers: dict[str, str]) -> int:
    """101 if it was taken."""
    async with pair.client.websocket(path, headers={**HERE, **headers}) as stream:
        try:
            await stream.receive()
        except WebsocketResponseError as refused:
            return int(refused.response.status_code)
    return 101


async def _rpc(pair: Pair, path: str, headers: dict[str, str]) -> int:
    """200 also if it was taken and went wrong."""
    told = Told()
    with trio.move_on_after(1):
        await call(pair, path.rpartition("/")[2], b"", told, authorization=headers.get("Authorization", ""))
    if told.ending is None:
        return 200
    return {Code.UNAUTHENTICATED: 401, Code.PERMISSION_DENIED: 403}.get(told.ending.code, 200)
