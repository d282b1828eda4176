"""GET /v1/kkt/receipt/{id}/timeline at the real facade, in virtual time."""

from pathlib import Path

import trio
from trio.testing import MockClock

from actors import deliveries
from tests.fakes.pair import Pair


async def test_the_life_of_a_sale_is_told_in_order(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    receipt_id = (await (await pair.sell(100)).get_json())["receipt_id"]
    buffer = pair.wiring.mailboxes.buffer.address
    await buffer.ask(deliveries.Take(), within=1)
    await buffer.ask(deliveries.Refused(receipt_id, "answer 400", dead=True), within=1)
    await pair.post(f"/dlq/{receipt_id}/retry", {"who": "Иванова"})

    told = await pair.get(f"/receipt/{receipt_id.upper()}/timeline")

    assert set(told) == {"id", "steps"}
    assert told["id"] == receipt_id
    assert [set(step) for step in told["steps"]] == [{"at", "state", "message", "message_ru"}] * 4
    assert [step["state"] for step in told["steps"]] == ["accepted", "pending", "dead", "pending"]
    assert told["steps"][-1]["message_ru"] == "Снова поставлено в очередь на отправку в ОФД. Решение: Иванова."
    assert told["steps"][0]["at"] == "2026-03-01T12:00:01Z"
    nursery.cancel_scope.cancel()


async def test_of_an_unknown_one_there_is_nothing_to_tell(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)

    answer = await pair.client.get("/v1/kkt/receipt/nobody/timeline", headers={"Host": "localhost"})

    assert (answer.status_code, (await answer.get_json())["code"]) == (404, "RECEIPT_NOT_FOUND")
    nursery.cancel_scope.cancel()
