"""What a Штрих-М register is, and the settings of its own that receipts depend on: read once for each connection."""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.shtrih.codes import VAT_BYTES, VAT_BYTES_NANO
from protocols.shtrih.drive import ReadRegistrationResult
from protocols.shtrih.service import ReadDeviceType, ReadLongStatus, ReadTable, WriteTable

FORMAT, SKIPS_PAPER = (17, 1, 17), (17, 1, 7)
"""Table, row and field (setup guide of 22.06.2018, p. 61; driver: PrinterConst)."""
FORMATS = {2: "1.05", 3: "1.1", 4: "1.2"}
OLDEST = "1.05"  # what a register keeps to that does not tell, such as mobile ones, whose tables are others
PRINTS, SKIPS_ONE = 0, 1


@dataclass(frozen=True)
class Passport:
    """`ffd`: the format of its fiscal data."""

    model: str = ""
    serial: str = ""
    kkt_number: str = ""
    ffd: str = OLDEST

    @property
    def rates(self) -> Mapping[str, int]:
        """The byte of each VAT rate in FF46h, which is one model's own."""
        return VAT_BYTES_NANO if "НАНО" in self.model.upper() else VAT_BYTES


async def read_passport(link: ShtrihLink, password: int) -> Passport:
    """Raises RegisterRefused, LinkError."""
    return Passport(
        model=(await link.ask(ReadDeviceType())).name,
        serial=str((await link.ask(ReadLongStatus(password))).serial),
        kkt_number=(await link.ask(ReadRegistrationResult(password))).register_number.strip(),
        ffd=FORMATS.get(await _read(link, password, FORMAT), OLDEST),
    )


async def read_skips_paper(link: ShtrihLink, password: int) -> bool:
    """Whether the next document stays off the paper, as a receipt that was broken off may have left it."""
    return await _read(link, password, SKIPS_PAPER) == SKIPS_ONE


async def write_skips_paper(link: ShtrihLink, password: int, skips: bool) -> None:
    """Raises RegisterRefused: a receipt is open, or the model has no such setting."""
    await link.ask(WriteTable(password, *SKIPS_PAPER, bytes([SKIPS_ONE if skips else PRINTS])))


async def _read(link: ShtrihLink, password: int, field: tuple[int, int, int]) -> int:
    """-1 where the model has no such field."""
    try:
        return int.from_bytes((await link.ask(ReadTable(password, *field))).value, "little")
    except RegisterRefused:
        return -1
