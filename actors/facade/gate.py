"""What every request passes before its handler: is it for us, who is it, how often, may it, is there room for it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import trio
from quart import Request, Websocket, g
from structlog.contextvars import bind_contextvars

from actors.facade.admission import admit, caller_of, stopping
from actors.facade.audit import Visit, Visitor
from actors.facade.credentials import credentials_of
from actors.facade.guard import check_origin
from actors.facade.problems import LONGEST_PATH, Problem, problem_of
from actors.facade.reach import Reach
from protocols.calls import STREAM, Call, Rank, call_of
from protocols.principal import NOBODY, Principal

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NO_ROUTE = "no such call"


@dataclass(frozen=True, eq=False)
class Gate:
    """`stopping`: no new work is taken any more, on connections that are open already."""

    reach: Reach
    stopping: trio.Event

    @contextmanager
    def passage(self, of: Request | Websocket) -> Iterator[Visit]:
        """Lets the handler of `g.principal` work inside of it. Raises Problem, NoRoom."""
        self.name(of)
        if self.stopping.is_set():
            raise stopping()
        g.principal = NOBODY
        try:
            call = self._admit(of)
        except Problem as refusal:
            self.reach.audit.refused(self._visitor(of), refusal.status, refusal.code)
            raise
        with self.reach.room.place(Rank.PLAIN if call is None else call.rank), self._witnessed(call, of) as visit:
            yield visit

    def name(self, of: Request | Websocket) -> str:
        """Its id: as the client has named it, if that is a plain name, else a new one. Every line of the log has it."""
        if "request_id" not in g:
            named = of.headers.get("X-Request-Id", "")
            g.request_id = named if REQUEST_ID.fullmatch(named) else self.reach.new_id()
            bind_contextvars(request_id=g.request_id)
        return str(g.request_id)

    def lasts(self, principal: Principal) -> float:
        """Seconds until they must say anew who they are."""
        return principal.lasts(self.reach.now())

    def _admit(self, of: Request | Websocket) -> Call | None:
        """The row of what is called; None where there is no such route, which the router is about to say.

        Raises Problem.
        """
        check_origin(of, self.reach.hosts, self.reach.origins)
        call = _call_of(of)
        caller = caller_of(self.reach, credentials_of(of), _address(of))
        g.principal = caller.principal
        admit(self.reach, caller, call)
        return call

    @contextmanager
    def _witnessed(self, call: Call | None, of: Request | Websocket) -> Iterator[Visit]:
        if call is None or not call.audited:
            yield Visit()
            return
        with self.reach.audit.witnessed(self._visitor(of)) as visit:
            try:
                yield visit
            except Exception as error:
                visit.outcome = problem_of(error).status
                raise

    def _visitor(self, of: Request | Websocket) -> Visitor:
        method = STREAM if isinstance(of, Websocket) else of.method
        asked = f"{method} {of.url_rule.rule}" if of.url_rule is not None else NO_ROUTE
        return Visitor(g.principal.name, _address(of), asked, f"{method} {of.path[:LONGEST_PATH]}", self.name(of))


def _call_of(of: Request | Websocket) -> Call | None:
    """Raises Problem for a route that is in no row."""
    if of.url_rule is None:
        return None
    call = call_of(STREAM if isinstance(of, Websocket) else of.method, of.url_rule.rule)
    if call is None:
        raise Problem(403, "FORBIDDEN", "Nobody may do this.")
    return call


def _address(of: Request | Websocket) -> str:
    client = of.scope.get("client")
    return str(client[0]) if client else "this computer"
