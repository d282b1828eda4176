"""Quart-Trio's websockets, made to tell the truth when they end."""

from collections.abc import Sequence
from typing import Any

import trio
from hypercorn.typing import ASGISendCallable
from quart.utils import encode_headers
from quart.wrappers import Response, Websocket
from quart_trio.asgi import TrioASGIWebsocketConnection
from werkzeug.wrappers import Response as WerkzeugResponse

from drivers.web.connection import SEND_TEXTS

NORMAL_CLOSURE = 1000  # RFC 6455, 7.4.1
INTERNAL_ERROR = 1011


async def send_texts(websocket: Websocket, texts: Sequence[bytes]) -> None:
    """Several messages in UTF-8, in one write where `serve` serves the application. The websocket must be accepted."""
    await trio.lowlevel.checkpoint()  # as in `send_data` below
    state: dict[str, Any] = dict(websocket.scope.get("state") or {})
    write = state.get(SEND_TEXTS)
    if write is not None:
        await write(texts)
        return
    for text in texts:
        await websocket.send(text.decode())


class GuardedWebsocket(TrioASGIWebsocketConnection):
    """One websocket: its handler's failure closes it with 1011, and its sends always let others run."""

    async def send_data(self, send: ASGISendCallable, data: str | bytes) -> None:
        # To a peer that has gone Hypercorn's send returns at once: a handler's loop would freeze the whole process.
        await trio.lowlevel.checkpoint()
        await super().send_data(send, data)

    async def handle_websocket(  # type: ignore[override]  # Quart-Trio's own signature differs from Quart's
        self, nursery: trio.Nursery, websocket: Websocket, send: ASGISendCallable
    ) -> None:
        """As Quart's, which closes with 1000 however the handler ended.

        A handler that ends well returns nothing; Quart makes an answer of whatever it raises.
        """
        answer = await self.app.handle_websocket(websocket)
        if not self._accepted:
            await self._reject(send, answer)
        elif not self._closed:
            code = NORMAL_CLOSURE if answer is None else INTERNAL_ERROR
            await send({"type": "websocket.close", "code": code, "reason": ""})
        nursery.cancel_scope.cancel()

    async def _reject(self, send: Any, answer: Response | WerkzeugResponse | None) -> None:
        """Answers the handshake in plain HTTP; with 403 if the handler just left."""
        if answer is None:
            await send({"type": "websocket.close", "code": NORMAL_CLOSURE, "reason": ""})
            return
        data = answer.get_data(as_text=False)
        body = data if isinstance(data, bytes) else await data
        headers = encode_headers(answer.headers)
        await send({"type": "websocket.http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
