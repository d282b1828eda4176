"""What the orders on disk say of a register's shifts."""

from sqlalchemy import Connection

from protocols import fiscal
from protocols.fiscal import ShiftReport
from protocols.till import Work

OPENING = f"""
    SELECT document FROM receipts
    WHERE state = 'done' AND pos_id = :pos_id AND kind = '{Work.OPEN_SHIFT.value}'
    ORDER BY number DESC LIMIT 1
"""  # noqa: S608  our own name only. By state: till work alone is `done`, a few rows a day


def last_opening(connection: Connection, pos_id: str) -> ShiftReport | None:
    """The last shift that the gateway opened on this register, as far as its row is kept."""
    row = connection.exec_driver_sql(OPENING, {"pos_id": pos_id}).first()
    report = None if row is None else fiscal.load(Work.OPEN_SHIFT, row.document)
    return report if isinstance(report, ShiftReport) else None
