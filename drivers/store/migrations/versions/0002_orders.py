"""Orders of every kind in one table, evidence of what cannot be told, and tombstones of what was cleaned up."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATES = "'accepted', 'printing', 'pending', 'syncing', 'synced', 'done', 'rejected', 'unknown', 'dead'"
KEPT = (
    "number, id, pos_id, state, key, fingerprint, baseline_fn, baseline_fd, fn, fd, document, answer, attempts,"
    " last_error, accepted_at, printed_at, synced_at, moved_at, detail"
)

UP = [
    "DROP TRIGGER receipts_come",
    "DROP TRIGGER receipts_move",
    "DROP TRIGGER receipts_go",
    "DROP INDEX receipts_printing",
    "DROP INDEX receipts_by_state",
    "ALTER TABLE receipts RENAME TO receipts_1",  # SQLite changes a CHECK by making the table anew
    f"""
    CREATE TABLE receipts (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        pos_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ({STATES})),
        key TEXT NOT NULL UNIQUE,
        fingerprint TEXT NOT NULL,
        kind TEXT NOT NULL,
        content BLOB NOT NULL,
        baseline_fn TEXT NOT NULL,
        baseline_fd INTEGER NOT NULL,
        cash_count INTEGER,
        cash_kopecks INTEGER,
        fn TEXT,
        fd INTEGER,
        document BLOB,
        answer BLOB,
        found BLOB,
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
    f"""
    INSERT INTO receipts (kind, content, {KEPT})
        SELECT json_extract(CAST(receipt AS TEXT), '$.kind'), receipt, {KEPT} FROM receipts_1
    """,  # noqa: S608  our own names only
    "DROP TABLE receipts_1",
    "CREATE UNIQUE INDEX receipts_printing ON receipts (pos_id) WHERE state = 'printing'",
    "CREATE INDEX receipts_by_state ON receipts (state, number)",
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
        DELETE FROM events WHERE receipt = OLD.number;
    END
    """,
    "INSERT INTO counts VALUES ('done', 0)",
    # what a repeat must still hear when the row is gone: its key would print a second time otherwise
    """
    CREATE TABLE tombstones (
        key TEXT NOT NULL PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        answer BLOB NOT NULL,
        fn TEXT,
        fd INTEGER,
        fp TEXT,
        accepted_at INTEGER NOT NULL,
        UNIQUE (fn, fd)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX tombstones_by_age ON tombstones (accepted_at)",
]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Raises NotImplementedError: an older program would know nothing of tombstones and print them again."""
    raise NotImplementedError("keys of cleaned-up receipts would be forgotten; restore a backup instead")
