"""The register's end of the line: one host at a time, heard by the link's state machine; faults of the line."""

import math
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import trio

from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.execute import code_of, execute, refuses
from drivers.emulators.shtrih.faults import Counted
from drivers.emulators.shtrih.rules import CLOSES_RECEIPT, LASTING, TO_DISK
from drivers.threads import InThread
from protocols.shtrih.device import DeviceLink
from protocols.shtrih.link import Wait

CHUNK = 512  # two frames
SEND_WITHIN = 5.0  # seconds for a host to take a frame
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Line:
    """A connection. `silence` ends the wait for the next byte, `scope` the connection."""

    stream: trio.abc.Stream
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    silence: trio.CancelScope = field(default_factory=trio.CancelScope)
    sending: trio.Lock = field(default_factory=trio.Lock)

    async def receive(self) -> bytes:
        """The next bytes; none when the connection has ended."""
        try:
            return bytes(await self.stream.receive_some(CHUNK))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return b""

    async def send(self, data: bytes) -> None:
        """To a host that has gone it goes nowhere, as from a real register: the reader notices soon enough."""
        with trio.move_on_after(SEND_WITHIN) as patience:
            try:
                async with self.sending:
                    await self.stream.send_all(data)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                self.scope.cancel()
        if patience.cancelled_caught:
            self.scope.cancel()


class Wire:
    """Serves a device to those who connect. A new connection takes the place of the one before.

    A command goes on when its connection breaks, and its answer is held for the next one, unless `holds_answers` is
    false: whether real registers hold it over a reconnect is not documented. `byte_timeout` is in seconds. What is to
    last is written by `in_thread`.
    """

    def __init__(
        self,
        device: Device,
        *,
        byte_timeout: float = 1.0,
        holds_answers: bool = True,
        in_thread: InThread = trio.to_thread.run_sync,
    ) -> None:
        self.device, self._in_thread = device, in_thread
        self._seconds = {Wait.BYTE: byte_timeout, Wait.CONFIRMATION: 2 * byte_timeout}  # protocol 1.17, p. 9
        self._holds_answers = holds_answers
        self._link = DeviceLink()
        self._line: _Line | None = None
        self._device_busy = trio.Lock()
        self._back = trio.Event()

    @property
    def connected(self) -> bool:
        return self._line is not None

    async def serve(
        self, listener: trio.abc.Listener[Any], *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """For ever. Raises OSError when the drive's file fails: only a restart tells what is in it."""
        async with trio.open_nursery() as self._tasks:
            task_status.started()
            await trio.serve_listeners(self._welcome, [listener], handler_nursery=self._tasks)

    async def behave(self, wanted: dict[str, object]) -> None:
        """Takes faults in. Raises msgspec.ValidationError, which names the wrong key."""
        async with self._device_busy:
            self.device.behave(wanted)
        if self.device.faults.power == "off":
            self._link = DeviceLink()  # forgets the answer it held (protocol 1.17, p. 13)
        if self._reachable:
            self._back.set()
        else:
            if self._back.is_set():  # else somebody waits on it already
                self._back = trio.Event()
            self._hang_up()

    async def until_reachable(self) -> None:
        """When somebody may connect: at once, as a rule."""
        while not self._reachable:
            await self._back.wait()

    async def hear(self, command: bytes) -> None:
        """Carries out a command that something on the way had kept back: it comes over no connection of now."""
        await self._execute(command)

    @property
    def _reachable(self) -> bool:
        return self.device.faults.power == "on" and not self.device.faults.down

    async def _welcome(self, stream: trio.abc.Stream) -> None:
        async with stream:
            if not self._reachable:
                _let_reset(stream)
                return
            self._hang_up()
            line = self._line = _Line(stream)
            with line.scope:
                await self._listen(line)
            if self._line is line:
                self._hang_up()

    def _hang_up(self) -> None:
        """The link goes on where it stood but for what needed this connection: half a frame, a confirmation."""
        if self._line:
            self._line.scope.cancel()
        self._line = None
        if not self._holds_answers:
            self._link = DeviceLink()
        if self._link.waits:
            self._link.time_out()

    async def _listen(self, line: _Line) -> None:
        while True:
            data = await self._hear_from(line)
            if data == b"":
                return
            reaction = self._link.time_out() if data is None else self._link.receive(data)
            if reaction.command is None:
                await line.send(reaction.send)
            elif self._befalls("lose_command_next", reaction.command):
                self._link = DeviceLink()
            elif self._answers_at_once(reaction.command):
                await line.send(reaction.send + self._link.answer(execute(self.device, reaction.command)))
            else:
                self._tasks.start_soon(self._work, self._link, reaction.command, reaction.send)

    async def _hear_from(self, line: _Line) -> bytes | None:
        """The next bytes; none when the connection has ended, None when the link has waited long enough for them."""
        if not self._link.minds_silence:
            return await line.receive()
        with trio.CancelScope(deadline=self._deadline()) as line.silence:
            return await line.receive()
        return None

    def _deadline(self) -> float:
        """When the link has waited long enough for the next byte."""
        wait = self._link.waits
        return trio.current_time() + self._seconds[wait] if wait else math.inf

    def _answers_at_once(self, command: bytes) -> bool:
        """What takes no time needs no task of its own: most commands, of a register that has nothing else in hand."""
        busy = self._device_busy.locked() or self.device.faults.power == "off"
        return not busy and code_of(command) not in TO_DISK

    def _befalls(self, fault: Counted, command: bytes) -> bool:
        """Whether that happens to this command; then it happens once less in future."""
        return code_of(command) in LASTING and self.device.faults.spend(fault)

    async def _work(self, link: DeviceLink, command: bytes, confirmation: bytes) -> None:
        """The register at work; whether the host is still there makes no difference to it."""
        if code_of(command) in LASTING:  # takes its time, so the host hears at once that it was taken
            await self._send(confirmation)
            confirmation = b""
        if code_of(command) in CLOSES_RECEIPT and self.device.faults.power_off_in_receipt:
            await self.behave({"power": "off", "power_off_in_receipt": False})
            return
        answer = await self._execute(command)
        if link is not self._link or answer is None:  # the power went meanwhile: nobody hears of it
            return
        if self._befalls("lose_answer_next", command):
            self._link = DeviceLink()
            return
        await self._send(confirmation + link.answer(answer))
        if self._line:
            self._line.silence.deadline = self._deadline()

    async def _execute(self, command: bytes) -> bytes | None:
        """The answer, when all is on paper. What lasts is written in a thread, for the disk may take its time.

        None if the power was off before it could begin.
        """
        async with self._device_busy:
            if self.device.faults.power == "off":
                return None
            if code_of(command) not in TO_DISK:
                return execute(self.device, command)
            answer = await self._in_thread(execute, self.device, command)
        if code_of(command) in LASTING and not refuses(answer):
            await trio.sleep(self.device.faults.print_delay_ms / 1000)
        return answer

    async def _send(self, data: bytes) -> None:
        if self._line:
            await self._line.send(data)


def _let_reset(stream: trio.abc.Stream) -> None:
    """Its end will be a reset, as from a port that nobody listens on."""
    if isinstance(stream, trio.SocketStream):
        with suppress(OSError):  # it may have left by itself
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
