"""Whoever is told of alerts over HTTP: one POST of JSON an event, to an address that the shop chose."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Protocol, Self

import httpx

from drivers.errors import LinkError, Refusal
from drivers.http_link import TOO_MANY, HttpLink
from protocols.jsontext import dumps

NOT_ABOUT_THE_EVENT = frozenset({401, 403, 404, 408, 425, 429})
"""Client errors that speak of the key, the address or the moment, and may be put right."""


class WebhookUnreachable(LinkError):
    """Not taken, as far as is known; the same event may be sent again. The message is the reason."""


class WebhookRefused(Refusal):
    """An answer about this very event, which is never going to be taken. The message is the reason."""


class Webhook(Protocol):
    """Who hears of alerts."""

    async def post(self, event_id: str, event: Mapping[str, object]) -> None:
        """Raises WebhookUnreachable, WebhookRefused. An event that is sent again has the same `event_id`."""


class WebhookClient:
    """A receiver at `url`, used as a context manager. `timeout` in seconds is for a whole call, if anything is.

    `X-Kassir-Event-Id` names the event, so that a receiver can drop what it has. With a `secret`,
    `X-Kassir-Signature` is `sha256=` and the HMAC-SHA256 of the body in hex (RFC 2104).
    """

    def __init__(
        self, url: str, secret: str, timeout: float | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url, self._secret = url, secret.encode()
        self._link = HttpLink(url, timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._link.__aexit__(*exc)

    async def post(self, event_id: str, event: Mapping[str, object]) -> None:
        """See Webhook."""
        body = {"id": event_id, **event}
        headers = {"X-Kassir-Event-Id": event_id, **self._signed(dumps(body))}
        try:
            # the whole address each time: as a base, httpx would put a slash behind it
            reply = await self._link.post(self._url, body, headers=headers)
        except LinkError as error:
            raise WebhookUnreachable(str(error)) from error
        if 200 <= reply.status < 300:
            return
        if 400 <= reply.status < 500 and reply.status not in NOT_ABOUT_THE_EVENT:
            raise WebhookRefused(f"answer {reply.status}")
        raise WebhookUnreachable(f"answer {reply.status}", pause=reply.pause, blames_link=reply.status != TOO_MANY)

    def _signed(self, body: bytes) -> dict[str, str]:
        if not self._secret:
            return {}
        return {"X-Kassir-Signature": "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()}
