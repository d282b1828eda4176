"""What every request passes before its handler: is it for us, who is it, how often, may it, is there room for it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import trio
from quart import Request, Websocket, g
from structlog.contextvars import bind_contextvars

from actors.facade.guard import check_origin
from actors.facade.problems import SAME_KEY, Problem
from actors.facade.reach import Reach
from protocols.calls import STREAM, Call, Rank, call_of
from protocols.principal import LOCAL, Principal

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
STOPPING = Problem(503, "STOPPING", f"The gateway is stopping. {SAME_KEY}", None, 5)


@dataclass(frozen=True, eq=False)
class Gate:
    """`stopping`: no new work is taken any more, on connections that are open already."""

    reach: Reach
    stopping: trio.Event

    @contextmanager
    def passage(self, of: Request | Websocket) -> Iterator[None]:
        """Lets the handler work inside of it. Raises Problem, NoRoom."""
        self.name(of)
        if self.stopping.is_set():
            raise STOPPING
        check_origin(of)
        g.principal = principal = LOCAL
        self._take_token(principal, of)
        call = _call_of(of)
        if call is not None and not call.who & principal.roles:
            raise Problem(403, "FORBIDDEN", f"This is for {_or(call)} only.", {"needs": sorted(call.who)})
        with self.reach.room.place(Rank.PLAIN if call is None else call.rank):
            yield

    def name(self, of: Request | Websocket) -> str:
        """Its id: as the client has named it, if that is a plain name, else a new one. Every line of the log has it."""
        if "request_id" not in g:
            named = of.headers.get("X-Request-Id", "")
            g.request_id = named if REQUEST_ID.fullmatch(named) else self.reach.new_id()
            bind_contextvars(request_id=g.request_id)
        return str(g.request_id)

    def _take_token(self, principal: Principal, of: Request | Websocket) -> None:
        """Where nobody says who he is, each address is somebody."""
        client = principal.name if principal is not LOCAL else f"at {_address(of)}"
        wait = self.reach.rates.take(client)
        if wait is not None:
            raise Problem(429, "RATE_LIMITED", f"Too many requests in a second. {SAME_KEY}", None, wait)


def _call_of(of: Request | Websocket) -> Call | None:
    """None where there is no such route, which the router is about to say. Raises Problem for one that is in no row."""
    if of.url_rule is None:
        return None
    call = call_of(STREAM if isinstance(of, Websocket) else of.method, of.url_rule.rule)
    if call is None:
        raise Problem(403, "FORBIDDEN", "Nobody may do this.")
    return call


def _or(call: Call) -> str:
    *most, last = sorted(call.who)
    return f"{', '.join(most)} or {last}" if most else last


def _address(of: Request | Websocket) -> str:
    client = of.scope.get("client")
    return str(client[0]) if client else "this computer"
