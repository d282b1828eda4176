"""GET /metrics: the real facade over two registers, read as Prometheus reads it."""

from pathlib import Path

import pytest
import trio
from prometheus_client.parser import text_string_to_metric_families
from trio.testing import MockClock

from protocols.fiscal import Condition
from tests.fakes.pair import DRIVES, ONE, THREE, TWO, Pair


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


async def scraped(pair: Pair) -> dict[tuple[str, ...], float]:
    """By name and the values of labels, in the order of their names."""
    answer = await pair.client.get("/metrics", headers={"Host": "localhost"})
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(str(await answer.get_data(as_text=True)))
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


async def test_a_register_is_told_by_its_figures_and_alarms_and_what_it_does_not_report_is_absent(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair.registers[ONE].condition = Condition(DRIVES[ONE], documents_left=50, supply_volts=24.0)
    pair.registers[TWO].away = True
    await pair.open(nursery)
    await trio.sleep(1)

    found = await scraped(pair)

    assert found["kassir_drive_documents_left", ONE] == 50
    assert found["kassir_register_supply_volts", ONE] == 24
    assert found["kassir_register_alarm", "DRIVE_NEARLY_FULL", "P1", ONE] == 1
    assert found["kassir_register_trouble", "KKT_UNAVAILABLE", TWO] == 1
    assert [found["kassir_register_link_up", pos_id] for pos_id in (ONE, TWO, THREE)] == [1, 0, 1]
    assert not [key for key in found if key[0] == "kassir_register_temperature_celsius"]
    assert not [key for key in found if key[0].startswith("kassir_drive") and key[1] == TWO]
    nursery.cancel_scope.cancel()


async def test_what_waits_in_the_buffer_is_counted(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    for _ in range(3):
        await pair.sell(100)
    await trio.sleep(1)

    found = await scraped(pair)

    assert found["kassir_buffer_receipts", "pending"] == 3
    assert found[("kassir_buffer_queued_receipts",)] == 3
    assert found["kassir_register_shift", ONE, "open"] == 1
    nursery.cancel_scope.cancel()


async def test_an_alarm_that_has_ended_is_gone_from_the_numbers(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair.registers[ONE].condition = Condition(DRIVES[ONE], cover_open=True)
    await pair.open(nursery)
    await trio.sleep(1)
    before = await scraped(pair)
    pair.registers[ONE].condition = Condition(DRIVES[ONE], cover_open=False)
    await trio.sleep(30)

    after = await scraped(pair)

    assert (before["kassir_register_cover_open", ONE], after["kassir_register_cover_open", ONE]) == (1, 0)
    assert ("kassir_register_alarm", "COVER_OPEN", "P3", ONE) in before
    assert ("kassir_register_alarm", "COVER_OPEN", "P3", ONE) not in after
    nursery.cancel_scope.cancel()


async def test_a_page_of_another_site_may_not_read_them(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await pair.open(nursery)

    answer = await pair.client.get("/metrics", headers={"Host": "shop.example"})

    assert answer.status_code == 403
    nursery.cancel_scope.cancel()
