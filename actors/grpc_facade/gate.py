"""What every gRPC call passes before its handler: who is it, how often, may it, is there room for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import trio

from actors.facade.gate import REQUEST_ID, STOPPING
from actors.facade.problems import SAME_KEY, Problem
from actors.facade.reach import Reach
from drivers.grpc import Call
from protocols.calls import RPC, call_of
from protocols.calls import Call as Row
from protocols.credentials import Credentials, NotIdentified
from protocols.principal import LOCAL, Principal


@dataclass(frozen=True, eq=False)
class Gate:
    """`stopping`: no new work is taken any more, on connections that are open already."""

    reach: Reach
    stopping: trio.Event

    @contextmanager
    def passage(self, call: Call) -> Iterator[Principal]:
        """Lets the handler work inside of it, for whoever it is. Raises Problem, NoRoom."""
        if self.stopping.is_set():
            raise STOPPING
        row = call_of(RPC, call.path)
        principal = self._identify(call, row)
        self._take_token(call, principal)
        if row is None:
            raise Problem(501, "UNKNOWN_METHOD", "There is no such call; see fiscal_gateway.proto.")
        if not row.open and not row.who & principal.roles:
            raise Problem(403, "FORBIDDEN", "This call is for others.", {"needs": sorted(row.who)})
        with self.reach.room.place(row.rank):
            yield principal

    def name(self, call: Call) -> str:
        """The id of a call: as the client has named it, if that is a plain name, else a new one."""
        named = call.metadata.get("x-request-id", "")
        return named if REQUEST_ID.fullmatch(named) else self.reach.new_id()

    def _identify(self, call: Call, row: Row | None) -> Principal:
        credentials = Credentials(call.metadata.get("authorization"), call.peer.certificate)
        try:
            return self.reach.doorkeeper.identify(credentials)
        except NotIdentified as unknown:
            raise Problem(401, unknown.code, unknown.message) from unknown

    def _take_token(self, call: Call, principal: Principal) -> None:
        """Where nobody says who he is, each address is somebody; it has the same tokens for HTTP and gRPC."""
        address = call.peer.address
        client = f"at {address[0] if address else 'this computer'}" if principal is LOCAL else principal.name
        wait = self.reach.rates.take(client)
        if wait is not None:
            raise Problem(429, "RATE_LIMITED", f"Too many requests in a second. {SAME_KEY}", None, wait)
