"""How much of a receipt's time is the line's: `python -m tests.benchmarks.line`.

A receipt of five lines goes to the emulated Штрих-М, in a process of its own, over a line of 115200 baud: ten bits a
byte both ways. Beside the time that its bytes need there and the time that the register prints, all is the driver's,
and the emulator's work too. At most a tenth more is allowed. The fastest receipt says what a quiet machine would do.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import trio

from drivers.errors import LinkError
from drivers.kkt.line import Line
from drivers.kkt.serial_line import SerialLine
from drivers.kkt.serial_stream import open_serial
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from drivers.web import bind
from protocols.fiscal import Shift
from protocols.shtrih.frames import STX
from tests.benchmarks.tlv import RECEIPT

BAUD, BITS = 115_200, 10
PRINT = 0.3  # seconds that the register prints
RECEIPTS = 15
ALLOWED = 1.1
ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")


@dataclass
class Tally:
    """Bytes both ways, and frames that the host sent: its commands."""

    bytes: int = 0
    commands: int = 0


class CountedStream(trio.abc.Stream):
    def __init__(self, stream: trio.abc.Stream, tally: Tally) -> None:
        self._stream, self._tally = stream, tally

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        self._tally.bytes += len(data)
        self._tally.commands += len(data) > 1 and data[0] == STX
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        data = await self._stream.receive_some(max_bytes)
        self._tally.bytes += len(data)
        return data

    async def aclose(self) -> None:
        await self._stream.aclose()


def main() -> None:
    print(f"{'':6}{'bytes':>8}{'commands':>10}{'line ms':>9}{'median':>9}{'fastest':>9}   (of {RECEIPTS} receipts)")
    for name in ("tcp", "pty"):
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            tally = Tally()
            with emulated(Path(folder), name) as where:
                times = trio.run(measure, line_to(where, tally), tally)
        line = tally.bytes * BITS / BAUD
        took, fastest = median(times), min(times)
        print(
            f"{name:6}{tally.bytes:8}{tally.commands:10}{line * 1000:9.1f}{took * 1000:9.1f}{fastest * 1000:9.1f}"
            f"   {took / (line + PRINT):.3f}, {fastest / (line + PRINT):.3f} x line and print; {ALLOWED} allowed"
        )


async def measure(line: Line, tally: Tally) -> list[float]:
    """Seconds of each receipt; the tally is then of one."""
    register = ShtrihRegister(line, ZoneInfo("Europe/Moscow"))
    await _connected(register)
    if (await register.status()).shift is not Shift.OPEN:
        await register.open_shift()
    await register.print_receipt(RECEIPT)  # loads what is loaded lazily
    times = []
    for _ in range(RECEIPTS):
        tally.bytes = tally.commands = 0
        began = time.perf_counter()
        await register.print_receipt(RECEIPT)
        times.append(time.perf_counter() - began)
    await register.close()
    return times


async def _connected(register: ShtrihRegister) -> None:
    with trio.fail_after(30):
        while True:
            try:
                return await register.connect()
            except LinkError:
                await trio.sleep(0.1)  # the other process is still starting


def line_to(where: str, tally: Tally) -> Line:
    """A port's number, or the path of a terminal."""

    async def dial(host: str, port: int) -> trio.abc.Stream:
        return CountedStream(await trio.open_tcp_stream(host, port), tally)

    async def dial_serial(path: str, speed: int) -> trio.abc.Stream:
        return CountedStream(await open_serial(path, speed), tally)

    if where.isdecimal():
        return TcpLine("127.0.0.1", int(where), dial=dial)
    return SerialLine(where, BAUD, dial=dial_serial)


@contextmanager
def emulated(folder: Path, transport: str) -> Iterator[str]:
    """Where the register is to be reached."""
    with bind("127.0.0.1", 0) as found:
        port = str(found.getsockname()[1])
    where = port if transport == "tcp" else str(folder / "register")
    command = [sys.executable, "run.py", "emulate", "shtrih", f"--{transport}", where, "--baud", str(BAUD)]
    command += ["--print-delay", str(PRINT), "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield where
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
