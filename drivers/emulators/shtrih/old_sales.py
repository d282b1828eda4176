"""Receipts in the old way: 80h to 83h for lines, closed by 85h and 8Eh. Fiscal documents know no discounts."""

from collections.abc import Callable

from drivers.emulators.fiscal.documents import Item
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.receipt import line_sum
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.sales import close, sell
from drivers.emulators.shtrih.tables import RATE_NAMES
from protocols.shtrih import receipts
from protocols.shtrih.codes import Error, OperationKind
from protocols.shtrih.commands import Done

NO_DISCOUNT = 0x40
VAT_GROUPS = {0: "no_vat"} | dict(enumerate(RATE_NAMES[:4], 1))
"""Rows of table 6, none being "without VAT" (setup guide of 22.06.2018, p. 31)."""


def line(kind: OperationKind) -> Callable[[Device, receipts.OldOperation, int], Done]:
    """What adds a line of that kind."""

    def add(device: Device, request: receipts.OldOperation, operator: int) -> Done:
        sell(device, kind, operator, _item(request))
        return Done(operator)

    return add


def close_receipt(
    device: Device, request: receipts.OldCloseReceipt | receipts.CloseReceiptExtended, operator: int
) -> receipts.OldReceiptClosed:
    if request.discount:
        raise Refuse(NO_DISCOUNT)
    return receipts.OldReceiptClosed(operator, close(device, operator, request.payments).change_kopecks)


def _item(request: receipts.OldOperation) -> Item:
    if request.taxes[0] not in VAT_GROUPS:
        raise Refuse(Error.BAD_PARAMETERS)
    return Item(
        name=request.text,
        quantity=request.quantity,
        price_kopecks=request.price,
        sum_kopecks=line_sum(request.price, request.quantity, None),
        vat=VAT_GROUPS[request.taxes[0]],
        department=request.department,
    )
