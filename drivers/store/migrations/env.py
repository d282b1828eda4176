"""Alembic's entry: runs the versions on the connection that `drivers.store.database` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=None,
    render_as_batch=True,
    transaction_per_migration=True,
)
context.run_migrations()
