"""Indexes for what people look up: the story of a receipt that is cleaned up, a day in figures, the newest events."""

from alembic import op

revision = "0009"
down_revision = "0008"

UP = {
    # a month of events has no order by receipt once their rows are gone
    "events_of_gone": "events (receipt_id) WHERE receipt = 0",
    # an open page of the log reads it anew while the shop sells; each time all events of a month were sorted
    "events_by_time": "events (at)",
    # a receipt enters each once, at its end of the index; by the table itself a look at a day would read every receipt
    "receipts_by_print": "receipts (printed_at, accepted_at, kind) WHERE printed_at IS NOT NULL",
    "receipts_by_delivery": "receipts (synced_at) WHERE synced_at IS NOT NULL",
}


def upgrade() -> None:
    for name, what in UP.items():
        op.execute(f"CREATE INDEX {name} ON {what}")


def downgrade() -> None:
    for name in UP:
        op.execute(f"DROP INDEX {name}")
