"""The server's one worker: jobs in order, tasks in order, and its own recovery when a result is unknown.

As the vendor's server does it (seen in a re-implementation of its Java version and in Web Requests 1.0.4.0): before a
fiscal task the number of the drive's last document is noted; an error of certain kinds leaves it unknown whether there
is a new one, so the queue stops until the drive can be asked again. A greater number then means that the task is done:
the server does not look what kind of document it is.
"""

from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import trio

from drivers.emulators.atol.answers import fiscal_result
from drivers.emulators.atol.device import Device, PowerCut
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.jobs import Job, Outcome, Status
from drivers.emulators.atol.options import Options
from drivers.emulators.atol.queue import Queue
from drivers.emulators.atol.rules import Rule, obey, rule_of
from drivers.threads import InThread

BLOCKING = frozenset({2, 3, 4, 15, *range(115, 123), 124, *range(133, 139), 141, 142, 159, 166, 177, 241})
PRINTER = frozenset({44, 45, 46, 114})
"""These block as well, if `blockQueueOnPrintErrors` is set."""
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Worker:
    """Carries out what is in `queue` on `device`. What is to last is written by `in_thread`.

    `driver` is held while the register works; `memory` while its state changes.
    """

    def __init__(self, device: Device, queue: Queue, options: Options, in_thread: InThread) -> None:
        self._device, self._queue, self.options, self._in_thread = device, queue, options, in_thread
        self.driver, self.memory = trio.Lock(), trio.Lock()

    async def run(self) -> None:
        """For ever. Raises OSError when a file fails: only a restart tells what is in it."""
        while True:
            job, news = self._queue.next, self._queue.changed
            if self._device.faults.power == "off":
                await self._device.changed.wait()
            elif job is None:
                await news.wait()
            else:
                await self._carry_out(job)

    async def _carry_out(self, job: Job) -> None:
        """The job's next task."""
        place = job.current
        try:
            outcome = await self._outcome(job, place)
            await self._settle(job.uuid, place, outcome)
        except PowerCut:
            self._device.lose_power()
        except Unstarted:
            return  # the queue has it as canceled

    async def _outcome(self, job: Job, place: int) -> Outcome:
        """Of the task, when it is known; the driver is free for queries while it is not."""
        ended = job.outcomes[place]
        if ended.status is Status.WAIT:
            async with self.driver:
                ended = await self._do(job, place)
            if not self._leaves_doubt(ended):
                return ended
        return await self._recover(job.uuid, place, ended)  # else it was under way when the power went

    async def _do(self, job: Job, place: int) -> Outcome:
        last_fd = None
        try:
            fields = _DECODER.decode(job.tasks[place])
            rule = rule_of(fields)
            last_fd = self._device.last_fd() if rule.fiscal else None
            await self._settle(job.uuid, place, Outcome(Status.IN_PROGRESS, last_fd=last_fd))
            return Outcome(Status.READY, result=msgspec.Raw(_ENCODER.encode(await self._obey(rule, fields))))
        except Refuse as refusal:
            return Outcome(Status.ERROR, refusal.code, refusal.detail, last_fd=last_fd)

    async def _settle(self, uuid: str, place: int, outcome: Outcome) -> None:
        """Notes it on disk. Raises Unstarted: the job was canceled meanwhile."""
        await self._queue.change(uuid, partial(_settled, place=place, outcome=outcome))

    async def _obey(self, rule: Rule, fields: Any) -> Any:
        async with self.memory:
            result = await self._in_thread(obey, self._device, rule, fields)
        if rule.prints:
            await trio.sleep(self._device.faults.print_delay_ms / 1000)
        if self._device.faults.power == "off":
            raise PowerCut
        return result

    def _leaves_doubt(self, outcome: Outcome) -> bool:
        if outcome.status is not Status.ERROR or outcome.last_fd is None:
            return False
        return outcome.code in BLOCKING or (self.options.block_queue_on_print_errors and outcome.code in PRINTER)

    async def _recover(self, uuid: str, place: int, failed: Outcome) -> Outcome:
        """Waits until the drive can be asked, and asks."""
        code = failed.code or Error.CONNECTION_LOST
        if failed.last_fd is None:
            return Outcome(Status.ERROR, code)
        await self._wait_out(uuid, place, failed.last_fd)
        if self._device.last_fd() <= failed.last_fd:
            return Outcome(Status.ERROR, code, failed.detail)
        if not self._device.printer_trouble:
            self._device.go_on()
        last = self._device.drive.find(self._device.drive.counters.fd)
        assert last is not None  # noqa: S101  its number is greater than one that was
        result = fiscal_result(self._device, last, recovered=True)
        return Outcome(Status.READY, result=msgspec.Raw(_ENCODER.encode(result)))

    async def _wait_out(self, uuid: str, place: int, last_fd: int) -> None:
        """Holds the queue up, and shows why, until the drive can be asked. Raises PowerCut."""
        while True:
            news, trouble = self._device.changed, self._trouble()
            if trouble is None:
                return
            blocked = Outcome(Status.BLOCKED, trouble, last_fd=last_fd)
            if self._queue.get(uuid).outcomes[place] != blocked:
                await self._settle(uuid, place, blocked)
            await news.wait()
            if self._device.faults.power == "off":
                raise PowerCut

    def _trouble(self) -> int | None:
        """Why the server cannot tell yet how the task ended, as it stands now."""
        if self._device.link_trouble:
            return self._device.link_trouble
        return self._device.printer_trouble if self.options.block_queue_on_print_errors else None


class Unstarted(Exception):
    """The job was canceled before it began."""


def _settled(job: Job, place: int, outcome: Outcome) -> Job:
    if job.outcomes[place].status is Status.CANCELED:
        raise Unstarted
    return job.settled(place, outcome)
