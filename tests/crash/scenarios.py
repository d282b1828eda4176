"""What the gateway does when it is hit: one row each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.crash.till import Order, correction, receipt, work


@dataclass(frozen=True)
class Past:
    """What a gateway that lived has done before. `undelivered`: the OFD was down then."""

    name: str
    orders: tuple[Order, ...] = ()
    undelivered: bool = False


SALES = (receipt("sale", 1_01), receipt("sale", 1_02))

NOTHING = Past("nothing")
OPEN_SHIFT = Past("open shift", SALES)
CLOSED_SHIFT = Past("closed shift", (*SALES, work("close_shift")))
WAITING = Past("waiting receipts", SALES, undelivered=True)


@dataclass(frozen=True)
class Scenario:
    """`from_start`: the fault may hit from the start of the process on; else only once it is ready.

    `settings`: environment of the gateway, besides what leads it to register and OFD.
    """

    name: str
    past: Past
    orders: tuple[Order, ...] = ()
    from_start: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


SCENARIOS = (
    Scenario("first start", NOTHING, (receipt("sale", 100_01),), from_start=True),
    Scenario("start", OPEN_SHIFT, from_start=True),
    Scenario("sale", OPEN_SHIFT, (receipt("sale", 100_01),)),
    Scenario("sale that opens a shift", CLOSED_SHIFT, (receipt("sale", 100_01),)),
    Scenario("refund", OPEN_SHIFT, (receipt("refund", 1_01),)),
    Scenario("purchase", OPEN_SHIFT, (receipt("purchase", 1_01),)),
    Scenario("purchase refund", OPEN_SHIFT, (receipt("purchase_refund", 1_01),)),
    Scenario("correction", OPEN_SHIFT, (correction(50_05),)),
    Scenario("shift close", OPEN_SHIFT, (work("close_shift"),)),
    Scenario("shift open", CLOSED_SHIFT, (work("open_shift"),)),
    Scenario("cash in", OPEN_SHIFT, (work("cash_in", 7_07),)),
    Scenario("cash out", OPEN_SHIFT, (work("cash_out", 1_01),)),
    Scenario("delivery", WAITING, from_start=True),
    Scenario("clean-up", OPEN_SHIFT, from_start=True, settings={"KASSIR_BUFFER__SYNCED_RETENTION_DAYS": "1e-7"}),
)
