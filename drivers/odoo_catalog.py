"""The head office's (Odoo's) list of products over HTTP, page by page: all that is worth keeping, or what changed."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Protocol, Self
from urllib.parse import urlencode

import httpx
import msgspec
from msgspec import Meta

from drivers.errors import LinkError, Refusal
from drivers.http_link import TOO_MANY, HttpLink, Malformed
from protocols.catalog import Code, Product

PAGE = 200  # products at once; of the longest names they are half of what an answer may have


class CatalogUnreachable(LinkError):
    """The list was not answered; the message is the reason."""


class CatalogRefused(Refusal):
    """An answer came and is no list of products; the message is the reason. The link is well."""


@dataclass(frozen=True)
class Wanted:
    """Which page. `cursor` as the page before told it, None for the first of the list in full; `keep`: how many
    products will be kept, those sold or changed last."""

    cursor: str | None
    keep: int


class Page(msgspec.Struct, frozen=True):
    """`full`: with it the list in full begins, for there was no cursor, or it is not known to the head office any more;
    what came before does not count. `gone`: SKUs that are not sold any more. `more`: another page is behind `cursor`.
    """

    products: Annotated[tuple[Product, ...], Meta(max_length=PAGE)]
    full: bool
    cursor: Annotated[str, Meta(min_length=1, max_length=256)]
    more: bool
    gone: Annotated[tuple[Code, ...], Meta(max_length=PAGE)] = ()


class OdooCatalog(Protocol):
    """What has products to list."""

    async def page(self, wanted: Wanted) -> Page:
        """Raises CatalogUnreachable, CatalogRefused. Does no harm if it is done twice."""


class OdooCatalogClient:
    """The list of an Odoo at `url`, used as a context manager. `timeout` in seconds is for a page, if anything is."""

    def __init__(
        self, url: str, timeout: float | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._link = HttpLink(url, timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._link.__aexit__(*exc)

    async def page(self, wanted: Wanted) -> Page:
        """See OdooCatalog."""
        asked = {"limit": PAGE, "keep": wanted.keep} | ({} if wanted.cursor is None else {"cursor": wanted.cursor})
        try:
            reply = await self._link.get(f"/odoo/v1/products?{urlencode(asked)}")
        except LinkError as error:
            raise CatalogUnreachable(str(error)) from error
        if reply.status == TOO_MANY or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise CatalogUnreachable(f"answer {reply.status}", pause=reply.pause, blames_link=reply.status != TOO_MANY)
        if reply.status != HTTPStatus.OK:
            raise CatalogRefused(f"answer {reply.status}")
        try:
            return reply.read(Page)
        except Malformed as error:
            raise CatalogRefused(str(error)) from error
