"""What was printed and delivered, counted step by step: of each order two short entries of an index are read."""

from collections import Counter

from sqlalchemy import Connection

from protocols.history import Counted, Grid, Printed
from protocols.till import Work

_WORK = ", ".join(f"'{work}'" for work in Work)
# one sort serves both percentiles, which are by nearest rank
_PRINTED = f"""
    WITH taken AS (
        SELECT (printed_at - :first) / :step AS place, max(0, printed_at - accepted_at) AS took,
            kind NOT IN ({_WORK}) AS is_receipt
        FROM receipts INDEXED BY receipts_by_print WHERE printed_at >= :first AND printed_at < :end
    ), ranked AS (
        SELECT place, took, is_receipt, cume_dist() OVER (PARTITION BY place ORDER BY took) AS share FROM taken
    )
    SELECT place, count(*), sum(is_receipt), min(took) FILTER (WHERE share >= 0.5),
        min(took) FILTER (WHERE share >= 0.95)
    FROM ranked GROUP BY place
"""  # noqa: S608  our own names only
_DELIVERED = """
    SELECT (synced_at - :first) / :step, count(*)
    FROM receipts INDEXED BY receipts_by_delivery WHERE synced_at >= :first AND synced_at < :end GROUP BY 1
"""
_DEAD = """
    SELECT (moved_at - :first) / :step, count(*)
    FROM receipts INDEXED BY receipts_by_state
    WHERE state = 'dead' AND moved_at >= :first AND moved_at < :end GROUP BY 1
"""
_WAITING = "SELECT sum(receipts) FROM counts WHERE state IN ('pending', 'syncing')"


def counted(connection: Connection, grid: Grid) -> Counted:
    step = grid.step_s * 1000
    values = {"first": grid.first_ms, "end": grid.first_ms + grid.points * step, "step": step}
    gone = Counter[int]()
    for query in (_DELIVERED, _DEAD):
        for place, number in connection.exec_driver_sql(query, values):
            gone[place] += number
    return Counted(
        {place: Printed(*figures) for place, *figures in connection.exec_driver_sql(_PRINTED, values)},
        gone,
        int(connection.exec_driver_sql(_WAITING).scalar_one()),
    )
