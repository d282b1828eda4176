"""The lists that an emulated OFD shows of what it took: receipts over HTTP, documents from fiscal drives."""

from datetime import datetime
from typing import Annotated, TypeVar

import httpx
import msgspec
from msgspec import Meta

from drivers.errors import LinkLost
from protocols.audit.witnesses import OfdEntry, OfdList

WITHIN = 30.0  # seconds: a full list is a few megabytes
RECEIPTS = frozenset({3, 4, 31, 41})  # among a drive's documents: receipts and corrections

T = TypeVar("T")


class _Taken(msgspec.Struct):
    received_at: datetime
    fn: str
    fd: Annotated[str, Meta(pattern="^[0-9]{1,10}$")]
    fp: str


class _Receipts(msgspec.Struct):
    receipts: list[_Taken]
    total: int


class _Document(msgspec.Struct):
    received_at: datetime
    fn: str
    fd: int
    fp: str
    kind: int


class _Documents(msgspec.Struct):
    documents: list[_Document]
    total: int


async def read_list(url: str) -> OfdList:
    """Receipts and corrections, oldest first, however they came. Raises LinkLost, also for what is no such list.

    One that came both ways, since the way to the OFD was changed, is listed as a receipt.
    """
    base = f"{url.rstrip('/')}/ofd/v1/_test"
    receipts, sent = await _read(f"{base}/receipts", _Receipts), await _read(f"{base}/documents", _Documents)
    by_http = [(each.received_at, OfdEntry(each.fn, int(each.fd), each.fp)) for each in receipts.receipts]
    known = {entry.numbers for _, entry in by_http}
    by_drive = [(each.received_at, OfdEntry(each.fn, each.fd, each.fp)) for each in sent.documents if _is_receipt(each)]
    entries = by_http + [(at, entry) for at, entry in by_drive if entry.numbers not in known]
    whole = len(receipts.receipts) == receipts.total and len(sent.documents) == sent.total
    return OfdList(tuple(entry for _, entry in sorted(entries, key=lambda each: each[0])), whole=whole)


async def _read(url: str, kind: type[T]) -> T:
    try:
        async with httpx.AsyncClient(timeout=WITHIN, trust_env=False) as client:
            answer = await client.get(url)
        return msgspec.json.decode(answer.content, type=kind)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LinkLost(str(error) or type(error).__name__) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LinkLost(f"answer {answer.status_code} is no list of receipts: {error}") from error


def _is_receipt(document: _Document) -> bool:
    return document.kind in RECEIPTS
