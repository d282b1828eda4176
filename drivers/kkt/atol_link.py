"""One web server of АТОЛ over HTTP: its queue of jobs and its immediate queries, in the port's errors.

What a status says, by the vendor's description (OpenAPI of Web Requests 1.0.4.0): 401 the user is not let in, 403 and
404 there is no such register, 408 the driver is busy, 420 the driver refused; nothing of those was begun.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec

from drivers.errors import LinkLost, LinkSilent
from drivers.http_link import HttpLink, Malformed, Reply
from drivers.kkt.port import RegisterRefused
from protocols.atol.documents import Unreadable
from protocols.atol.errors import MOST_SAID, UNAUTHORISED, Class, Meaning, meaning_of
from protocols.atol.results import Answer, JobResult, QueueStatus, Refusal, TaskResult
from protocols.atol.tasks import Task

T = TypeVar("T")

BUSY = 408
PLAIN_WORDS = {
    401: (
        "Веб-сервер АТОЛ не принял имя или пароль",
        "Проверьте user и password этой кассы в config.toml; так же сервер отказывает, если адрес клиента или ККТ "
        "менялись чаще раза в сутки.",
    ),
    403: ("ККТ не активирована на веб-сервере АТОЛ", "Активируйте её в настройках веб-сервера."),
    404: ("На веб-сервере АТОЛ нет ККТ по умолчанию", "Выберите её в настройках веб-сервера."),
    BUSY: ("Веб-сервер АТОЛ занят: драйвер ККТ не освободился за 30 секунд", "Повторится само."),
}
"""What happened, and what to do."""
NOTHING_BEGUN = frozenset({400, 401, 403, 404, 405, 408, 413, 415, 420, 422, 429})
"""Refusals of a request as a whole."""
LATER = frozenset({401, 403, 404, 408, 429})
"""Those that lie in the server's state and not in what it was asked."""


@dataclass
class AtolLink:
    """`url` of the server without the interface's path. `timeout`: seconds for one call.

    Basic authentication; neither the name nor the password is ever part of an error.
    """

    url: str
    user: str
    password: str = field(repr=False)
    timeout: float
    transport: httpx.AsyncBaseTransport | None = None
    _http: HttpLink | None = field(default=None, init=False, repr=False)
    _open: AsyncExitStack = field(default_factory=AsyncExitStack, init=False, repr=False)

    async def open(self) -> None:
        await self.close()
        secret = b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}"} if self.user else None
        link = HttpLink(
            f"{self.url.rstrip('/')}/api/v2/", timeout=self.timeout, headers=headers, transport=self.transport
        )
        self._http = await self._open.enter_async_context(link)

    async def close(self) -> None:
        self._http = None
        await self._open.aclose()

    async def ask(self, query: str) -> Answer:
        """The answer to an immediate query, which goes past the queue. Raises RegisterRefused, LinkError."""
        return _read(await self._link.post(f"operations/{query}", {}), Answer)

    async def queue(self) -> QueueStatus:
        """Raises RegisterRefused, LinkError."""
        return _read(await self._link.get("getRequestsQueueStatus"), QueueStatus)

    async def post(self, uuid: str, task: Task) -> None:
        """The queue has the job, from now or from before. Raises RegisterRefused: it has not; LinkError: in doubt."""
        reply = await self._link.post("requests", {"uuid": uuid, "request": [task]})
        if reply.status in NOTHING_BEGUN:
            raise _refused(reply)
        if reply.status not in (200, 201, 409):
            raise LinkLost(f"the server answered {reply.status} to a job")

    async def result(self, uuid: str) -> TaskResult | None:
        """How the job's one task stands; None where the queue does not know it. Raises RegisterRefused, LinkError."""
        reply = await self._link.get(f"requests/{uuid}")
        if reply.status == 404:
            return None
        results: Sequence[TaskResult] = _read(reply, JobResult).results
        if len(results) != 1:
            raise LinkLost(f"the server answered {len(results)} results to one task")
        return results[0]

    async def take_back(self, uuid: str) -> bool:
        """Whether the job was taken out before it began, and so never will. Raises LinkError."""
        return (await self._link.delete(f"requests/{uuid}")).status == 200

    @property
    def _link(self) -> HttpLink:
        if self._http is None:
            raise LinkLost("the link is closed")
        return self._http


def decode(result: msgspec.Raw, kind: type[T]) -> T:
    """A task's result. Raises Unreadable."""
    try:
        return msgspec.json.decode(result, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error


@contextmanager
def done(what: str) -> Iterator[None]:
    """The register has done it: what cannot be told of it takes nothing back, but leaves it in doubt."""
    try:
        yield
    except (RegisterRefused, Unreadable) as error:
        raise LinkLost(f"the register did {what} and does not tell of it: {error}") from error


@contextmanager
def readable() -> Iterator[None]:
    """Nothing was done: an answer that makes no sense is as good as a "no", and a person has to see it some day."""
    try:
        yield
    except Unreadable as error:
        raise RegisterRefused(0, f"ответ веб-сервера АТОЛ не разобран: {error}") from error


def refusal(meaning: Meaning) -> RegisterRefused:
    """АТОЛ counts its errors in decimal numbers."""
    return RegisterRefused(
        meaning.code, meaning.text, passing=meaning.passing, advice=meaning.advice, spelled=str(meaning.code)
    )


def words(meaning: Meaning) -> str:
    """Of an error that leaves a doubt, for the log."""
    return f"{meaning.text} (код {meaning.code} {meaning.name})"


def _read(reply: Reply, kind: type[T]) -> T:
    if reply.status == BUSY:  # the driver has lost the register and looks for it, as a rule
        raise LinkSilent(PLAIN_WORDS[BUSY][0])
    if reply.status in NOTHING_BEGUN:
        raise _refused(reply)
    if reply.status != 200:
        raise LinkLost(f"the server answered {reply.status}")
    try:
        return reply.read(kind)
    except Malformed as error:
        raise LinkLost(str(error)) from error


def _refused(reply: Reply) -> RegisterRefused | LinkLost:
    try:
        fault = reply.read(Refusal).fault
    except Malformed:
        fault = Refusal().fault
    if reply.status in PLAIN_WORDS:
        code = fault.code or (UNAUTHORISED if reply.status == 401 else reply.status)
        text, advice = PLAIN_WORDS[reply.status]
        return RegisterRefused(code, text, passing=reply.status in LATER, advice=advice, spelled=str(code))
    if not fault.code:
        said = fault.description[:MOST_SAID]
        return RegisterRefused(
            reply.status, f"Веб-сервер АТОЛ не понял запроса. {said}".strip(), spelled=f"HTTP {reply.status}"
        )
    meaning = meaning_of(fault.code, fault.description)
    return LinkLost(words(meaning)) if meaning.kind is Class.LINK else refusal(meaning)
