"""Breakers of outward links, as they were last set."""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = [
    """
    CREATE TABLE breakers (
        link TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL,
        until INTEGER,
        reason TEXT NOT NULL,
        author TEXT NOT NULL,
        at INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
]


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """An older program begins with every breaker closed, as it always did."""
    op.execute("DROP TABLE breakers")
