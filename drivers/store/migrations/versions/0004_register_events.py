"""What happened at the registers themselves: alarms that began, changed and ended."""

from alembic import op

revision = "0004"
down_revision = "0003"

UP = [
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
    # what stands at a register is the newest row of each code
    "CREATE INDEX register_events_of_code ON register_events (pos_id, code, number)",
]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Raises NotImplementedError, as those before it: a way back of one step would leave the file half-way."""
    raise NotImplementedError("what happened at the registers would be forgotten; restore a backup instead")
