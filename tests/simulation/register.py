"""A register and the line to it. Both outlive the gateway: the shipped emulator, its journal, and what befalls the
bytes on their way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Literal, Unpack

import msgspec
import trio

from drivers.emulators.fiscal.documents import CashMove, Document
from drivers.emulators.fiscal.drive import Drive
from drivers.emulators.fiscal.passport import INN, Passport, rnm
from drivers.emulators.shtrih.device import Clock, Device
from drivers.emulators.shtrih.execute import code_of
from drivers.emulators.shtrih.faults import Faults
from drivers.emulators.shtrih.rules import LASTING
from drivers.emulators.shtrih.wire import Wire
from drivers.threads import A, R
from protocols.shtrih.drive import ReadFiscalDriveStatus
from protocols.shtrih.frames import ACK, STX
from protocols.shtrih.receipts import OpenReceipt
from tests.simulation.net import End, Host, Net
from tests.simulation.trace import Trace

Way = Literal["command", "answer"]
STRANGER = 2  # the operator that another program signs on as; a cash slip has no number to know it by
FIRST_FRAMES = 2  # LEN and STX before CMD


async def inline(function: Callable[[Unpack[A]], R], /, *args: *A, limiter: trio.CapacityLimiter | None = None) -> R:
    """In place of a thread, of which a virtual clock knows nothing."""
    await trio.lowlevel.checkpoint()
    return function(*args)


def command_in(data: bytes) -> int | None:
    """The number of the command in a frame, or in the frame behind an ACK; None for bytes that are no frame."""
    frame = data[1:] if data[:1] == bytes([ACK]) else data
    if len(frame) <= FIRST_FRAMES + 1 or frame[0] != STX:
        return None
    return code_of(frame[FIRST_FRAMES:])


@dataclass(eq=False)
class Snag:
    """Something that will happen to bytes on the line: to those of the next frame that fits, `skip` of them passed by.

    `lasting`: only frames of commands that put something on paper.
    """

    way: Way
    do: Callable[[End, bytes], None]
    lasting: bool = False
    skip: int = 0
    name: str = ""
    codes: frozenset[int] = frozenset()  # of these commands only, if any are named

    def meets(self, way: Way, code: int | None) -> bool:
        if way != self.way or code is None or code not in (self.codes or (LASTING if self.lasting else (code,))):
            return False
        self.skip -= 1
        return self.skip < 0


@dataclass(frozen=True)
class Mark:
    """A place in the stream of bytes to one end."""

    end: End
    at: int

    @property
    def passed(self) -> bool:
        return self.end.coming > self.at


@dataclass(eq=False)
class Cable:
    """Between host and register. What was seen on it since the last intent: witnesses of how far a print had come."""

    trace: Trace
    name: str
    snags: list[Snag] = field(default_factory=list)
    begun: "Mark | None" = None  # where the first command of the order began
    closing: "Mark | None" = None  # where the command began that puts it on paper
    answered: bool = False  # its answer has reached the host
    asked: bool = False  # how the drive stands, since this life of the gateway began
    unasked: int = 0  # commands that print which came before that question
    heard_at: float = -inf  # when the host last said something

    def forget(self) -> None:
        """A new intent is on disk."""
        self.begun = self.closing = None
        self.answered = False

    def down(self, end: End, data: bytes) -> None:
        """From the host."""
        code = command_in(data)
        if code is not None:
            self.trace(f"{self.name} <", f"{code:X}", len(data))
            self.heard_at = trio.current_time()
            self.asked |= code == ReadFiscalDriveStatus.CODE
            if code in LASTING or code == OpenReceipt.CODE:
                self.unasked += not self.asked
                self.begun = self.begun or Mark(end.peer, end.peer.coming)
            if code in LASTING:
                self.closing, self.answered = Mark(end.peer, end.peer.coming), False
        self._pass("command", code, end, data)

    def up(self, end: End, data: bytes) -> None:
        """From the register."""
        code = command_in(data)
        if code is not None:
            self.trace(f"{self.name} >", f"{code:X}", len(data))
        self._pass("answer", code, end, data)
        if code in LASTING:
            self.answered = True

    def _pass(self, way: Way, code: int | None, end: End, data: bytes) -> None:
        for snag in self.snags:
            if snag.meets(way, code):
                self.snags.remove(snag)
                if snag.name:
                    self.trace.count("fault", snag.name)
                snag.do(end, data)
                return
        end.carry(data)


class ShopRegister:
    """One register of the shop, switched on for the whole history. `drives`: all that it ever had, the present last."""

    def __init__(self, number: int, folder: Path, clock: Clock, trace: Trace) -> None:
        self.number, self._folder, self._clock, self.trace = number, folder, clock, trace
        self.pos_id, self.place = f"POS-{number:03}", f"10.0.0.{number}:7778"
        self.drives: list[Drive] = []
        self.cable = Cable(trace, self.pos_id)
        self.strangers: set[tuple[str, int]] = set()  # documents of another program, by drive and number
        self.host = Host(self.pos_id)
        self.device = Device(self._new_drive(), clock, Faults())
        self.wire = Wire(self.device, in_thread=inline)

    def _new_drive(self) -> Drive:
        number = self.number * 100 + len(self.drives)
        passport = Passport(
            fn=f"9999{number:012}", rnm=rnm(number, INN, number), inn=INN, serial=number, secret=f"{number:032x}",
            registered_at=self._clock(),
        )  # fmt: skip
        path = self._folder / f"{number}.jsonl"
        path.write_bytes(msgspec.json.encode(passport) + b"\n")
        drive = Drive(path, now=self._clock())
        self.drives.append(drive)
        return drive

    async def serve(self, net: Net, nursery: trio.Nursery) -> None:
        self.tasks = nursery
        entrance = net.open(self.host, self.place)
        entrance.tap = self.cable.up
        await nursery.start(self.wire.serve, entrance.listen())

    async def replace_drive(self) -> None:
        """As the service engineer does it, with the power off: what was open is gone, numbers begin anew."""
        power = self.device.faults.power
        await self.wire.behave({"power": "off"})
        self.device.drive, self.device.receipt = self._new_drive(), None
        await self.wire.behave({"power": power})

    def print_stranger(self, kind: int, operation: int, kopecks: int) -> None:
        """Another program has printed something."""
        device = self.device
        draft = Document(kind=kind, at=device.now, operator=1, operation=operation, total_kopecks=kopecks)
        document = device.record(draft)
        self.strangers.add((document.fn, document.fd))

    def documents(self) -> list[Document]:
        """Everything on paper, oldest first."""
        return [document for drive in self.drives for document in drive.after(0, 1_000_000)]

    def entries_of(self, drive: Drive) -> list[Document | CashMove]:
        """Documents and cash slips in the order of paper."""
        entries: list[Document | CashMove] = [*drive.after(0, 1_000_000), *drive.slips_after(0, 1_000_000)]
        entries = [entry for entry in entries if not (isinstance(entry, CashMove) and entry.operator == STRANGER)]
        return sorted(entries, key=lambda entry: (entry.after_fd, 1) if isinstance(entry, CashMove) else (entry.fd, 0))

    def close(self) -> None:
        for drive in self.drives:
            drive.close()
