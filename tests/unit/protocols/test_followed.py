"""A gateway as its stream tells of it."""

from typing import Any

import pytest

from protocols.followed import Contact, Followed, NotAStream, Trouble, Why

SNAPSHOT = {"type": "snapshot", "epoch": "one", "number": 5, "components": {"a": {"v": 1}}}


def change(number: int, missed: int = 0, component: str = "a", value: int = 2) -> dict[str, Any]:
    return {"type": "change", "number": number, "component": component, "state": {"v": value}, "missed": missed}


def followed(*messages: Any) -> Followed:
    gateway = Followed("shop")
    for message in messages:
        gateway.take(message)
    return gateway


def test_what_is_known_is_the_snapshot_and_what_changed_since() -> None:
    gateway = followed(SNAPSHOT, change(6), {"type": "heartbeat", "number": 6}, change(9, missed=2, component="b"))

    assert gateway.components == {"a": {"v": 2}, "b": {"v": 2}}
    assert (gateway.contact, gateway.missed, gateway.mark) == (Contact.FOLLOWED, 2, "one-9")


def test_a_lost_connection_keeps_what_is_known_and_goes_on_where_it_was() -> None:
    gateway = followed(SNAPSHOT, change(6))
    gateway.lose(Contact.LOST, Trouble(Why.SILENT))
    assert (gateway.mark, gateway.components) == ("one-6", {"a": {"v": 2}})

    gateway.take({"type": "resumed", "epoch": "one", "number": 6})
    gateway.take(change(7, value=3))

    assert (gateway.contact, gateway.trouble, gateway.components) == (Contact.FOLLOWED, None, {"a": {"v": 3}})


def test_another_snapshot_begins_anew() -> None:
    gateway = followed(SNAPSHOT, {"type": "snapshot", "epoch": "two", "number": 1, "components": {}})

    assert (gateway.mark, gateway.components) == ("two-1", {})


@pytest.mark.parametrize(
    "message",
    [
        change(7),
        change(6, missed=1),
        change(5),
        {"type": "heartbeat", "number": 7},
        {"type": "resumed", "epoch": "one", "number": 4},
    ],
)
def test_after_a_gap_nothing_is_trusted_and_a_snapshot_is_asked_for(message: dict[str, Any]) -> None:
    gateway = followed(SNAPSHOT)

    with pytest.raises(NotAStream, match="gap"):
        gateway.take(message)

    assert gateway.mark is None


@pytest.mark.parametrize(
    "message", [[], 5, None, {}, {"type": "news"}, {"type": "change"}, {**SNAPSHOT, "number": "x"}, "text"]
)
def test_what_is_no_message_of_the_stream_is_named(message: Any) -> None:
    with pytest.raises(NotAStream):
        followed(message)
