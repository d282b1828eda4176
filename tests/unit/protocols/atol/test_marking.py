"""What the check of a marking code asks, and when its answer forbids the sale."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from protocols.atol.marking import BegunCheck, CheckResult, check_task, objection
from protocols.item import Item, Line, Marking, Measure, Vat
from protocols.jsontext import dumps, loads

RIGHT = {"offlineValidation": {"fmCheck": True, "fmCheckResult": True}}
WRONG = {"offlineValidation": {"fmCheck": True, "fmCheckResult": False}}
NO_KEYS = {"offlineValidation": {"fmCheck": False, "fmCheckResult": False, "fmCheckErrorReason": "noKeys"}}
AWAY = {"ready": True, "driverError": {"code": 402, "description": "no connection"}}


def online(*, right: bool = True, asked: bool = True, allowed: bool = True) -> dict[str, Any]:
    bits = {
        "imcCheckFlag": True,
        "imcCheckResult": right,
        "imcStatusInfo": asked,
        "imcEstimatedStatusCorrect": allowed,
        "ecrStandAloneFlag": False,
    }
    return {"ready": True, "onlineValidation": {"itemInfoCheckResult": bits}}


def asked(item: Item) -> Any:
    assert item.marking is not None
    line = Line(item, item.quantity, item.price_kopecks, item.total_kopecks)
    return loads(dumps(check_task(line, item.marking, sign=1)))


def test_piece_is_checked_by_its_code_alone() -> None:
    assert asked(Item("Духи", Decimal(1), 100, Vat.V22, marking=Marking("0104\x1d91EE06"))) == {
        "type": "beginMarkingCodeValidation",
        "params": {
            "imcType": "auto",
            "imc": "MDEwNB05MUVFMDY=",
            "itemEstimatedStatus": "itemPieceSold",
            "imcModeProcessing": 0,
        },
    }


def test_measured_goods_are_checked_with_their_quantity() -> None:
    item = Item("Парфюм", Decimal("0.50"), 100, Vat.V22, measure=Measure.LITER, marking=Marking("c"))

    params = asked(item)["params"]

    assert (params["itemQuantity"], params["itemUnits"]) == (Decimal("0.5"), "liter")


@pytest.mark.parametrize(
    ("begun", "checked"),
    [
        (RIGHT, online()),
        (NO_KEYS, online()),
        (RIGHT, AWAY),
        (NO_KEYS, AWAY),
        (RIGHT, online(asked=False, allowed=False)),
    ],
    ids=["both say yes", "server says yes", "drive says yes", "nobody can tell", "server not asked"],
)
def test_goods_are_sold_unless_somebody_says_no(begun: dict[str, Any], checked: dict[str, Any]) -> None:
    assert objection(msgspec.convert(begun, BegunCheck), msgspec.convert(checked, CheckResult)) is None


@pytest.mark.parametrize(
    ("begun", "checked", "words"),
    [
        (RIGHT, online(allowed=False), "не разрешает"),
        (RIGHT, online(right=False), "не прошёл проверку"),
        (WRONG, AWAY, "в ФН"),
    ],
    ids=["server forbids", "code is wrong", "drive says no"],
)
def test_goods_that_somebody_objects_to_are_not_sold(
    begun: dict[str, Any], checked: dict[str, Any], words: str
) -> None:
    why = objection(msgspec.convert(begun, BegunCheck), msgspec.convert(checked, CheckResult))

    assert why is not None
    assert words in why
