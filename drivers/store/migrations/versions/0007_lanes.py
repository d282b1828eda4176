"""What waits for the OFD, register by register, without reading the receipts of registers that are passed over."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # with the register in it, whose receipt that is next is told without a look at those of others
    op.execute("DROP INDEX receipts_by_state")
    op.execute("CREATE INDEX receipts_by_state ON receipts (state, number, pos_id)")


def downgrade() -> None:
    op.execute("DROP INDEX receipts_by_state")
    op.execute("CREATE INDEX receipts_by_state ON receipts (state, number)")
