"""The pulse to Odoo."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import pytest
import structlog
import trio
from trio.testing import MockClock

from actors import status
from actors.heartbeat import PATIENCE, HeartbeatActor, Policy
from actors.mailbox import Mailbox
from actors.status import StatusActor, announce
from drivers.links import Gate, Link
from protocols.link_policy import Policy as LinkPolicy
from tests.fakes import FakeOdoo
from tests.fakes.shop import virtual_now
from tests.samples import NOON

NO_GATE = cast(Gate, None)  # the policy has no breaker


@dataclass
class Office:
    """A heartbeat, the status and Odoo."""

    odoo: FakeOdoo = field(default_factory=lambda: FakeOdoo(virtual_now))
    inbox: Mailbox[object] = field(default_factory=lambda: Mailbox("heartbeat", 1))
    status_box: Mailbox[status.Message] = field(default_factory=lambda: Mailbox("status"))

    async def open(self, nursery: trio.Nursery) -> None:
        await nursery.start(StatusActor(self.status_box.inbox).run)
        await self.beat(nursery)

    async def beat(self, nursery: trio.Nursery) -> None:
        policy = Policy(interval=30.0, max_failures=3)
        link = Link("odoo", LinkPolicy(breaker=None), NO_GATE, Random(1))
        actor = HeartbeatActor(self.inbox.inbox, self.odoo, link, self.status_box.address, policy, virtual_now)
        await nursery.start(actor.run)

    async def state(self) -> Any:
        return (await self.status_box.address.ask(status.Look(), within=1))["odoo"]


@pytest.fixture
def office() -> Office:
    return Office()


async def test_it_beats_at_once_and_then_at_its_interval(
    office: Office, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await office.open(nursery)

    await trio.sleep(100)

    assert [at for _, at in office.odoo.heard] == [0, 30, 60, 90]
    nursery.cancel_scope.cancel()


async def test_a_beat_carries_the_state_of_every_component(
    office: Office, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await office.open(nursery)
    announce(office.status_box.address, "buffer", {"current_queued": 7})

    await trio.sleep(31)

    state, _ = office.odoo.heard[-1]
    assert state["components"] == {
        "odoo": await office.state() | {"last_heartbeat": NOON},
        "buffer": {"current_queued": 7},
    }
    nursery.cancel_scope.cancel()


async def test_three_missed_beats_in_a_row_mean_lost_and_one_heard_means_online(
    office: Office, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await office.open(nursery)
    await trio.sleep(1)
    office.odoo.down = True
    seen = []
    for _ in range(4):
        seen.append(((await office.state())["status"], (await office.state())["missed_in_a_row"]))
        await trio.sleep(30)
    office.odoo.down = False
    await trio.sleep(30)

    assert seen == [("online", 0), ("online", 1), ("online", 2), ("lost", 3)]
    assert (await office.state())["status"] == "online"
    nursery.cancel_scope.cancel()


async def test_a_loss_is_logged_once_each_way(office: Office, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    with structlog.testing.capture_logs() as logs:
        await office.open(nursery)
        office.odoo.down = True
        await trio.sleep(600)
        office.odoo.down = False
        await trio.sleep(60)

    assert [entry["event"] for entry in logs if entry["event"].startswith("odoo")] == ["odoo_lost", "odoo_regained"]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("ahead", [0.0, 12.5, -3600.0])
async def test_the_drift_of_the_clocks_is_told(
    office: Office, autojump_clock: MockClock, nursery: trio.Nursery, ahead: float
) -> None:
    office.odoo.ahead = ahead
    await office.open(nursery)

    await trio.sleep(1)

    assert (await office.state())["clock_drift_seconds"] == ahead
    nursery.cancel_scope.cancel()


async def test_a_status_that_does_not_answer_costs_no_beat(
    office: Office, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await office.beat(nursery)

    await trio.sleep(PATIENCE + 1)

    assert [(state["components"], at) for state, at in office.odoo.heard] == [({}, PATIENCE)]
    nursery.cancel_scope.cancel()


async def test_its_state_is_told_between_two_beats_too(
    office: Office, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await office.open(nursery)
    await trio.sleep(1)
    announce(office.status_box.address, "odoo", {})

    await trio.sleep(status.PULSE)

    assert (await office.state())["last_heartbeat"] == NOON
    nursery.cancel_scope.cancel()


async def test_a_closed_mailbox_ends_it(office: Office, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        await office.beat(nursery)
        office.inbox.close()

    assert len(office.odoo.heard) <= 1


async def test_what_is_told_to_it_is_a_crash(office: Office, autojump_clock: MockClock) -> None:
    office.inbox.address.tell("hello")

    with pytest.RaisesGroup(TypeError):
        async with trio.open_nursery() as nursery:
            await office.beat(nursery)
