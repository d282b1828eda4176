"""What a register does for an order of each kind."""

from drivers.kkt.port import Register
from protocols.fiscal import CashCount, Document
from protocols.order import Order
from protocols.receipt import Receipt
from protocols.till import CASH, Work


async def perform(register: Register, order: Order) -> Document:
    """Prints. Raises RegisterRefused, LinkError."""
    if isinstance(order, Receipt):
        return await register.print_receipt(order)
    if order.kind is Work.OPEN_SHIFT:
        return await register.open_shift()
    if order.kind is Work.CLOSE_SHIFT:
        return await register.close_shift()
    return await register.move_cash(order)


async def cash_before(register: Register, order: Order) -> CashCount | None:
    """What recovery compares with, where no document will tell. Raises RegisterRefused, LinkError."""
    return await register.cash_moved(Work(order.kind)) if order.kind in CASH else None
