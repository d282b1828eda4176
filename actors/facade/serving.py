"""Which register serves an order: the one that it names, or its stand-in while its sales are handed over."""

from actors import handovers
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from actors.kkt import actor as kkt
from actors.mailbox import Address
from protocols.order import Order
from protocols.receipt import Receipt


def register_of(reach: Reach, pos_id: str) -> Address[kkt.Message]:
    """Raises Problem."""
    address = reach.kkts.get(pos_id)
    if address is None:
        raise Problem(422, "UNKNOWN_POS", f"No register serves {pos_id}.", {"known": sorted(reach.kkts)})
    return address


async def serving(reach: Reach, order: Order) -> str:
    """The pos_id of the register. Only receipts are handed over. Raises Problem.

    It may be out of date when the order gets there: then the claim of its key refuses it, and nothing is printed.
    """
    if not isinstance(order, Receipt) or order.pos_id not in reach.stand_ins:
        return order.pos_id
    found = await reach.buffer.ask(handovers.StandIn(order.pos_id), within=reach.patience)
    if found not in (None, reach.stand_ins[order.pos_id]):
        message = f"The sales of {order.pos_id} are handed over to {found}, which is its stand-in no longer; end that."
        raise Problem(503, "STAND_IN_GONE", message, {"pos_id": order.pos_id, "stand_in": found}, 60)
    return found or order.pos_id
