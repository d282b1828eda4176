"""What the gateway does when it is hit: one row each."""

from dataclasses import dataclass

from tests.crash.till import Order, receipt


@dataclass(frozen=True)
class Scenario:
    """`before`: done before, by a gateway that lived. `undelivered`: the OFD was down then.

    `from_start`: the fault may hit from the start of the process on; else only once it is ready.
    """

    name: str
    orders: tuple[Order, ...] = ()
    before: tuple[Order, ...] = ()
    undelivered: bool = False
    from_start: bool = False


EARLIER = (receipt("sale", 1_01), receipt("sale", 1_02))

SCENARIOS = (
    Scenario("first start", (receipt("sale", 100_01),), from_start=True),
    Scenario("start", before=EARLIER, from_start=True),
    Scenario("sale", (receipt("sale", 100_01),), EARLIER),
    Scenario("refund", (receipt("refund", 1_01),), EARLIER),
    Scenario("delivery", before=EARLIER, undelivered=True, from_start=True),
)
