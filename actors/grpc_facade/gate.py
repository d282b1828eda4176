"""What every gRPC call passes before its handler, in the order of HTTP: who is it, how often, may it, is there room."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import trio

from actors.facade.admission import Caller, admit, caller_of, stopping
from actors.facade.audit import Visitor
from actors.facade.gate import NO_ROUTE, REQUEST_ID
from actors.facade.problems import LONGEST_PATH, Problem
from actors.facade.reach import Reach
from drivers.grpc import Call
from protocols.calls import RPC, call_of
from protocols.credentials import Credentials
from protocols.principal import Principal


@dataclass(frozen=True, eq=False)
class Gate:
    """`stopping`: no new work is taken any more, on connections that are open already."""

    reach: Reach
    stopping: trio.Event

    @contextmanager
    def passage(self, call: Call, request_id: str) -> Iterator[Principal]:
        """Lets the handler work inside of it, for whoever it is. Raises Problem, NoRoom."""
        if self.stopping.is_set():
            raise stopping()
        row = call_of(RPC, call.path)
        caller = _caller(self.reach, call)
        try:
            admit(self.reach, caller, row)
        except Problem as refusal:
            asked = NO_ROUTE if row is None else f"{RPC} {row.path}"
            named = f"{RPC} {call.path[:LONGEST_PATH]}"
            visitor = Visitor(caller.principal.name, caller.address, asked, named, request_id)
            self.reach.audit.refused(visitor, refusal.status, refusal.code)
            raise
        if row is None:
            raise Problem(501, "UNKNOWN_METHOD", "There is no such call; see fiscal_gateway.proto.")
        with self.reach.room.place(row.rank):
            yield caller.principal

    def name(self, call: Call) -> str:
        """The id of a call: as the client has named it, if that is a plain name, else a new one."""
        named = call.metadata.get("x-request-id", "")
        return named if REQUEST_ID.fullmatch(named) else self.reach.new_id()


def _caller(reach: Reach, call: Call) -> Caller:
    credentials = Credentials(call.metadata.get("authorization"), call.peer.certificate)
    return caller_of(reach, credentials, call.peer.address[0] if call.peer.address else "this computer")
