"""Hand-overs of a register's sales to its stand-in."""

from alembic import op

revision = "0003"
down_revision = "0002"

UP = [
    """
    CREATE TABLE handovers (
        number INTEGER PRIMARY KEY,
        pos_id TEXT NOT NULL,
        stand_in TEXT NOT NULL CHECK (stand_in <> pos_id),
        who TEXT NOT NULL,
        reason TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        ended_at INTEGER,
        ended_by TEXT,
        CHECK ((ended_at IS NULL) = (ended_by IS NULL))
    )
    """,
    # every claim asks who serves: this index holds only what is in force, and lets a register have one stand-in
    "CREATE UNIQUE INDEX handovers_in_force ON handovers (pos_id) WHERE ended_at IS NULL",
]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Raises NotImplementedError: an older program would send sales to the register that was put aside."""
    raise NotImplementedError("hand-overs in force would be forgotten; restore a backup instead")
