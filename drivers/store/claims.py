"""How an order gets onto disk: by one statement, which binds its key, or does nothing at all."""

from sqlalchemy import Connection

from drivers.store.records import Intent
from protocols import order as order_words
from protocols.details import after
from protocols.fiscal import CashCount
from protocols.life import QUEUED

# One statement decides: look-then-insert could bind a key twice, or past a hand-over.
# Till work goes to no OFD and needs no room among what waits for it: a shift can be closed behind a full buffer
_CLAIM = f"""
    INSERT INTO receipts (id, pos_id, state, key, fingerprint, kind, content, baseline_fn, baseline_fd,
        cash_count, cash_kopecks, accepted_at, moved_at, detail)
    SELECT :id, :register, 'printing', :key, :fingerprint, :kind, :content, :fn, :fd,
        :cash_count, :cash_kopecks, :now, :now, :detail
    WHERE (:till_work OR
        (SELECT sum(receipts) FROM counts WHERE state IN ({", ".join(f"'{state}'" for state in QUEUED)})) < :capacity)
        AND NOT EXISTS (SELECT 1 FROM tombstones WHERE key = :key)
        AND :register = CASE WHEN :till_work THEN :pos_id ELSE
            ifnull((SELECT stand_in FROM handovers WHERE pos_id = :pos_id AND ended_at IS NULL), :pos_id) END
    ON CONFLICT (key) DO NOTHING
"""  # noqa: S608  our own names only


def enter(connection: Connection, intent: Intent, capacity: int, now: int) -> bool:
    """True if the intent is on disk, as of that millisecond.

    False: its key is bound, or as many as `capacity` are queued already, or another register serves its pos_id.
    """
    row = {
        "id": intent.receipt_id,
        "register": intent.printed_by,
        "pos_id": intent.order.pos_id,
        "key": intent.key,
        "fingerprint": intent.fingerprint,
        "kind": intent.order.kind,
        "content": order_words.dump(intent.order),
        "till_work": order_words.is_till_work(intent.order.kind),
        "fn": intent.baseline.fn,
        "fd": intent.baseline.fd,
        **counted(intent.cash),
        "now": now,
        "detail": after(intent.baseline),
        "capacity": capacity,
    }
    return connection.exec_driver_sql(_CLAIM, row).rowcount == 1


def counted(cash: CashCount | None) -> dict[str, int | None]:
    if cash is None:
        return {"cash_count": None, "cash_kopecks": None}
    return {"cash_count": cash.count, "cash_kopecks": cash.sum_kopecks}
