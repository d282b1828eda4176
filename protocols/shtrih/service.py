"""Commands about the register itself: status, tables, clock, paper, shift and reports (protocol 1.17)."""

from dataclasses import dataclass
from typing import Annotated

from protocols.shtrih.codecs import (
    U8,
    U16,
    U32,
    Clock,
    DateDmy,
    MaybeU8,
    MaybeU16,
    Money,
    Number,
    Raw,
    Rest,
    TimeOfDay,
    rest_text,
    text,
)
from protocols.shtrih.codes import Flags, Mode
from protocols.shtrih.commands import Accepted, Command, Done

FlagsWord = Annotated[Flags, Number(2, Flags)]


@dataclass(frozen=True, kw_only=True)
class ShortStatus:
    """Answer to 10h. The manual leaves out the two legacy bytes; registers do send them."""

    operator: U8
    flags: FlagsWord
    mode_byte: U8
    submode: U8
    operations_low: U8 = 0
    battery: U8 = 0
    """In 1/51 V."""
    supply: U8 = 0
    """In 1/9 V."""
    legacy: Annotated[bytes, Raw(2)] = bytes(2)
    operations_high: U8 = 0
    reserved: Annotated[bytes, Raw(3)] = bytes(3)
    last_print: MaybeU8 = None
    """0 printed, 1 paper broke, 2 printer error, 5 printing now; only some models say."""

    @property
    def mode(self) -> Mode:
        """What the register is at; the other half of the byte is the ReceiptKind of an open receipt."""
        return Mode(self.mode_byte & 0x0F)

    @property
    def operations(self) -> int:
        """How many operations the open receipt has."""
        return self.operations_high << 8 | self.operations_low


@dataclass(frozen=True)
class ReadShortStatus(Command[ShortStatus], code=0x10, name="short status"):
    password: U32


@dataclass(frozen=True, kw_only=True)
class LongStatus:
    """Answer to 11h."""

    operator: U8
    firmware: Annotated[str, text(2)]
    """Two characters: C1 is version C.1."""
    build: U16
    firmware_date: DateDmy
    number_in_shop: U8 = 1
    through_document: U16
    flags: FlagsWord
    mode_byte: U8
    submode: U8
    port: U8 = 0
    """0 to 127 serial, 128 TCP."""
    legacy_memory: Annotated[bytes, Raw(7)] = bytes.fromhex("4E 41 00 00 01 01 10")
    """Of a fiscal memory that is no more: registers send NA, 0, 01.01.2016."""
    clock: Clock
    legacy_flags: U8 = 0
    serial_low: U32
    last_closed_shift: U16
    legacy_records: U16 = 0
    reregistrations: U8 = 0
    reregistrations_left: U8 = 0
    inn: Annotated[int | None, Number(6, absent=True)]
    serial_high: MaybeU16 = None

    @property
    def mode(self) -> Mode:
        """What the register is at; the other half of the byte is the ReceiptKind of an open receipt."""
        return Mode(self.mode_byte & 0x0F)

    @property
    def serial(self) -> int:
        """The number the maker gave it."""
        return (self.serial_high or 0) << 32 | self.serial_low


@dataclass(frozen=True)
class ReadLongStatus(Command[LongStatus], code=0x11, name="long status"):
    password: U32


@dataclass(frozen=True, kw_only=True)
class DeviceType:
    """Answer to FCh."""

    kind: U8 = 0
    """0 is a register."""
    subkind: U8 = 0
    protocol: U8 = 1
    subprotocol: U8 = 14
    model: U8
    language: U8 = 0
    name: Annotated[str, rest_text()]


@dataclass(frozen=True)
class ReadDeviceType(Command[DeviceType], code=0xFC, name="device type"):
    """Needs no password."""


@dataclass(frozen=True)
class Beep(Command[Done], code=0x13, name="beep"):
    password: U32


@dataclass(frozen=True)
class TableValue:
    """Answer to 1Fh: a field of a table as the register keeps it, an integer or a CP1251 text."""

    value: Annotated[bytes, Rest()]


@dataclass(frozen=True)
class ReadTable(Command[TableValue], code=0x1F, name="read table"):
    password: U32
    table: U8
    row: U16
    field: U8


@dataclass(frozen=True)
class WriteTable(Command[Accepted], code=0x1E, name="write table"):
    """A text must be filled up with zeros to the size of the field, or the end of the old one may stay."""

    password: U32
    table: U8
    row: U16
    field: U8
    value: Annotated[bytes, Rest(most=246)]


@dataclass(frozen=True)
class CashRegisterValue:
    """Answer to 1Ah, kopecks."""

    operator: U8
    value: Annotated[int, Number(6)]


@dataclass(frozen=True)
class ReadCashRegister(Command[CashRegisterValue], code=0x1A, name="read cash register"):
    password: U32
    number: U8


@dataclass(frozen=True)
class OperationRegisterValue:
    """Answer to 1Bh."""

    operator: U8
    value: U16


@dataclass(frozen=True)
class ReadOperationRegister(Command[OperationRegisterValue], code=0x1B, name="read operation register"):
    password: U32
    number: U8


@dataclass(frozen=True)
class SetTime(Command[Accepted], code=0x21, name="set time"):
    password: U32
    time: TimeOfDay


@dataclass(frozen=True)
class SetDate(Command[Accepted], code=0x22, name="set date"):
    """The register then waits for ConfirmDate with the same date and does nothing else."""

    password: U32
    date: DateDmy


@dataclass(frozen=True)
class ConfirmDate(Command[Accepted], code=0x23, name="confirm date"):
    password: U32
    date: DateDmy


@dataclass(frozen=True)
class PrintLine(Command[Done], code=0x17, name="print line"):
    password: U32
    flags: U8
    """1 journal, 2 receipt."""
    line: Annotated[str, rest_text(least=40, most=249)]


@dataclass(frozen=True)
class PrintBoldLine(Command[Done], code=0x12, name="print bold line"):
    password: U32
    flags: U8
    """1 journal, 2 receipt."""
    line: Annotated[str, rest_text(least=20, most=249)]


@dataclass(frozen=True)
class PrintLineInFont(Command[Done], code=0x2F, name="print line in a font"):
    password: U32
    flags: U8
    """1 journal, 2 receipt."""
    font: U8
    line: Annotated[str, rest_text(least=40, most=248)]


@dataclass(frozen=True)
class ErrorText:
    """Answer to 6Bh."""

    text: Annotated[str, rest_text()]


@dataclass(frozen=True)
class ReadErrorText(Command[ErrorText], code=0x6B, name="text of an error"):
    """Needs no password."""

    code: U8


@dataclass(frozen=True)
class Cut(Command[Done], code=0x25, name="cut"):
    password: U32
    partial: U8 = 1


@dataclass(frozen=True)
class Feed(Command[Done], code=0x29, name="feed"):
    password: U32
    flags: U8
    """1 journal, 2 receipt."""
    lines: U8


@dataclass(frozen=True)
class OpenDrawer(Command[Done], code=0x28, name="open drawer"):
    password: U32
    drawer: U8 = 0


@dataclass(frozen=True)
class ContinuePrinting(Command[Done], code=0xB0, name="continue printing"):
    password: U32


@dataclass(frozen=True)
class PrintXReport(Command[Done], code=0x40, name="X report"):
    password: U32


@dataclass(frozen=True)
class PrintZReport(Command[Done], code=0x41, name="Z report", fiscal=True):
    """Closes the shift."""

    password: U32


@dataclass(frozen=True)
class OpenShift(Command[Done], code=0xE0, name="open shift", fiscal=True):
    password: U32


@dataclass(frozen=True)
class CashMoved:
    """Answer to 50h and 51h."""

    operator: U8
    through_document: U16


@dataclass(frozen=True)
class CashIn(Command[CashMoved], code=0x50, name="cash in", fiscal=True):
    password: U32
    amount: Money


@dataclass(frozen=True)
class CashOut(Command[CashMoved], code=0x51, name="cash out", fiscal=True):
    password: U32
    amount: Money


@dataclass(frozen=True)
class RepeatLastReceipt(Command[Done], code=0x8C, name="copy of the last receipt"):
    password: U32
