"""A command of a register and its answer as bytes between STX LEN and LRC.

A request is `CMD data`, an answer `CMD ERR data`; CMD is one byte, or two that begin with FF. With ERR not zero
nothing follows (protocol 1.17, p. 13). The commands themselves stand in service.py, receipts.py and drive.py; they
are known here once the package is imported.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, get_args

from protocols.errors import ProtocolError
from protocols.shtrih.codecs import MaybeU8
from protocols.shtrih.errors import error_of
from protocols.shtrih.layout import LayoutError, pack, unpack

A = TypeVar("A")


class UnknownCommand(ProtocolError):
    """A request with a code that no command has."""

    def __init__(self, code: int) -> None:
        super().__init__(f"no command {code:02X}h")
        self.code = code


class Refused(ProtocolError):
    """The register answered with an error and did not do what `name` asked."""

    def __init__(self, name: str, error: int) -> None:
        self.name, self.error, self.meaning = name, error, error_of(error)
        super().__init__(f"{name}: {self.meaning}")


class Command(Generic[A]):
    """A request answered by A. A subclass is a frozen dataclass of its fields, the password first.

    FISCAL: it changes a document, the shift or the drawer, and so must never be repeated blindly.
    """

    CODE: ClassVar[int]
    NAME: ClassVar[str]
    FISCAL: ClassVar[bool]
    answer: type[A]

    def __init_subclass__(cls, *, code: int, name: str, fiscal: bool = False) -> None:
        if code in _BY_CODE:
            raise TypeError(f"{code:02X}h is {_BY_CODE[code].__name__} already")
        cls.CODE, cls.NAME, cls.FISCAL = code, name, fiscal
        (cls.answer,) = get_args(cls.__dict__["__orig_bases__"][0])
        _BY_CODE[code] = cls

    def encode(self) -> bytes:
        """CMD and data, ready for a frame. Raises LayoutError for a value that does not fit its field."""
        return code_bytes(self.CODE) + pack(self)


_BY_CODE: dict[int, type[Command[Any]]] = {}


@dataclass(frozen=True)
class Done:
    """The answer of most one-byte commands: who did it, 1 to 30.

    Absent from some answers to E0h: the manual lists two bytes there, and no error code.
    """

    operator: MaybeU8 = None


@dataclass(frozen=True)
class Accepted:
    """The answer that says nothing but "no error"."""


def known_commands() -> tuple[type[Command[Any]], ...]:
    """Every command, in the order of codes."""
    return tuple(_BY_CODE[code] for code in sorted(_BY_CODE))


def code_bytes(code: int) -> bytes:
    """CMD as it goes over the wire: one byte, or FF and the second."""
    return code.to_bytes(2 if code > 0xFF else 1, "big")


def echoes(body: bytes, request: bytes) -> bool:
    """Whether an answer can belong to a request: it begins with the same CMD.

    A register that knows no FFxx commands may answer them with two bytes only, FF ERR (driver: PrinterCommand).
    """
    code = request[: 2 if request[:1] == b"\xff" else 1]
    return body.startswith(code) or (len(body) == 2 and body[:1] == code[:1])


def decode_request(body: bytes) -> Command[Any]:
    """The request in CMD+data. Raises UnknownCommand, and LayoutError for too few or too many bytes."""
    size = 2 if body[:1] == b"\xff" else 1
    if len(body) < size:
        raise LayoutError("request", "", f"{len(body)} bytes hold no command")
    code = int.from_bytes(body[:size], "big")
    if code not in _BY_CODE:
        raise UnknownCommand(code)
    return unpack(_BY_CODE[code], body[size:], exact=True)


def encode_answer(command: Command[A] | type[Command[A]], answer: A) -> bytes:
    """CMD, no error, data."""
    return code_bytes(command.CODE) + b"\0" + pack(answer)


def encode_refusal(code: int, error: int) -> bytes:
    """CMD and the error."""
    return code_bytes(code) + bytes([error])


def decode_answer(request: Command[A], body: bytes) -> A:
    """What the register answered. Raises Refused; LayoutError for an answer to something else or too short a one.

    The second byte of a two-byte answer to E0h is taken for the error, not for the operator the manual lists there:
    a shift believed closed is found open by the next status, a refusal taken for a success is not.
    """
    code = code_bytes(request.CODE)
    if not echoes(body, code):
        raise LayoutError(type(request).__name__, "", f"the answer begins with {body[:2].hex(' ')}")
    at = len(code) if body.startswith(code) and len(body) > len(code) else 1
    if len(body) <= at:
        raise LayoutError(type(request).__name__, "", "the answer has no error code")
    if error := body[at]:
        raise Refused(request.NAME, error)
    return unpack(request.answer, body[at + 1 :])
