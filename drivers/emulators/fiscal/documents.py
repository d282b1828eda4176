"""What the emulated register writes down for good: the truth of what was printed, for every test to read."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

At = Annotated[datetime, msgspec.Meta(tz=True)]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a receipt. `vat` is the rate's name ("22%", "no_vat").

    `tags` holds what the host bound to it, readable, and `tlv` the same as it came, in hex. `code` is the marking
    code, in hex. `unprinted`: the OFD gets it, the paper does not.
    """

    name: str
    quantity: Decimal
    price_kopecks: int
    sum_kopecks: int
    vat: str
    department: int = 0
    method: int = 4  # tag 1214: paid in full
    subject: int = 1  # tag 1212: goods
    tags: dict[int, str] = {}
    tlv: str = ""
    code: str = ""
    unprinted: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True, tag_field="entry", tag="document"):
    """A fiscal document. The first six fields are the drive's to fill; a draft leaves them at their defaults.

    `kind` is the type by which FF0Ah knows it: 2 shift opened, 3 receipt, 5 shift closed, 31 correction. `fp` is the
    fiscal sign in decimal, ten digits. `receipt_number` counts receipts and corrections within the shift. `operation`
    is tag 1054: 1 sale, 2 refund, 3 purchase, 4 refund of a purchase. `payments` goes by slot, 1 (cash) to 16, money
    as it was handed over: what exceeds the total went back as change. `taxes` goes by rate: kopecks of tax, of turnover
    for "0%" and "no_vat". `tags` holds what the host added to the document, as text where the tag is text, else in
    hex, and `tlv` the same as it came. `totals`, of a shift closed, is what `sums.totals` tells. `ffd` is the format by
    its number in tag 1209: 2 is 1.05, 3 is 1.1, 4 is 1.2.
    """

    fd: int = 0
    fn: str = ""
    fp: str = ""
    shift_number: int = 0
    receipt_number: int = 0
    rnm: str = ""
    kind: int
    at: At
    operator: int
    operation: int = 0
    total_kopecks: int = 0
    payments: dict[int, int] = {}
    change_kopecks: int = 0
    taxes: dict[str, int] = {}
    taxation: int = 0
    items: tuple[Item, ...] = ()
    tags: dict[int, str] = {}
    tlv: str = ""
    totals: dict[str, dict[str, int]] = {}
    ffd: int = 2


class CashMove(msgspec.Struct, frozen=True, kw_only=True, tag_field="entry", tag="cash"):
    """Money put into the drawer, or taken out (less than zero): a slip of paper, no fiscal document.

    `fn`, `shift_number` and `after_fd`, the last document before it, are the drive's to fill.
    """

    fn: str = ""
    shift_number: int = 0
    after_fd: int = 0
    at: At
    operator: int
    amount_kopecks: int


class Ticket(msgspec.Struct, frozen=True, kw_only=True, tag_field="entry", tag="ticket"):
    """The OFD has document `fd` and all before it. `fn` is the drive's to fill.

    `sign` (hex) and `code` (tag 1022) are as the OFD's answer has them; without a sign it is a mark that the register
    made for itself, when the host took the way to the OFD over from it.
    """

    fn: str = ""
    fd: int
    at: At
    sign: str = ""
    code: int | None = None
