"""The buttons on the pages of emulated registers: each orders what its register knows."""

from typing import Any

import msgspec
import pytest

from drivers.emulators.atol.buttons import GROUPS as ATOL
from drivers.emulators.atol.faults import Faults as AtolFaults
from drivers.emulators.panel.buttons import Button, Dial, Groups
from drivers.emulators.shtrih.buttons import GROUPS as SHTRIH
from drivers.emulators.shtrih.faults import Faults as ShtrihFaults

ONCE = {"lose_answer_next", "lose_command_next", "late_command_next", "lose_poll_next", "busy_next", "refuse_next"}
ONCE |= {"power_off_in_receipt", "power_off_after_receipt", "late_ms"}
"""Over by themselves; and a number that does nothing alone."""
MAKES = [pytest.param(SHTRIH, ShtrihFaults, id="shtrih"), pytest.param(ATOL, AtolFaults, id="atol")]


def orders(entry: Button | Dial) -> list[dict[str, Any]]:
    """All that it may send, of numbers the extremes."""
    if isinstance(entry, Button):
        return [entry.order]
    return [{entry.key: number} for number in (entry.least, entry.first, entry.most)]


def holds(taken: Any, order: Any) -> bool:
    """As the page finds out whether a button is pressed."""
    if isinstance(order, dict):
        return all(holds(taken[key], order[key]) for key in order)
    return bool(taken == order)


def sent(groups: Groups) -> list[dict[str, Any]]:
    return [order for group in groups.values() for entry in group for order in orders(entry)]


@pytest.mark.parametrize(("groups", "faults"), MAKES)
def test_every_order_is_taken(groups: Groups, faults: Any) -> None:
    for order in sent(groups):
        taken = msgspec.to_builtins(faults().changed(order))
        assert holds(taken, order)


@pytest.mark.parametrize(("groups", "faults"), MAKES)
def test_every_fault_has_a_button(groups: Groups, faults: Any) -> None:
    assert {key for order in sent(groups) for key in order} == set(faults.__struct_fields__)


@pytest.mark.parametrize(("groups", "faults"), MAKES)
def test_what_stays_until_it_is_ended_has_a_button_that_ends_it(groups: Groups, faults: Any) -> None:
    lasting = set(faults.__struct_fields__) - ONCE
    ended = {key for order in sent(groups) for key in order if order[key] == getattr(faults(), key)}

    assert lasting - ended == set()


@pytest.mark.parametrize(("groups", "faults"), MAKES)
def test_no_two_buttons_are_named_alike(groups: Groups, faults: Any) -> None:
    captions = [entry.caption for group in groups.values() for entry in group]

    assert len(captions) == len(set(captions))
