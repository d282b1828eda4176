"""What of the exchange with the OFD is under way through the host. It is in memory: gone with the power."""

from dataclasses import dataclass, field


@dataclass
class Carriage:
    """`message` is that of document `fd`, of which the host has `read` so many bytes; `answer` grows up to `size`."""

    fd: int = 0
    message: bytes = b""
    read: int = 0
    size: int = 0
    answer: bytearray = field(default_factory=bytearray)

    @property
    def begun(self) -> bool:
        return bool(self.message)

    @property
    def awaits_ticket(self) -> bool:
        """The host has the whole message."""
        return self.begun and self.read == len(self.message)

    def expect(self, size: int) -> None:
        """An answer of so many bytes."""
        self.size, self.answer = size, bytearray()
