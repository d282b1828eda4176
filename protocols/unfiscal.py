"""Paper that means nothing to the tax office: no order, no document, and no harm but waste if it comes twice."""

from dataclasses import dataclass

from protocols.fiscal import Baseline


@dataclass(frozen=True, slots=True)
class XReport:
    """The shift's sums so far."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The receipt that is this document, once more. A register copies its last one only."""

    of: Baseline


@dataclass(frozen=True, slots=True)
class Text:
    lines: tuple[str, ...]


Unfiscal = XReport | Copy | Text
