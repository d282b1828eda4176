"""Events that outlive their order, and an index for what is old enough to be cleaned up."""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = [
    # an event whose order is cleaned up has 0 for its number, which a later order may get, and names it here
    "ALTER TABLE events ADD COLUMN receipt_id TEXT",
    "ALTER TABLE events ADD COLUMN pos_id TEXT",
    "CREATE INDEX events_outlived ON events (at) WHERE receipt = 0",
    "DROP TRIGGER receipts_go",
    """
    CREATE TRIGGER receipts_go AFTER DELETE ON receipts BEGIN
        UPDATE counts SET receipts = receipts - 1 WHERE state = OLD.state;
        UPDATE events SET receipt = 0, receipt_id = OLD.id, pos_id = OLD.pos_id WHERE receipt = OLD.number;
    END
    """,
    # an order enters it once, at its end; by its state alone a look for old ones would read a week of them
    "CREATE INDEX receipts_over ON receipts (moved_at) WHERE state IN ('synced', 'done', 'rejected')",
]

DOWN = [
    "DROP INDEX receipts_over",
    "DROP TRIGGER receipts_go",
    """
    CREATE TRIGGER receipts_go AFTER DELETE ON receipts BEGIN
        UPDATE counts SET receipts = receipts - 1 WHERE state = OLD.state;
        DELETE FROM events WHERE receipt = OLD.number;
    END
    """,
    "DELETE FROM events WHERE receipt = 0",
    "DROP INDEX events_outlived",
    "ALTER TABLE events DROP COLUMN pos_id",
    "ALTER TABLE events DROP COLUMN receipt_id",
]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """An older program removes the events of an order with it, and knows of no others."""
    for statement in DOWN:
        op.execute(statement)
