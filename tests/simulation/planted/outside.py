"""Planted in what goes out: deliveries to the OFD, and questions between actors."""

from collections.abc import Sequence
from unittest.mock import patch

import trio

from actors import deliveries, mailbox
from actors.facade import placing
from actors.facade.reach import Reach
from actors.facade.serving import register_of
from actors.kkt.actor import Print
from actors.kkt.trouble import NotReady
from actors.kkt.upkeep import Upkeep
from actors.ofd_sync import PATIENCE, OFDSyncActor
from drivers.ofd import Ofd, OfdRefused, OfdUnreachable
from drivers.store import receipts, schema
from drivers.store.receipts import ReceiptStore
from drivers.store.records import Delivery, Known
from protocols import answers
from protocols.breaker import Outcome
from protocols.order import Order, fingerprint
from tests.simulation.planted.patches import Patch, together

# deliveries


def synced_before_acknowledged() -> Patch:
    """A receipt is called delivered as it is sent."""

    async def sends(self: OFDSyncActor, ofd: Ofd, delivery: Delivery) -> Outcome:
        await self.buffer.ask(deliveries.Synced(delivery.receipt_id, "sent"), within=PATIENCE)
        try:
            await ofd.deliver(answers.delivery(delivery.receipt_id, delivery.receipt, delivery.document))
        except (OfdUnreachable, OfdRefused):
            return Outcome.FAILURE
        return Outcome.SUCCESS

    return patch.object(OFDSyncActor, "_send", sends)


def outage_counted() -> Patch:
    """An OFD that is not reached costs the receipt an attempt, as if it had refused it."""

    async def counts(self: OFDSyncActor, delivery: Delivery, reason: str) -> None:
        await self._refused(delivery, reason)

    return patch.object(OFDSyncActor, "_unreached", counts)


def never_a_dead_letter() -> Patch:
    """A receipt that the OFD refuses is tried for ever."""

    async def again(self: OFDSyncActor, delivery: Delivery, reason: str) -> None:
        await self.buffer.ask(deliveries.Refused(delivery.receipt_id, reason, dead=False), within=PATIENCE)
        self._held[delivery.pos_id] = trio.current_time() + self.policy.backoff(delivery.attempts)

    return patch.object(OFDSyncActor, "_refused", again)


def delivered_not_marked() -> Patch:
    """The OFD's yes is not written down, so the receipt is sent again and again."""

    async def sends(self: OFDSyncActor, ofd: Ofd, delivery: Delivery) -> Outcome:
        try:
            await ofd.deliver(answers.delivery(delivery.receipt_id, delivery.receipt, delivery.document))
        except OfdUnreachable as error:
            await self._unreached(delivery, str(error))
        except OfdRefused as error:
            await self._refused(delivery, str(error))
        else:
            await self._unreached(delivery, "what did it say?")
        return Outcome.FAILURE

    return patch.object(OFDSyncActor, "_send", sends)


def refused_overtaken() -> Patch:
    """Behind a receipt that the OFD refused for now the next ones of its register go out."""
    take = ReceiptStore.take

    def passes_by(self: ReceiptStore, held: Sequence[str]) -> Delivery | None:
        if not held:
            return take(self, held)
        with patch.object(receipts, "_WAITING", receipts._WAITING.where(schema.receipts.c.attempts == 0)):
            return take(self, ())

    return patch.object(ReceiptStore, "take", passes_by)


# questions


def death_not_told() -> Patch:
    """An actor that dies of a lost link leaves whoever asked it waiting, and nobody has a deadline."""

    async def dies(_self: Upkeep, error: Exception) -> NotReady:
        raise error

    async def waits(reach: Reach, key: str, order: Order) -> Known:
        message = Print(reach.new_id(), key, fingerprint(order), order)
        register_of(reach, order.pos_id).tell(message)
        return placing._settled(await message.wait(), {})

    return together(
        patch.object(mailbox.turn, "__exit__", lambda *_: None),
        patch.object(Upkeep, "lose", dies),
        patch.object(placing, "_print", waits),
    )
