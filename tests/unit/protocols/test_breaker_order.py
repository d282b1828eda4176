"""What a person says to a breaker."""

from math import inf
from typing import Any

import pytest

from protocols.api import BadRequest
from protocols.breaker import State
from protocols.breaker_order import BreakerOrder, parse_order

SAID = {"who": "Иванов", "reason": "работы у оператора"}


def test_an_order_that_lasts_names_its_end() -> None:
    said = parse_order({**SAID, "command": "force_open", "expires_in": 600})

    assert said == BreakerOrder("force_open", State.FORCED_OPEN, "Иванов", "работы у оператора", 600.0)


@pytest.mark.parametrize(("command", "state"), [("close", State.CLOSED), ("probe", State.HALF_OPEN)])
def test_an_order_for_now_names_none(command: str, state: State) -> None:
    said = parse_order({**SAID, "command": command})

    assert (said.state, said.lasts) == (state, inf)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**SAID, "command": "disable"}, "expires_in"),
        ({**SAID, "command": "close", "expires_in": 5}, "expires_in"),
        ({**SAID, "command": "force_open", "expires_in": 31 * 86_400}, "expires_in"),
        ({**SAID, "command": "explode"}, "command"),
        ({"command": "close", "who": "x"}, "body"),
        ({**SAID, "command": "close", "reason": " "}, "reason"),
        ([], "body"),
    ],
)
def test_what_is_wrong_is_named(body: Any, field: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_order(body)

    assert refused.value.details[0]["field"] == field  # type: ignore[index]
