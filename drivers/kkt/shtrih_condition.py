"""The longer look at a Штрих-М register: its fiscal drive, its queue to the OFD, its clock, cover and supply."""

from zoneinfo import ZoneInfo

from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_exchange import queue_of
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.fiscal import Condition
from protocols.shtrih.archive import ReadFreeResource
from protocols.shtrih.codes import Flags
from protocols.shtrih.drive import ReadExchangeStatus, ReadFiscalDriveExpiry, ReadFiscalDriveStatus
from protocols.shtrih.meanings import WARNINGS
from protocols.shtrih.service import ReadLongStatus, ReadShortStatus


async def inspect(link: ShtrihLink, password: int, zone: ZoneInfo, ffd: str) -> Condition:
    """The temperature is left out: a single source has it in 10h, where others have reserved bytes."""
    now = await link.ask(ReadShortStatus(password))
    told = await link.ask(ReadLongStatus(password))
    drive = await link.ask(ReadFiscalDriveStatus(password))
    expiry = await link.ask(ReadFiscalDriveExpiry(password))
    exchange = await link.ask(ReadExchangeStatus(password))
    return Condition(
        fn=drive.serial.strip(),
        expires=expiry.expires,
        documents_left=await _documents_left(link, password),
        warnings=frozenset(meaning for flag, meaning in WARNINGS.items() if flag in drive.warnings),
        unsent=exchange.waiting,
        oldest_unsent=exchange.first_moment and exchange.first_moment.replace(tzinfo=zone),
        unconfirmed=queue_of(drive, exchange).unconfirmed,
        clock=told.clock and told.clock.replace(tzinfo=zone),
        ffd=ffd,
        firmware=f"{told.firmware}.{told.build}",
        cover_open=Flags.COVER_OPEN in now.flags,
        drawer_open=Flags.DRAWER_OPEN in now.flags,
        supply_volts=now.supply / 9,
        battery_volts=now.battery / 51,
    )


async def _documents_left(link: ShtrihLink, password: int) -> int | None:
    """None of a model that does not know FF63h."""
    try:
        return (await link.ask(ReadFreeResource(password))).documents
    except RegisterRefused:
        return None
