"""How the gate tells callers apart, at the real facade over two registers, in virtual time."""

from pathlib import Path
from typing import Any

import pytest
import structlog
import trio
from quart.testing.connections import WebsocketDisconnectError, WebsocketResponseError
from trio.testing import MockClock

from actors.facade.admission import FILES
from actors.facade.audit import AN_HOUR
from actors.facade.problems import PAUSE
from drivers.auth.keys import digest, new_api_key
from protocols.auth_settings import ApiKey, Auth
from protocols.calls import Role
from tests.callers import AUTH, KEYS, bearer, token
from tests.fakes.pair import ONE, Pair, sale_body
from tests.fakes.shop import virtual_now
from tests.samples import NOON

HERE = {"Host": "localhost"}
KEY = new_api_key()
WITH_KEY = Auth(
    signing_keys=KEYS, api_keys=[ApiKey(name="monitor-1", sha256=digest(KEY), roles=frozenset({Role.MONITOR}))]
)
READY = f"/v1/kkt/ready?pos_id={ONE}"
HANDOVER = {"pos_id": ONE, "who": "Иванова", "reason": "не печатает"}


async def opened(folder: Path, nursery: trio.Nursery, auth: Auth = AUTH, rate: int | None = None) -> Pair:
    pair = Pair(folder, auth=auth, requests_per_second=rate)
    await pair.open(nursery)
    nursery.start_soon(pair.wiring.audit.run)
    return pair


def who(role: str, name: str = "till-1", minutes: float = 15) -> dict[str, str]:
    return {**HERE, **bearer(token(role, name, at=virtual_now(), minutes=minutes))}


async def get(pair: Pair, path: str, headers: dict[str, str], at: str = "10.0.0.5") -> Any:
    return await pair.client.get(path, headers=headers, scope_base={"client": (at, 50_000)})


async def audited(pair: Pair, code: str) -> list[str]:
    """What the log of events says of it, oldest first, without the ids of requests."""
    await trio.testing.wait_all_tasks_blocked()
    page = await (await get(pair, "/v1/kkt/buffer/logs?limit=500", who("admin"))).get_json()
    found = [event["message"] for event in page["items"] if event["code"] == code]
    return found[::-1]


async def test_who_is_not_known_is_told_why_and_how_to_say_it(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    old = await get(pair, "/v1/kkt/devices", who("cashier", minutes=-1))
    nameless = await get(pair, "/v1/kkt/devices", HERE)
    no_such_call = await get(pair, "/v1/kkt/nothing", HERE)

    for answer, code in (
        (old, "TOKEN_EXPIRED"),
        (nameless, "CREDENTIALS_MISSING"),
        (no_such_call, "CREDENTIALS_MISSING"),
    ):
        assert (answer.status_code, (await answer.get_json())["code"]) == (401, code)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    nursery.cancel_scope.cancel()


async def test_who_may_not_is_told_who_may(tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    pair = await opened(tmp_path, nursery)
    answer = await get(pair, "/v1/kkt/devices", who("pos"))
    said = await answer.get_json()
    assert (answer.status_code, said["code"]) == (403, "FORBIDDEN")
    assert said["details"] == {"needs": ["admin", "cashier", "manager", "monitor"]}
    assert "WWW-Authenticate" not in answer.headers
    nursery.cancel_scope.cancel()


async def test_a_till_sells_by_its_token(tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    pair = await opened(tmp_path, nursery)
    headers = {**who("pos"), "Idempotency-Key": "3f8b2c0e-5a51-4a1d-9d0c-1d2c3b4a5f60"}
    answer = await pair.client.post("/v1/kkt/receipt", json=sale_body(10_000, ONE), headers=headers)
    assert answer.status_code == 200
    nursery.cancel_scope.cancel()


async def test_health_says_no_more_than_how_we_are_to_those_who_do_not_say_who_they_are(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    for headers in (HERE, {**HERE, **bearer("nonsense")}):
        answer = await get(pair, "/v1/health", headers)
        assert (answer.status_code, list(await answer.get_json())) == (200, ["status"])
    assert "components" in await (await get(pair, "/v1/health", who("pos"))).get_json()
    nursery.cancel_scope.cancel()


async def test_each_caller_has_a_rate_of_its_own_wherever_it_calls_from(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery, rate=3)
    codes = [(await get(pair, READY, who("pos", "till-1"), f"10.0.0.{host}")).status_code for host in range(4)]
    other = await get(pair, READY, who("pos", "till-2"), "10.0.0.0")
    assert codes == [200, 200, 200, 429]
    assert other.status_code == 200
    await trio.sleep(2)
    (event,) = await audited(pair, "CALL_REFUSED")
    assert "429 RATE_LIMITED to till-1 at 10.0.0.3" in event
    nursery.cancel_scope.cancel()


async def test_who_does_not_say_who_he_is_is_known_by_his_address_and_bad_tokens_count(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery, rate=3)
    bad = {**HERE, **bearer("nonsense")}
    codes = [(await get(pair, path, bad)).status_code for path in ("/v1/kkt/devices", "/v1/health") * 2]
    elsewhere = await get(pair, "/v1/kkt/devices", bad, "10.0.0.6")
    known = await get(pair, READY, who("pos"))
    assert codes == [401, 200, 401, 429]
    assert (elsewhere.status_code, known.status_code) == (401, 200)
    nursery.cancel_scope.cancel()


async def test_a_stream_takes_its_token_as_a_subprotocol_and_ends_with_it(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    offers = {"subprotocols": ["kassir.v1", f"bearer.{token('pos', at=virtual_now(), minutes=5)}"]}
    async with pair.client.websocket("/v1/status/stream", headers=HERE, scope_base=offers) as stream:
        with pytest.raises(WebsocketDisconnectError) as ended:
            await _look_on(stream)
    assert ended.value.args == (4401,)
    assert (virtual_now() - NOON).total_seconds() == pytest.approx(310, abs=1)
    nursery.cancel_scope.cancel()


async def _look_on(stream: Any) -> None:
    while True:
        await stream.receive()


async def test_a_key_opens_what_its_roles_may(tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    pair = await opened(tmp_path, nursery, WITH_KEY)
    headers = {**HERE, **bearer(KEY)}
    codes = [(await get(pair, path, headers)).status_code for path in ("/metrics", "/v1/kkt/ready")]
    assert codes == [200, 403]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": "evil.example"}, "FOREIGN_HOST"),
        ({"Host": "evil.example@localhost"}, "FOREIGN_HOST"),
        ({"Host": "localhost@evil.example"}, "FOREIGN_HOST"),
        ({"Host": "localhost/evil.example"}, "FOREIGN_HOST"),
        ({"Host": "localhost:evil"}, "FOREIGN_HOST"),
        ({"Host": "local\thost"}, "FOREIGN_HOST"),
        ({"Host": "localhost."}, "FOREIGN_HOST"),
        ({"Host": "localhost", "Origin": "https://evil.example"}, "FOREIGN_ORIGIN"),
        ({"Host": "localhost", "Origin": "http://evil.example@localhost"}, "FOREIGN_ORIGIN"),
        ({"Host": "localhost", "Origin": "localhost"}, "FOREIGN_ORIGIN"),
        ({"Host": "localhost", "Origin": "null"}, "FOREIGN_ORIGIN"),
        ({"Host": "localhost", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, "FOREIGN_ORIGIN"),
    ],
)
async def test_a_good_token_helps_no_page_of_another_site(
    headers: dict[str, str], code: str, tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    answer = await get(pair, "/v1/kkt/devices", {**who("admin"), **headers})
    assert (answer.status_code, (await answer.get_json())["code"]) == (403, code)
    assert len(await audited(pair, "CALL_REFUSED")) == 1
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]", "[::1]:8000"])
async def test_by_each_of_its_own_names_it_answers(
    host: str, tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    for origin in (f"http://{host}", "http://localhost:3000", "https://[::1]:3000"):
        assert (await get(pair, "/v1/health", {"Host": host, "Origin": origin})).status_code == 200
    nursery.cancel_scope.cancel()


PICTURE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FRAME = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("part", [PICTURE, FRAME, {**HERE, "Origin": "https://evil.example"}])
async def test_a_page_of_another_site_in_the_browser_of_the_till_takes_nothing_of_the_rate_of_the_till(
    part: dict[str, str], tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    """Of pictures and frames no browser says the origin; where nobody says who he is, both call from one address."""
    pair = await opened(tmp_path, nursery, Auth(), rate=3)
    codes = [(await get(pair, "/v1/health", {**HERE, **part}, "127.0.0.1")).status_code for _ in range(5)]
    till = await get(pair, READY, HERE, "127.0.0.1")
    assert (codes, till.status_code) == ([403] * 5, 200)
    nursery.cancel_scope.cancel()


async def test_a_link_on_another_site_leads_to_the_dashboard(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    assert (await get(pair, "/", {**HERE, **LINK})).status_code == 200
    nursery.cancel_scope.cancel()


async def test_a_refusal_is_an_event_that_says_who_what_and_from_where(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    await get(pair, f"/v1/kkt/receipt/{'x' * 300}", {**HERE, "X-Request-Id": "r-1", **bearer("s3cr3t")})
    await get(pair, "/v1/kkt/devices", {**who("pos"), "X-Request-Id": "r-2"})
    assert await audited(pair, "CALL_REFUSED") == [
        "GET /v1/kkt/receipt/<receipt_id> was refused with 401 TOKEN_INVALID to nobody at 10.0.0.5, request r-1.",
        "GET /v1/kkt/devices was refused with 403 FORBIDDEN to till-1 at 10.0.0.5, request r-2.",
    ]
    nursery.cancel_scope.cancel()


async def test_refusals_of_a_kind_are_told_once_a_minute_and_counted(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    for _ in range(50):
        await get(pair, "/v1/kkt/devices", HERE)
        await trio.sleep(1)
    assert len(await audited(pair, "CALL_REFUSED")) == 1
    await trio.sleep(60)
    first, rest = await audited(pair, "CALL_REFUSED")
    assert "more like it" not in first
    assert rest.endswith("There were 48 more like it.")
    await trio.sleep(600)
    assert len(await audited(pair, "CALL_REFUSED")) == 2
    nursery.cancel_scope.cancel()


async def test_what_a_stolen_key_is_refused_is_told_also_in_a_flood_of_strangers(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    for host in range(300):
        await get(pair, "/v1/kkt/devices", HERE, f"10.0.1.{host}")
    await get(pair, "/metrics", who("pos"))
    assert [event for event in await audited(pair, "CALL_REFUSED") if "till-1" in event]
    assert len(await audited(pair, "CALL_REFUSED")) == AN_HOUR + 1
    nursery.cancel_scope.cancel()


async def test_refusals_that_nothing_bounds_are_no_lines_of_the_log_and_no_path_fills_it(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery, rate=1)
    with structlog.testing.capture_logs() as lines:
        for headers in (HERE, HERE, {"Host": "evil.example"}):
            await get(pair, f"/{'x' * 9000}", headers)
    told = [line for line in lines if line["event"] == "request_refused"]
    assert [(line["code"], line["log_level"]) for line in told] == [
        ("CREDENTIALS_MISSING", "info"),
        ("RATE_LIMITED", "debug"),
        ("FOREIGN_HOST", "debug"),
    ]
    assert {len(line["path"]) for line in told} == {200}
    nursery.cancel_scope.cancel()


async def test_a_flood_beyond_its_rate_has_its_connections_and_no_more_of_us(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    """A refusal costs as much as an answer: thirty connections that asked without a pause held up a sale for 0.8 s."""
    pair = await opened(tmp_path, nursery, rate=3)
    for path, headers, at_once in (
        ("/v1/health", HERE, 3),
        ("/docs", HERE, FILES),
        ("/v1/health", {"Host": "evil.example"}, 0),
    ):
        begun = trio.current_time()
        for _ in range(at_once):
            assert (await get(pair, path, headers)).status_code == 200
        assert trio.current_time() == begun
        assert (await get(pair, path, headers)).status_code in (403, 429)
        assert trio.current_time() - begun >= PAUSE
    nursery.cancel_scope.cancel()


async def test_a_websocket_to_nowhere_is_not_taken(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    offers = {"subprotocols": ["kassir.v1"]}
    async with pair.client.websocket("/v1/nothing", headers=who("pos"), scope_base=offers) as stream:
        with pytest.raises(WebsocketResponseError) as refused:
            await stream.receive()
    assert refused.value.response.status_code == 404
    nursery.cancel_scope.cancel()


async def test_what_chiefs_change_is_an_event_with_its_outcome(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    manager = {**who("manager", "Иванова"), "X-Request-Id": "r-1"}
    key = {"Idempotency-Key": "3f8b2c0e-5a51-4a1d-9d0c-1d2c3b4a5f60"}
    await pair.client.post("/v1/kkt/handover", json={}, headers=manager)
    answer = await pair.client.post("/v1/kkt/handover", json=HANDOVER, headers={**manager, **key})
    assert answer.status_code == 200
    assert await audited(pair, "ADMIN_CALL") == [
        "POST /v1/kkt/handover by Иванова at this computer, request r-1: the answer was 400.",
        "POST /v1/kkt/handover by Иванова at this computer, request r-1: the answer was 200.",
    ]
    nursery.cancel_scope.cancel()


async def test_a_chief_who_leaves_before_the_answer_is_told_all_the_same(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    headers = {**who("manager"), "Idempotency-Key": "3f8b2c0e-5a51-4a1d-9d0c-1d2c3b4a5f60"}
    pair.killed.cancel()
    with trio.move_on_after(1):
        await pair.client.post("/v1/kkt/handover", json=HANDOVER, headers=headers)
    pair.killed = trio.CancelScope()
    await nursery.start(pair._live)
    (event,) = await audited(pair, "ADMIN_CALL")
    assert event.endswith("it was not there for the answer.")
    nursery.cancel_scope.cancel()


async def test_nothing_waits_for_the_audit_and_nothing_fails_without_it(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery)
    pair.killed.cancel()
    pair.wiring.mailboxes.buffer.abandon()
    answer = await get(pair, "/v1/kkt/devices", who("pos"))
    assert answer.status_code == 403
    assert trio.current_time() == 0
    nursery.cancel_scope.cancel()


async def test_where_nothing_is_set_up_everybody_on_this_computer_may_everything(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = await opened(tmp_path, nursery, Auth())
    assert (await get(pair, "/v1/kkt/buffer/logs", HERE)).status_code == 200
    assert "components" in await (await get(pair, "/v1/health", HERE)).get_json()
    nursery.cancel_scope.cancel()
