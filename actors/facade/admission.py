"""Who may come in, by whatever way: known, not too often, and only where it is their call."""

from dataclasses import dataclass

from actors.facade.problems import SAME_KEY, Problem
from actors.facade.reach import Reach
from protocols.calls import Call
from protocols.credentials import Credentials, NotIdentified
from protocols.principal import LOCAL, NOBODY, Principal

FILES = 250  # of pages, in a second: one is made of forty


@dataclass(frozen=True)
class Caller:
    """`unknown`: why it is NOBODY."""

    principal: Principal
    address: str
    unknown: NotIdentified | None = None


def stopping() -> Problem:
    return Problem(503, "STOPPING", f"The gateway is stopping. {SAME_KEY}", None, 5)


def caller_of(reach: Reach, credentials: Credentials, address: str) -> Caller:
    try:
        return Caller(reach.doorkeeper.identify(credentials), address)
    except NotIdentified as unknown:
        return Caller(NOBODY, address, unknown)


def admit(reach: Reach, caller: Caller, call: Call | None) -> None:
    """`call`: None where there is none, as is about to be said.

    Raises Problem: 401, 403, or 429, which those hear too who say wrongly who they are.
    """
    _take_token(reach, caller, is_page=call is not None and call.is_page)
    if call is not None and call.open:
        return
    if caller.unknown is not None:
        raise Problem(401, caller.unknown.code, caller.unknown.message)
    if call is not None and not call.who & caller.principal.roles:
        raise Problem(403, "FORBIDDEN", f"This is for {_or(call)} only.", {"needs": sorted(call.who)})


def _take_token(reach: Reach, caller: Caller, *, is_page: bool) -> None:
    """Where nobody says who he is, each address is somebody; all ways in take from the same tokens. Files of pages have
    their own: they must not cost a till its turn."""
    if is_page:
        wait = reach.rates.take(f"pages at {caller.address}", FILES)
    else:
        nameless = caller.principal is LOCAL or caller.principal is NOBODY
        wait = reach.rates.take(f"at {caller.address}" if nameless else f"by {caller.principal.name}")
    if wait is not None:
        raise Problem(429, "RATE_LIMITED", f"Too many requests in a second. {SAME_KEY}", None, wait)


def _or(call: Call) -> str:
    *most, last = sorted(call.who)
    return f"{', '.join(most)} or {last}" if most else last
