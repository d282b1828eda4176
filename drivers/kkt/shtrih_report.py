"""A shift report that names its cashier: begun apart, given tags, and ended by the command that prints it."""

from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.ffd.document import cashier_tags
from protocols.receipt import Cashier
from protocols.shtrih.codes import Error
from protocols.shtrih.corrections import NotSayable
from protocols.shtrih.drive import BeginCloseShift, BeginOpenShift
from protocols.shtrih.receipts import AddTlv
from protocols.shtrih.script import tags_in_commands


async def begin_report(link: ShtrihLink, begin: BeginOpenShift | BeginCloseShift, cashier: Cashier) -> None:
    """Raises RegisterRefused, and then the report may be begun in the drive.

    A register that cannot begin one apart makes it all the same, in the name of its operator.
    """
    tags = cashier_tags(cashier.name, cashier.inn)
    try:
        commands = tuple(tags_in_commands(tags, lambda tlv: AddTlv(begin.password, tlv)))
    except NotSayable as error:
        raise RegisterRefused(0, str(error)) from None
    try:
        await link.ask(begin)
    except RegisterRefused as refusal:
        if refusal.code != Error.NOT_SUPPORTED:
            raise
        return
    for command in commands:
        await link.ask(command)
