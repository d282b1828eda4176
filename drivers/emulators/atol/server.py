"""The web server in front of the register, without its HTTP: who may call, which job is taken, what is told of it."""

import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import trio
from msgspec import Raw

from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse, describe
from drivers.emulators.atol.faults import Counted
from drivers.emulators.atol.jobs import Job, Status, new_job
from drivers.emulators.atol.options import Options
from drivers.emulators.atol.parts import Fields, read
from drivers.emulators.atol.queue import Full, Known, Queue, Unknown
from drivers.emulators.atol.rules import RULES, rule_of
from drivers.emulators.atol.worker import Worker
from drivers.threads import InThread

BUSY_AFTER = 30.0
"""Seconds that an immediate query waits for the driver (SPEC, 408)."""
MAX_TASKS = 100
REASONS = {Error.NO_PAPER: "paperError", Error.COVER_OPENED: "paperError", Error.NO_CONNECTION: "connectionError"}
"""Why the queue stands; all else is an fnError."""


_OBJECT = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class HttpError(Exception):
    """An answer of this status with `{"error": {"code", "description"}}`."""

    def __init__(self, status: int, code: int, detail: str = "") -> None:
        super().__init__(describe(code, detail))
        self.status, self.code = status, code


class _Envelope(msgspec.Struct):
    uuid: str
    request: Raw
    callbacks: dict[str, str] = {}
    lock_uuid: str = msgspec.field(name="lockUuid", default="")


class Server:
    """`user` and `password` are asked for if `user` is not empty. `tasks` is where its work goes on."""

    def __init__(
        self,
        device: Device,
        queue: Queue,
        tasks: trio.Nursery,
        *,
        user: str = "",
        password: str = "",
        in_thread: InThread,
    ) -> None:
        self.device, self.queue, self._tasks = device, queue, tasks
        self.options = Options()
        self.worker = Worker(device, queue, self.options, in_thread)
        self._account = (user, password)

    def admit(self, user: str, password: str) -> None:
        """Raises HttpError 401."""
        if not self._account[0]:
            return
        right = [
            hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(self._account, (user, password), strict=True)
        ]
        if not all(right):
            raise HttpError(401, Error.UNAUTHORIZED)

    def start(self) -> None:
        self._tasks.start_soon(self.worker.run)

    async def take(self, body: bytes) -> Fields:
        """Stores the job; the answer to who sent it. Raises HttpError; OSError from the queue's file."""
        job = self._job(body)
        ahead = self.queue.waiting
        try:
            await self.queue.add(job)
        except Known:
            raise HttpError(409, Error.INVALID_PARAM, "uuid") from None
        except Full:
            raise HttpError(408, Error.SERVER_BUSY) from None
        return {"number": ahead, "uuid": job.uuid, **self._standing()}

    def take_later(self, body: bytes) -> None:
        """As if the network had kept it back for as long as was ordered."""
        self._tasks.start_soon(self._take_after, self.device.faults.late_ms / 1000, body)

    async def _take_after(self, seconds: float, body: bytes) -> None:
        await trio.sleep(seconds)
        with suppress(HttpError):  # nobody waits for the answer any more
            await self.take(body)

    def _job(self, body: bytes) -> Job:
        try:
            envelope = msgspec.json.decode(body, type=_Envelope)
            listed = bytes(envelope.request).startswith(b"[")
            tasks = msgspec.json.decode(envelope.request, type=list[Raw]) if listed else [envelope.request]
            kinds = [_OBJECT.decode(task) for task in tasks]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise HttpError(400, Error.RECEIPT_PARSE_ERROR, str(error)) from error
        if not envelope.uuid or not 0 < len(tasks) <= MAX_TASKS:
            raise HttpError(400, Error.RECEIPT_PARSE_ERROR, "uuid, request")
        if self.options.validate_requests_on_add:
            for kind in kinds:
                self._validate(kind)
        return new_job(envelope.uuid, self.device.now, [task.copy() for task in tasks])

    def _validate(self, fields: Fields) -> None:
        try:
            read(fields, rule_of(fields).part)
        except Refuse as refusal:
            raise HttpError(420, refusal.code, refusal.detail) from refusal

    def tell(self, uuid: str) -> Fields:
        """What became of a job. Raises HttpError 404."""
        try:
            return {"results": [outcome.shown() for outcome in self.queue.get(uuid).outcomes]}
        except Unknown:
            raise HttpError(404, Error.INVALID_PARAM, "uuid") from None

    async def cancel(self, uuid: str) -> None:
        """Takes a job back that has not begun. Raises HttpError 404, 409; OSError."""
        try:
            await self.queue.change(uuid, _canceled)
        except Unknown:
            raise HttpError(404, Error.INVALID_PARAM, "uuid") from None

    def queue_status(self) -> Fields:
        counted = self.queue.count()
        return {
            "number": self.queue.waiting,
            "ready": counted[Status.READY],
            "canceled": counted[Status.CANCELED],
            **self._standing(),
        }

    def _standing(self) -> Fields:
        found = self.queue.blocked
        if found is None:
            return {"isBlocked": False}
        job, outcome = found
        reason = REASONS.get(Error(outcome.code), "fnError")
        return {"isBlocked": True, "blockedUUID": job.uuid, "blockReason": reason}

    async def query(self, look: Callable[[Device], Fields]) -> Fields:
        """What the register tells at once, past the queue. Raises HttpError 408, 420."""
        if self.device.faults.spend("busy_next") or (self.queue.blocked and self.device.link_trouble):
            raise HttpError(408, Error.SERVER_BUSY)
        with trio.move_on_after(BUSY_AFTER):
            async with self.worker.driver:
                return self._look(look)
        raise HttpError(408, Error.SERVER_BUSY)

    def _look(self, look: Callable[[Device], Fields]) -> Fields:
        try:
            self.device.check_link()
            return look(self.device)
        except Refuse as refusal:
            raise HttpError(420, refusal.code) from refusal

    def set_options(self, options: Options) -> None:
        self.options = self.worker.options = options
        self.queue.retention = timedelta(minutes=options.delete_requests_after)

    async def behave(self, wanted: dict[str, object]) -> None:
        """Takes faults in. Raises msgspec.ValidationError, which names the wrong key."""
        async with self.worker.memory:
            self.device.behave(wanted)

    def befalls(self, fault: Counted, body: bytes) -> bool:
        """Whether that happens to the job in the body; then it happens once less in future."""
        return getattr(self.device.faults, fault) > 0 and _lasts(body) and self.device.faults.spend(fault)


def _lasts(body: bytes) -> bool:
    """Whether the job leaves an entry in the journal."""
    try:
        envelope = _OBJECT.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    tasks = envelope.get("request", [])
    found = [
        str(task.get("type")) for task in (tasks if isinstance(tasks, list) else [tasks]) if isinstance(task, dict)
    ]
    return any(kind in RULES and RULES[kind].lasts for kind in found)


def _canceled(job: Job) -> Job:
    if not job.untouched:
        raise HttpError(409, Error.INVALID_PARAM, "uuid")
    return job.canceled()
