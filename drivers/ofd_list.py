"""The list that an emulated OFD shows of what it took."""

from typing import Annotated

import httpx
import msgspec
from msgspec import Meta

from drivers.errors import LinkLost
from protocols.audit.witnesses import OfdEntry, OfdList

WITHIN = 30.0  # seconds: a full list is a few megabytes


class _Taken(msgspec.Struct):
    fn: str
    fd: Annotated[str, Meta(pattern="^[0-9]{1,10}$")]
    fp: str


class _Listed(msgspec.Struct):
    receipts: list[_Taken]
    total: int


async def read_list(url: str) -> OfdList:
    """Oldest first. Raises LinkLost, also for an answer that is no such list."""
    try:
        async with httpx.AsyncClient(timeout=WITHIN, trust_env=False) as client:
            answer = await client.get(f"{url.rstrip('/')}/ofd/v1/_test/receipts")
        listed = msgspec.json.decode(answer.content, type=_Listed)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LinkLost(str(error) or type(error).__name__) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LinkLost(f"answer {answer.status_code} is no list of receipts: {error}") from error
    entries = tuple(OfdEntry(taken.fn, int(taken.fd), taken.fp) for taken in listed.receipts)
    return OfdList(entries, whole=len(entries) == listed.total)
