"""Reading a request's body without letting it grow beyond what the handler can use."""

import trio
from quart import Request
from werkzeug.exceptions import RequestEntityTooLarge


class BodyTooLarge(Exception):
    """The body is over the limit, `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is over {limit} bytes")
        self.limit = limit


class BodyTooSlow(Exception):
    """The body was not complete after `within` seconds."""

    def __init__(self, within: float) -> None:
        super().__init__(f"the body was not complete after {within} s")
        self.within = within


async def read_body(request: Request, limit: int, *, within: float = 30.0) -> bytes:
    """The whole body, at most `limit` bytes. Raises BodyTooLarge, BodyTooSlow.

    BodyTooLarge comes as soon as it is certain; the handler should answer at once. What the client is still sending
    is then read and dropped by the connection (see Connection), so the client does get to read that answer.
    """
    if (request.content_length or 0) > limit:
        raise BodyTooLarge(limit)
    body = bytearray()
    try:
        with trio.fail_after(within):
            async for chunk in request.body:
                body += chunk
                if len(body) > limit:
                    raise BodyTooLarge(limit)
    except RequestEntityTooLarge:  # over Limits.body_size, Quart keeps no more
        raise BodyTooLarge(limit) from None
    except trio.TooSlowError:
        raise BodyTooSlow(within) from None
    return bytes(body)
