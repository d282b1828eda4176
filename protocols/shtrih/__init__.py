"""The Штрих-М register protocol: frames, commands, and the link's state machine on either side."""

from protocols.shtrih import archive, drive, exchange, marking, receipts, service  # they make their commands known

__all__ = ["archive", "drive", "exchange", "marking", "receipts", "service"]
