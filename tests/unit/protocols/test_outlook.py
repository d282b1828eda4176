"""When what waits will be with the OFD."""

from datetime import timedelta

from protocols.outlook import UNKNOWN, Outlook
from tests.samples import NOON

LATER = NOON + timedelta(minutes=3)


def test_nobody_knows_before_anything_was_measured() -> None:
    assert UNKNOWN.delivered_at(7, NOON) is None
    assert Outlook(back_at=LATER).delivered_at(7, NOON) is None


def test_what_waits_goes_out_at_the_pace_of_late() -> None:
    assert Outlook(seconds_each=0.5).delivered_at(40, NOON) == NOON + timedelta(seconds=20)


def test_a_way_that_is_shut_is_not_tried_before_its_time() -> None:
    assert Outlook(LATER, 0.5).delivered_at(40, NOON) == LATER + timedelta(seconds=20)
    assert Outlook(NOON - timedelta(hours=1), 0.5).delivered_at(40, NOON) == NOON + timedelta(seconds=20)
