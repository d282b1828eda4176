"""Pages of other sites that the settings let in, as their browsers see it, at the real facade in virtual time."""

from pathlib import Path

import trio
from trio.testing import MockClock

from tests.callers import AUTH
from tests.fakes.pair import Pair

SHOP, STRANGER = "https://till.shop.example", "https://evil.example"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}


async def test_a_page_that_is_let_in_may_ask_first_without_a_name_and_read_what_it_is_answered(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, auth=AUTH, origins=[SHOP])
    await pair.open(nursery)
    headers = {"Host": "localhost", "Origin": SHOP}
    asked = await pair.client.options("/v1/kkt/receipt", headers={**headers, **ASKS})
    refused = await pair.client.get("/v1/kkt/devices", headers=headers)
    assert asked.status_code == 204
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]
    assert refused.status_code == 401
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in (asked, refused)} == {SHOP}
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
    assert "Origin" in refused.headers["Vary"]
    nursery.cancel_scope.cancel()


async def test_no_other_page_hears_that_it_may(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    pair = Pair(tmp_path, origins=[SHOP])
    await pair.open(nursery)
    for origin in (STRANGER, "null", f"{SHOP}.evil.example"):
        headers = {"Host": "localhost", "Origin": origin, **ASKS}
        answer = await pair.client.options("/v1/kkt/receipt", headers=headers)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    bare = await pair.client.options("/v1/kkt/receipt", headers={"Host": "localhost"})
    assert bare.status_code == 405
    nursery.cancel_scope.cancel()
