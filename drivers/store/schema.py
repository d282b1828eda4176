"""The tables, for queries. The migrations make them; `tests` hold both to each other. Times: UTC milliseconds."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

receipts = Table(
    "receipts",
    metadata,
    Column("number", Integer, primary_key=True),  # order of acceptance
    Column("id", Text, nullable=False, unique=True),
    Column("pos_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),  # Idempotency-Key
    Column("fingerprint", Text, nullable=False),
    Column("receipt", LargeBinary, nullable=False),  # protocols.receipt.dump
    Column("baseline_fn", Text, nullable=False),
    Column("baseline_fd", Integer, nullable=False),
    Column("fn", Text),
    Column("fd", Integer),
    Column("document", LargeBinary),  # protocols.fiscal.dump
    Column("answer", LargeBinary),  # what the POS heard, to be said again byte for byte
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("accepted_at", Integer, nullable=False),
    Column("printed_at", Integer),
    Column("synced_at", Integer),
    Column("moved_at", Integer, nullable=False),  # into the present state, with `detail`; triggers copy both to events
    Column("detail", Text),
)

events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("receipt", Integer, nullable=False),  # receipts.number
    Column("state", Text, nullable=False),
    Column("detail", Text),
)

counts = Table(  # receipts by state, kept by triggers: a count of the whole table would grow with the years
    "counts",
    metadata,
    Column("state", Text, primary_key=True),
    Column("receipts", Integer, nullable=False),
)
