"""The tables, for queries. The migrations make them; `tests` hold both to each other. Times: UTC milliseconds."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

receipts = Table(  # every order: receipts, and the till's own work, which is on paper like them
    "receipts",
    metadata,
    Column("number", Integer, primary_key=True),  # order of acceptance
    Column("id", Text, nullable=False, unique=True),
    Column("pos_id", Text, nullable=False),  # of the register that has it in hand; `content` says whose sale it is
    Column("state", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),  # Idempotency-Key
    Column("fingerprint", Text, nullable=False),
    Column("kind", Text, nullable=False),  # protocols.receipt.Kind, protocols.till.Work
    Column("content", LargeBinary, nullable=False),  # protocols.order.dump
    Column("baseline_fn", Text, nullable=False),
    Column("baseline_fd", Integer, nullable=False),
    Column("cash_count", Integer),  # of cash put in or taken out: what the register had counted before
    Column("cash_kopecks", Integer),
    Column("fn", Text),
    Column("fd", Integer),
    Column("document", LargeBinary),  # protocols.fiscal.dump
    Column("answer", LargeBinary),  # what the POS heard, to be said again byte for byte
    Column("found", LargeBinary),  # of an unknown one: the documents that might be it, for a person to see
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
    Column("receipt", Integer, nullable=False),  # receipts.number; 0 once that row is cleaned up
    Column("state", Text, nullable=False),
    Column("detail", Text),
    Column("receipt_id", Text),  # of a row that is cleaned up, as is
    Column("pos_id", Text),
)

notices = Table(  # alarms, as they begin, change and end, and single events
    "notices",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("source", Text, nullable=False),  # a component as the status names it: kkt.<pos_id>, gateway, link.<name>
    Column("code", Text, nullable=False),
    Column("change", Text, nullable=False),  # protocols.alarm.Change
    Column("level", Text, nullable=False),  # protocols.alarm.Level
    Column("message", Text, nullable=False),
)

breakers = Table(  # of outward links, as they were last set
    "breakers",
    metadata,
    Column("link", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("until", Integer),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Integer, nullable=False),
)

counts = Table(  # receipts by state, kept by triggers: a count of the whole table would grow with the years
    "counts",
    metadata,
    Column("state", Text, primary_key=True),
    Column("receipts", Integer, nullable=False),
)

tombstones = Table(  # of receipts that were cleaned up: a repeat of their key is still answered, and prints nothing
    "tombstones",
    metadata,
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("fn", Text),
    Column("fd", Integer),
    Column("fp", Text),
    Column("accepted_at", Integer, nullable=False),
)

handovers = Table(  # of a register's sales to its stand-in; in force while `ended_at` is NULL
    "handovers",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("pos_id", Text, nullable=False),
    Column("stand_in", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("began_at", Integer, nullable=False),
    Column("ended_at", Integer),
    Column("ended_by", Text),
)
