"""The OFD over HTTP: `POST /ofd/v1/receipt`, one receipt a call."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, Self

import httpx
import msgspec
from msgspec import Meta

from drivers.errors import LinkError, Refusal
from drivers.http_link import MAX_REASON, TOO_MANY, HttpLink, Malformed, Reply

NOT_ABOUT_THE_RECEIPT = frozenset({401, 403, 404, 408, 425, 429})
"""Client errors that speak of the key, the address or the moment."""


@dataclass(frozen=True)
class Accepted:
    """The OFD has the receipt, under this id."""

    ofd_id: str


class OfdRefused(Refusal):
    """An answer about this very receipt, which is not "accepted"; the message is the reason."""


class OfdUnreachable(LinkError):
    """No answer about the receipt; the OFD may have it all the same. The message is the reason."""


class Ofd(Protocol):
    """What delivers receipts."""

    async def deliver(self, delivery: Mapping[str, object]) -> Accepted:
        """Raises OfdRefused, OfdUnreachable. A receipt may be delivered again: the OFD knows it by its numbers."""


class OfdClient:
    """An OFD at `api_url`, used as a context manager. `timeout` in seconds is for a whole delivery, if anything is."""

    def __init__(
        self,
        api_url: str,
        api_key: str,
        timeout: float | None = None,
        *,
        verify_ssl: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Raises ValueError for a key that cannot stand in a header (RFC 6750, 2.1); the message does not show it."""
        if not re.fullmatch(r"[!-~]*", api_key):
            raise ValueError("the OFD's API key has characters other than printable ASCII")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else None
        self._key: Callable[[], str] = lambda: api_key  # not as it is: whatever shows this client would show it
        self._link = HttpLink(api_url, timeout=timeout, headers=headers, verify_ssl=verify_ssl, transport=transport)

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._link.__aexit__(*exc)

    async def deliver(self, delivery: Mapping[str, object]) -> Accepted:
        """See Ofd."""
        try:
            reply = await self._link.post("/ofd/v1/receipt", delivery)
        except LinkError as error:
            raise OfdUnreachable(str(error)) from error
        unsaid = [str(text) for text in (self._key(), delivery.get("customer_contact")) if text]
        return _verdict(reply, unsaid)


class _Answer(msgspec.Struct):
    status: Literal["accepted"]
    ofd_id: Annotated[str, Meta(min_length=1, max_length=128)]


class _Complaint(msgspec.Struct):
    """What an error may carry; names as in the gateway's own error model, and `error` as plainer operators have it."""

    code: str = ""
    message: str = ""
    error: str = ""


def _verdict(reply: Reply, unsaid: Sequence[str]) -> Accepted:
    """`unsaid`: our key and the buyer's contact, which have no place in a log though the OFD repeats them."""
    if 200 <= reply.status < 300:
        try:
            return Accepted(reply.read(_Answer).ofd_id)
        except Malformed as error:
            raise OfdRefused(_without(unsaid, str(error))) from error
    if 400 <= reply.status < 500 and reply.status not in NOT_ABOUT_THE_RECEIPT:
        raise OfdRefused(_without(unsaid, _reason(reply)))
    raise OfdUnreachable(_without(unsaid, _reason(reply)), pause=reply.pause, blames_link=reply.status != TOO_MANY)


def _reason(reply: Reply) -> str:
    try:
        said = reply.read(_Complaint)
    except Malformed:
        said = _Complaint()
    words = ": ".join(word for word in (said.code, said.message or said.error) if word)
    return f"answer {reply.status} {words}".strip()


def _without(unsaid: Sequence[str], reason: str) -> str:
    for text in unsaid:
        reason = reason.replace(text, "***")
    return reason[:MAX_REASON]
