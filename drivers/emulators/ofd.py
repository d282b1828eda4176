"""An OFD (оператор фискальных данных) to practise with: takes receipts over HTTP and shows what it took.

| call | does |
| --- | --- |
| `POST /ofd/v1/receipt` | takes a receipt: any JSON object with `fn`, `fd`, `fp` |
| `GET /ofd/v1/health` | how it stands; 503 while it is down |
| `GET /ofd/v1/_test/receipts?after=` | what it took, oldest first, behind that number |
| `GET /ofd/v1/_test/documents?after=` | the same of documents that fiscal drives sent it (`ofd_session.py`) |

and the control calls of `drivers/emulators/control.py`. Sent again, a receipt is known by `fn`, `fd` and `fp`: it gets
the same answer with `duplicate`, and is not listed twice.
"""

from collections import OrderedDict, deque
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from quart import Response, request
from quart_trio import QuartTrio

from drivers.clock import Now, utc_now
from drivers.emulators import control
from drivers.emulators.behaviour import Behaviour, Conduct, Count, Fate
from drivers.emulators.control import MAX_BODY, Refused, answer, make_control, meet
from drivers.emulators.ofd_documents import Documents
from drivers.web import hang_up, read_body

LISTED = 5_000
"""So many of the newest receipts can be listed; a thousand of them are about a megabyte."""
REMEMBERED = 20_000
"""So many of the newest receipts are known when they come again."""

Number = Annotated[str, Meta(min_length=1, max_length=32)] | int


class OfdBehaviour(Behaviour, kw_only=True, forbid_unknown_fields=True):
    """What this service can be told besides."""

    refuse_next: Count = 0
    """So many receipts are refused, 422; documents with code 14."""
    drop_answer_every: Count = 0
    """At each Nth call the receipt is taken and the connection cut, without an answer; 0: at none."""


class Sent(msgspec.Struct):
    """What must be in a receipt. The rest is kept as it came."""

    fn: Number
    fd: Number
    fp: Number

    @property
    def identity(self) -> tuple[str, str, str]:
        return str(self.fn), str(self.fd), str(self.fp)


class Taken(msgspec.Struct):
    """One receipt as listed; `number` counts from 1, `receipt` is all that came."""

    number: int
    ofd_id: str
    received_at: datetime
    fn: str
    fd: str
    fp: str
    receipt: msgspec.Raw


class EmulatedOfd:
    """What the OFD knows. `listed`: how many of the newest receipts it can show."""

    def __init__(self, now: Now = utc_now, *, listed: int = LISTED) -> None:
        self._now, self._most = now, listed
        self.conduct = Conduct(OfdBehaviour())
        self.reset()

    def reset(self) -> None:
        self.conduct.reset()
        self.taken, self.duplicates = 0, 0
        self.documents = Documents(self._now, self._most)
        self._listed: deque[Taken] = deque(maxlen=self._most)
        self._known: OrderedDict[tuple[str, str, str], int] = OrderedDict()

    def take(self, body: bytes) -> dict[str, Any]:
        """The answer to a receipt. Raises msgspec.DecodeError, also for what is not a receipt."""
        identity = msgspec.json.decode(body, type=Sent).identity
        number, duplicate = self._known.get(identity), True
        if number is None:
            number, duplicate = self._keep(identity, body), False
        self.duplicates += duplicate
        return {
            "status": "accepted",
            "ofd_id": _ofd_id(number),
            "timestamp": int(self._now().timestamp()),
            "duplicate": duplicate,
        }

    def _keep(self, identity: tuple[str, str, str], body: bytes) -> int:
        self.taken += 1
        self._known[identity] = self.taken
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        self._listed.append(Taken(self.taken, _ofd_id(self.taken), self._now(), *identity, msgspec.Raw(body)))
        return self.taken

    def listed(self, after: int) -> list[Taken]:
        return [taken for taken in self._listed if taken.number > after]


def make_app(ofd: EmulatedOfd | None = None) -> QuartTrio:
    """The HTTP side of `ofd`, or of a new one."""
    ofd = EmulatedOfd() if ofd is None else ofd
    app = make_control("ofd", ofd)

    @app.post("/ofd/v1/receipt")
    async def receipt() -> Response:
        body = await read_body(request, MAX_BODY)
        fate = await meet(ofd.conduct)
        if fate is Fate.REFUSE:
            identity = "/".join(msgspec.json.decode(body, type=Sent).identity)
            raise Refused(422, "RECEIPT_REFUSED", f"The receipt {identity} is refused, by order of a test.")
        accepted = ofd.take(body)
        if fate is Fate.DROP:
            await hang_up(request)
        return answer(accepted)

    @app.get("/ofd/v1/health")
    async def health() -> Response:
        return control.health(ofd.conduct, receipts_received=ofd.taken, duplicates=ofd.duplicates)

    @app.get("/ofd/v1/_test/receipts")
    async def receipts() -> Response:
        after = request.args.get("after", default=0, type=int)
        return answer({"receipts": ofd.listed(after), "total": ofd.taken, "duplicates": ofd.duplicates})

    @app.get("/ofd/v1/_test/documents")
    async def documents() -> Response:
        after, known = request.args.get("after", default=0, type=int), ofd.documents
        return answer({"documents": known.listed(after), "total": known.taken, "duplicates": known.duplicates})

    return app


def _ofd_id(number: int) -> str:
    return f"OFD-{number:06}"
