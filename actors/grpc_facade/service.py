"""kassir.v1.FiscalGateway: each call as the same thing done over HTTP, told as messages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
import trio
from structlog.contextvars import bound_contextvars

from actors.facade.admission import stopping
from actors.facade.condition import buffer_condition, gateway_condition
from actors.facade.lives import described, look
from actors.facade.placing import key_of, receipt_of, settle
from actors.facade.problems import LONGEST_PATH, Problem, hold_back, log_refusal, problem_of
from actors.facade.reach import Reach
from actors.grpc_facade.gate import Gate
from actors.grpc_facade.watching import follow
from drivers.grpc import Call, Ending
from protocols import answers as http
from protocols.api import BadRequest
from protocols.calls import GRPC
from protocols.grpc import answers
from protocols.grpc.bodies import body, parse
from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.grpc.statuses import code_of, short, trailers
from protocols.principal import Principal

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class FiscalGateway:
    """Answers calls. Whatever goes wrong is the ending of its call."""

    reach: Reach
    gate: Gate

    async def answer(self, call: Call) -> Ending:
        request_id = self.gate.name(call)
        named = ("x-request-id", request_id)
        with bound_contextvars(request_id=request_id):
            try:
                with self.gate.passage(call, request_id) as principal:
                    await METHODS[call.path](self, call, principal)
            except Exception as error:
                problem = problem_of(error)
                await hold_back(problem)
                if problem.status == 500:
                    log.error("handler_failed", path=call.path[:LONGEST_PATH], exc_info=error)
                log_refusal(problem, call.path)
                ending = ending_of(problem, request_id)
                return Ending(ending.code, ending.message, [named, *ending.metadata])
        return Ending(metadata=[named])

    async def create_receipt(self, call: Call, _: Principal) -> None:
        request = parse(pb.CreateReceiptRequest, call.request)
        if not request.idempotency_key:
            raise BadRequest("IDEMPOTENCY_KEY_MISSING", "An idempotency_key (a UUIDv4) is needed.")
        key = key_of(request.idempotency_key)
        settled = await settle(self.reach, key, partial(receipt_of, body(request.receipt), self.reach.now()))
        await _tell(call, answers.settled(settled.answer, rejected=settled.rejected))

    async def get_receipt(self, call: Call, _: Principal) -> None:
        request = parse(pb.GetReceiptRequest, call.request)
        await _tell(call, answers.life(described(await look(self.reach, request.receipt_id))))

    async def buffer_status(self, call: Call, _: Principal) -> None:
        parse(pb.BufferStatusRequest, call.request)
        await _tell(call, answers.buffer_status(await buffer_condition(self.reach)))

    async def health(self, call: Call, principal: Principal) -> None:
        parse(pb.HealthRequest, call.request)
        await _tell(call, answers.health(await gateway_condition(self.reach, principal)))

    async def watch_status(self, call: Call, principal: Principal) -> None:
        """Until the gateway stops, or the caller's word for who it is has expired."""
        parse(pb.WatchStatusRequest, call.request)

        async def tell(news: dict[str, Any]) -> None:
            await _tell(call, answers.news(news))

        with trio.move_on_after(principal.lasts(self.reach.now())):
            await follow(self.reach, self.gate.stopping, tell)
            raise stopping()
        raise Problem(401, "CREDENTIALS_EXPIRED", "Say anew who you are.")


METHODS: dict[str, Callable[[FiscalGateway, Call, Principal], Awaitable[None]]] = {
    f"{GRPC}/CreateReceipt": FiscalGateway.create_receipt,
    f"{GRPC}/GetReceipt": FiscalGateway.get_receipt,
    f"{GRPC}/BufferStatus": FiscalGateway.buffer_status,
    f"{GRPC}/Health": FiscalGateway.health,
    f"{GRPC}/WatchStatus": FiscalGateway.watch_status,
}


def ending_of(problem: Problem, request_id: str) -> Ending:
    """How a call ends that went wrong."""
    whole = http.error(problem.code, problem.message, request_id, problem.details)
    bare = http.error(problem.code, short(problem.message), request_id)
    metadata = trailers(problem.code, whole, bare, problem.retry_after)
    return Ending(code_of(problem.status, problem.code), problem.message, metadata)


async def _tell(call: Call, message: Any) -> None:
    await call.tell(message.SerializeToString())
