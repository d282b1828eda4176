"""What an answer of the gateway's says, as far as an audit cares: the document that it names, or the error."""

from typing import NamedTuple

import msgspec

from protocols.audit.witnesses import Numbers


class Named(NamedTuple):
    """The document that an answer names."""

    numbers: Numbers
    fp: str


class _Document(msgspec.Struct):
    fn: str
    fd: str | None = None  # a cash slip has none
    fp: str = ""


class _Answer(msgspec.Struct):
    code: str | None = None
    fiscal_doc: _Document | None = None
    document: _Document | None = None  # of till work
    printed_on: str | None = None


_DECODER = msgspec.json.Decoder(_Answer)


def read_answer(body: bytes | None) -> Named | None:
    """The document that an answer names; None where it names none."""
    answer = _decode(body)
    document = answer.fiscal_doc or answer.document
    if document is None or document.fd is None or not document.fd.isdecimal():
        return None
    return Named(Numbers(document.fn, int(document.fd)), document.fp)


def printed_on(body: bytes | None) -> str | None:
    """The register that stood in; None where none did."""
    return _decode(body).printed_on


def error_code(body: bytes | None) -> str | None:
    return _decode(body).code


def _decode(body: bytes | None) -> _Answer:
    try:
        return _DECODER.decode(body or b"{}")
    except msgspec.MsgspecError:  # no answer of ours, or no document in it
        return _Answer()
