"""What a caller shows to say who it is, and that it was not enough."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Credentials:
    """`authorization` as the header has it. `certificate`: of a peer whose chain the handshake has checked, its dates
    not: as `ssl.SSLSocket.getpeercert()` gives it, with `sha256` (of the whole of it, in hex) and `authority` (the
    certificate of the CA that issued it, in the same form) beside.
    """

    authorization: str | None = field(default=None, repr=False)
    certificate: Mapping[str, Any] | None = field(default=None, repr=False)


class NotIdentified(Exception):
    """Nobody we know. `code` for programs, `message` is a sentence for people; neither shows what came."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message
