"""Notices: alarms and single events of any part of the gateway, not of registers only."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = [
    """
    CREATE TABLE notices (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        source TEXT NOT NULL,
        code TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change IN ('began', 'changed', 'ended', 'noted')),
        level TEXT NOT NULL CHECK (level IN ('P1', 'P2', 'P3')),
        message TEXT NOT NULL
    )
    """,
    """
    INSERT INTO notices (number, at, source, code, change, level, message)
        SELECT number, at, 'kkt.' || pos_id, code, change, level, message FROM register_events
    """,
    "DROP TABLE register_events",
    # what stands at a source is the newest row of each code; a single event never stands
    "CREATE INDEX notices_of_alarms ON notices (source, code, number) WHERE change <> 'noted'",
]

DOWN = [
    """
    CREATE TABLE register_events (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        pos_id TEXT NOT NULL,
        code TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change IN ('began', 'changed', 'ended')),
        level TEXT NOT NULL CHECK (level IN ('P1', 'P2', 'P3')),
        message TEXT NOT NULL
    )
    """,
    """
    INSERT INTO register_events (number, at, pos_id, code, change, level, message)
        SELECT number, at, substr(source, 5), code, change, level, message FROM notices
        WHERE source LIKE 'kkt.%' AND change <> 'noted'
    """,
    "DROP TABLE notices",
    "CREATE INDEX register_events_of_code ON register_events (pos_id, code, number)",
]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Keeps the alarms of registers; an older program has no place for what else there is."""
    for statement in DOWN:
        op.execute(statement)
