"""Calls to systems outside, guarded by one policy."""

from drivers.links.gate import Gate
from drivers.links.link import Link, Passage

__all__ = ["Gate", "Link", "Passage"]
