"""Receipts, their events, and the counts by state."""

from alembic import op

revision = "0001"
down_revision = None

STATES = "'accepted', 'printing', 'pending', 'syncing', 'synced', 'rejected', 'unknown', 'dead'"

UP = [
    f"""
    CREATE TABLE receipts (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        pos_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ({STATES})),
        key TEXT NOT NULL UNIQUE,
        fingerprint TEXT NOT NULL,
        receipt BLOB NOT NULL,
        baseline_fn TEXT NOT NULL,
        baseline_fd INTEGER NOT NULL,
        fn TEXT,
        fd INTEGER,
        document BLOB,
        answer BLOB,
        attempts INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        accepted_at INTEGER NOT NULL,
        printed_at INTEGER,
        synced_at INTEGER,
        moved_at INTEGER NOT NULL,
        detail TEXT,
        UNIQUE (fn, fd)
    )
    """,
    # a register prints one receipt at a time: here that is a fact, not a hope
    "CREATE UNIQUE INDEX receipts_printing ON receipts (pos_id) WHERE state = 'printing'",
    # whole, not for what waits only: SQLite does not see that state = ? lies within a list of states
    "CREATE INDEX receipts_by_state ON receipts (state, number)",
    """
    CREATE TABLE events (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        receipt INTEGER NOT NULL,
        state TEXT NOT NULL,
        detail TEXT
    )
    """,
    "CREATE INDEX events_of_receipt ON events (receipt, number)",
    "CREATE TABLE counts (state TEXT PRIMARY KEY, receipts INTEGER NOT NULL CHECK (receipts >= 0))",
    "INSERT INTO counts VALUES ('accepted', 0), ('printing', 0), ('pending', 0), ('syncing', 0), ('synced', 0),"
    " ('rejected', 0), ('unknown', 0), ('dead', 0)",
    # counts and events by trigger: no move, by whatever hand, can be made without them
    """
    CREATE TRIGGER receipts_come AFTER INSERT ON receipts BEGIN
        UPDATE counts SET receipts = receipts + 1 WHERE state = NEW.state;
        INSERT INTO events (at, receipt, state, detail)
            VALUES (NEW.accepted_at, NEW.number, 'accepted', NULL), (NEW.moved_at, NEW.number, NEW.state, NEW.detail);
    END
    """,
    """
    CREATE TRIGGER receipts_move AFTER UPDATE OF state ON receipts BEGIN
        UPDATE counts SET receipts = receipts - 1 WHERE state = OLD.state;
        UPDATE counts SET receipts = receipts + 1 WHERE state = NEW.state;
        INSERT INTO events (at, receipt, state, detail) VALUES (NEW.moved_at, NEW.number, NEW.state, NEW.detail);
    END
    """,
    """
    CREATE TRIGGER receipts_go AFTER DELETE ON receipts BEGIN
        UPDATE counts SET receipts = receipts - 1 WHERE state = OLD.state;
    END
    """,
]

DOWN = ["DROP TABLE counts", "DROP TABLE events", "DROP TABLE receipts"]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
