"""Orders newest first, page by page, each page found by where the last one ended: writes in between move nothing."""

from dataclasses import dataclass

from sqlalchemy import Connection

from drivers.store.records import View
from drivers.store.views import view_of
from protocols.life import State
from protocols.receipt_list import Asked

# all of them our own names: what a request says comes as values
_ALL = "SELECT * FROM receipts WHERE number < :below ORDER BY number DESC LIMIT :limit"
# state by state, for each lies in the index in order; a list of states would be read whole and sorted
_OF_STATE = """
    SELECT number FROM (
        SELECT number FROM receipts INDEXED BY receipts_by_state
        WHERE state = '{}' AND number < :below {} ORDER BY number DESC LIMIT :limit
    )
"""
_SOME = """
    SELECT * FROM receipts
    WHERE number IN (SELECT number FROM ({}) ORDER BY number DESC LIMIT :limit) ORDER BY number DESC
"""
_AT = "AND pos_id = :pos_id"


@dataclass(frozen=True, slots=True)
class Page:
    """`below`: what to ask for next; None: this was the last page."""

    items: tuple[View, ...]
    below: int | None


def page_of(connection: Connection, asked: Asked) -> Page:
    if asked.states == ():
        return Page((), None)
    values = {"below": asked.below, "limit": asked.limit + 1, "pos_id": asked.pos_id}
    rows = connection.exec_driver_sql(query_of(asked), values).all()
    shown = rows[: asked.limit]
    return Page(tuple(map(view_of, shown)), shown[-1].number if len(rows) > asked.limit else None)


def query_of(asked: Asked) -> str:
    if asked.states is None and asked.pos_id is None:
        return _ALL
    at = "" if asked.pos_id is None else _AT
    return _SOME.format(" UNION ALL ".join(_OF_STATE.format(state, at) for state in asked.states or State))
