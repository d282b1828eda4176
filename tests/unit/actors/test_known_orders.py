"""A key keeps its answer, whatever has become of the rules since."""

from pathlib import Path
from uuid import uuid4

import pytest
import trio
from trio.testing import MockClock

from protocols import api
from tests.fakes.pair import ONE, Pair, sale_body

WITH_TAB = {**sale_body(100, ONE), "note": "a\ttab"}  # no format allows it (rule V13)


async def test_a_receipt_that_an_older_version_printed_is_answered_as_then_and_a_new_one_like_it_is_refused(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, key = Pair(tmp_path), str(uuid4())
    await pair.open(nursery)
    await trio.sleep(1)
    with monkeypatch.context() as older:
        older.setattr(api, "check", lambda *_: [])
        first = await (await pair.post("/receipt", WITH_TAB, key)).get_data()

    again, new = await pair.post("/receipt", WITH_TAB, key), await pair.post("/receipt", WITH_TAB)

    assert (again.status_code, await again.get_data()) == (200, first)
    assert (new.status_code, (await new.get_json())["code"]) == (422, "FFD_RULE")
    assert pair.registers[ONE].sold == [100]
    nursery.cancel_scope.cancel()
