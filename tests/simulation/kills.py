"""Kills, aimed at an instant. One row a kind; each arms itself and then waits for its moment to come."""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from actors import buffer, deliveries
from tests.simulation import points
from tests.simulation.disk import How
from tests.simulation.net import End
from tests.simulation.register import Snag, Way
from tests.simulation.services import OFD
from tests.simulation.tills import Heard

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

Aim = Callable[["Shop", Random], None]
Wants = Callable[[Any], bool]

HOWS: dict[str, How] = {"as a refusal is synced": "kill", "behind a refusal": "drop"}
"""What the disk is like after a kill, where it is not left to chance."""
MOST_OPERATIONS = 14  # a transaction of one receipt has fewer


def _now(shop: "Shop", random: Random) -> None:
    shop.gateway.kill("now")


def _at_disk(why: str, wants: Wants) -> Aim:
    """At one of the disk's operations in the next transaction with such a message, or as it is about to begin."""

    def arm(shop: "Shop", random: Random) -> None:
        shop.aim_at_disk(why, wants, random.randrange(MOST_OPERATIONS))

    return arm


def _behind_disk(why: str, wants: Wants) -> Aim:
    """When the transaction is done, and nobody has heard of it."""

    def arm(shop: "Shop", random: Random) -> None:
        shop.aim_behind_disk(why, wants)

    return arm


def _on_the_line(why: str, way: Way, *, lasting: bool, whole: bool = False) -> Aim:
    """After some of a frame's bytes; `whole`: before the first or after the last."""

    def arm(shop: "Shop", random: Random) -> None:
        def do(end: End, data: bytes) -> None:
            count = random.choice([0, len(data)]) if whole else random.randrange(len(data) + 1)
            end.carry(data[:count])
            shop.gateway.kill(why)

        cable = shop.any_register(random).cable
        cable.snags.append(Snag(way, do, lasting=lasting, skip=0 if lasting else random.randrange(8)))

    return arm


def _ofd_took(shop: "Shop", random: Random) -> None:
    shop.services.ofd.on_take.append(lambda: shop.gateway.kill("ofd took it"))


def _answer_bytes(why: str, of: Callable[["Shop"], Any]) -> Aim:
    """After some bytes of the next answer that goes out at this entrance."""

    def arm(shop: "Shop", random: Random) -> None:
        entrance = of(shop)
        if entrance is None:
            return

        def do(end: End, data: bytes) -> None:
            end.tap = entrance.tap = lambda end, data: end.carry(data)
            end.carry(data[: random.randrange(len(data) + 1)])
            shop.gateway.kill(why)

        entrance.tap = do

    return arm


def _behind_an_answer(why: str, status: int) -> Aim:
    """When a till has just heard it."""

    def arm(shop: "Shop", random: Random) -> None:
        def hear(heard: Heard) -> None:
            if heard.status == status:
                shop.till.on_answer.remove(hear)
                shop.gateway.kill(why)

        shop.till.on_answer.append(hear)

    return arm


def _as_a_refusal_is_synced(shop: "Shop", random: Random) -> None:
    """Written, it outlives the kill; told to the till by the next life, it must outlive the power that goes then."""
    shop.aim_at_disk("as a refusal is synced", lambda message: isinstance(message, buffer.Rejected), 0, at="sync")
    _behind_an_answer("behind a refusal", 422)(shop, random)


def _while_unknown(shop: "Shop", random: Random) -> None:
    shop.kills_when_unknown.append(random.uniform(0, 8))


def _in_start(shop: "Shop", random: Random) -> None:
    """Twice: now, and while the next life starts."""
    shop.aim_at_start(random.randrange(60))
    shop.gateway.kill("before a start")


def _in_recovery(shop: "Shop", random: Random) -> None:
    """After a command that puts something on paper was sent, and again while the next life asks what became of it."""
    register = shop.any_register(random)

    def first(end: End, data: bytes) -> None:
        end.carry(data[: random.choice([0, len(data), len(data)])])
        shop.gateway.kill("before a recovery")
        again = Snag("command", second, skip=random.randrange(14))
        register.cable.snags.append(again)

    def second(end: End, data: bytes) -> None:
        end.carry(data)
        shop.gateway.kill("in recovery")

    register.cable.snags.append(Snag("command", first, lasting=True))


KILLS: dict[str, Aim] = {
    "now": _now,
    "at a claim": _at_disk("at a claim", lambda message: isinstance(message, buffer.Claim)),
    "at a result": _at_disk("at a result", lambda message: isinstance(message, buffer.Printed)),
    "at a second print": _at_disk("at a second print", lambda message: isinstance(message, buffer.PrintAgain)),
    "while unknown": _while_unknown,
    "behind a claim": _behind_disk("behind a claim", lambda message: isinstance(message, buffer.Claim)),
    "behind a result": _behind_disk("behind a result", lambda message: isinstance(message, buffer.Printed)),
    "behind an answer": _behind_an_answer("behind an answer", 200),
    "as a refusal is synced": _as_a_refusal_is_synced,
    "at synced": _at_disk("at synced", lambda message: isinstance(message, deliveries.Synced)),
    "at a dead letter": _at_disk(
        "at a dead letter", lambda message: isinstance(message, deliveries.Refused) and message.dead
    ),
    "at a clean-up": _at_disk("at a clean-up", lambda message: message == points.CLEAN_UP),
    "at any transaction": _at_disk("at any transaction", lambda message: True),
    "in a command": _on_the_line("in a command", "command", lasting=True),
    "in an answer": _on_the_line("in an answer", "answer", lasting=True),
    "between commands": _on_the_line("between commands", "command", lasting=False, whole=True),
    "ofd took it": _ofd_took,
    "in the ofd's answer": _answer_bytes("in the ofd's answer", lambda shop: shop.services.entrances[OFD]),
    "in the till's answer": _answer_bytes("in the till's answer", lambda shop: shop.facade),
    "in a start": _in_start,
    "in recovery": _in_recovery,
}
