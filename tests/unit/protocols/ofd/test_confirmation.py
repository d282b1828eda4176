"""The OFD's answer to a document: read, written, and told from what is none."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from protocols.ffd.tlv import Tlv, encode
from protocols.ofd.confirmation import Confirmation, NotAConfirmation, read
from protocols.ofd.container import Container, decode

NOON = datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)
FN = "9999078900005488"
WALL = NOON.replace(tzinfo=None)
ANSWER = Confirmation("7704358518", FN, 7, NOON)
MET = (Tlv(1017, "7704358518"), Tlv(1041, FN), Tlv(1040, 7), Tlv(1012, WALL))


def holding(*tags: Tlv, code: int = 7) -> Container:
    return Container(code, FN, 7, encode([Tlv(code, tags)]))


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        (ANSWER, True),
        (Confirmation("7704358518", FN, 7, NOON, code=0, sign=bytes(16), trailer=bytes(8)), True),
        (Confirmation("7704358518", FN, 7, NOON, warnings=2), True),
        (Confirmation("7704358518", FN, 7, NOON, code=11), False),
        (Confirmation("7704358518", FN, 7, NOON, code=14, warnings=1), False),
    ],
)
def test_an_answer_survives_the_way(answer: Confirmation, accepted: bool) -> None:
    assert read(decode(answer.container().encode())) == answer
    assert answer.accepted is accepted


def test_its_time_is_that_of_greenwich() -> None:
    moscow = Confirmation("7704358518", FN, 7, NOON.astimezone(timezone(timedelta(hours=3))))

    assert read(moscow.container()).received_at == NOON
    document, _ = moscow.container().document()
    assert document.first(1012) == WALL


@pytest.mark.parametrize("missing", range(4))
def test_an_answer_that_lacks_what_it_must_say_is_none(missing: int) -> None:
    tags = MET[:missing] + MET[missing + 1 :]

    with pytest.raises(NotAConfirmation, match=f"tag {MET[missing].tag} is missing"):
        read(holding(*tags))


def test_other_documents_and_what_cannot_be_read_are_none() -> None:
    with pytest.raises(NotAConfirmation, match="document 3"):
        read(holding(*MET, code=3))
    with pytest.raises(NotAConfirmation, match="tag 3"):
        read(Container(7, FN, 7, encode([Tlv(3, MET)])))
    with pytest.raises(NotAConfirmation, match="can be read"):
        read(Container(7, FN, 7, b"\xff" * 20))
