"""What every answer gets on its way out: how it may be kept, whether it is new to its reader, and fewer bytes.

Answers that change something go out as they are: those of receipts are said again byte for byte.
"""

import gzip
import re
from hashlib import blake2b

from quart import Request, Response

from actors.facade.answering import takes_gzip

READS = frozenset({"GET", "HEAD"})
TEXTS = ("application/json", "text/")
TAGGED = frozenset({
    "/v1/kkt/receipts",
    "/v1/kkt/dlq",
    "/v1/kkt/devices",
    "/v1/kkt/handover",
    "/v1/kkt/buffer/status",
    "/v1/kkt/worker/status",
    "/v1/links",
    "/v1/links/<name>",
    "/v1/status/history",
    "/openapi.json",
})  # fmt: skip
"""Routes that are looked at again and again, and mostly find what they found before."""

WORTH_IT = 1024  # bytes; less fits into one packet anyway
LEVEL = 1  # the cheapest: lists of JSON shrink to a tenth by it
CLOCKWORK = re.compile(rb'"age_hours":[0-9.]+|"paused_for":[1-9][0-9]*|"(?:until|retry_at)":"[^"]*"')
"""What changes though nothing happens; the last two are reckoned anew each time, and differ by microseconds."""


async def finish(of: Request, answer: Response) -> None:
    if of.method not in READS:  # a sale among them: a header that is added costs a third of one that is looked for
        answer.headers.add("X-Content-Type-Options", "nosniff")
        answer.headers.add("Cache-Control", "no-store")
        return
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if answer.status_code == 200 and _is_ours(answer):
        await _shape(of, answer)
    answer.headers.setdefault("Cache-Control", "no-store")


def _is_ours(answer: Response) -> bool:
    """A text that is there as a whole; whoever says himself how it may be kept or packed has seen to it."""
    whole = isinstance(answer.response, answer.data_body_class)
    as_he_says = "ETag" in answer.headers or "Content-Encoding" in answer.headers
    return whole and not as_he_says and str(answer.mimetype).startswith(TEXTS)


async def _shape(of: Request, answer: Response) -> None:
    body = await answer.get_data(as_text=False)
    packs = False
    if len(body) >= WORTH_IT:
        answer.vary.add("Accept-Encoding")
        packs = takes_gzip(of)
    if of.url_rule is not None and of.url_rule.rule in TAGGED:
        tag, is_weak = tag_of(body, packs=packs)
        answer.set_etag(tag, is_weak)
        answer.headers["Cache-Control"] = "no-cache"
        if of.if_none_match.contains_weak(tag):
            _is_known(answer)
            return
    if packs:
        answer.set_data(gzip.compress(body, LEVEL, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"


def tag_of(body: bytes, *, packs: bool) -> tuple[str, bool]:
    """Equal for equal states, and whether it is weak: then bytes may differ by what the clock alone has changed."""
    lasting, changing = CLOCKWORK.subn(b"", body)
    digest = blake2b(lasting, digest_size=12).hexdigest()
    return f"{digest}-gzip" if packs else digest, changing > 0


def _is_known(answer: Response) -> None:
    answer.status_code = 304
    answer.set_data(b"")
    del answer.headers["Content-Length"], answer.headers["Content-Type"]
