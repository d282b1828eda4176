"""What an audit says to people and to programs."""

from dataclasses import replace

from protocols.audit.report import as_json, as_text, report
from protocols.audit.witnesses import OTHER, RegisterEntry, RegisterJournal
from protocols.jsontext import loads
from protocols.receipt import Kind
from tests.unit.protocols.audit.history import NOON, ONE, History


def test_all_that_was_compared_is_counted() -> None:
    history = History()
    for _ in range(2):
        history.puts_on_paper(ONE, OTHER)
    history.stranger_prints()
    history.sells(100)
    history.buries(history.sells(200))
    history.stranger_prints()

    text = as_text(report(history.witnesses(), history.terms(), []))

    assert text == (
        "on disk: 1 receipts, 1 cleaned up\n"
        "on the register: 6 documents, 2 of them of these receipts, 4 of others;"
        " 3 more came before the first receipt on disk\n"
        "at the OFD: 2 documents\n"
        "nothing wrong\n"
    )


def test_receipts_of_a_drive_that_was_replaced_are_called_not_compared() -> None:
    history = History()
    history.sells(100)
    new = RegisterJournal(ONE, (RegisterEntry(OTHER, 0, NOON, "9999000000000009", 1),), every_drive=False)
    seen = replace(history.witnesses(), registers=(new,), ofd=None)

    assert "not compared: 1 receipts on drives" in as_text(report(seen, history.terms(), []))


def test_violations_and_what_could_not_be_read_are_told() -> None:
    history = History()
    row = history.sells(100)
    history.puts_on_paper(ONE, Kind.SALE, 100)
    found = report(history.witnesses(), history.terms(), ["the OFD is away"])

    text, program = as_text(found), loads(as_json(found))

    assert "not read: the OFD is away\n" in text
    assert "nothing wrong" not in text
    assert program["unread"] == ["the OFD is away"]
    assert program["compared"]["documents"] == 2
    assert program["violations"][0]["property"] == "P1"
    assert program["violations"][0]["receipt_id"] == row.receipt_id
    assert program["violations"][0]["document"]["fd"] == 2


def test_a_clean_part_is_not_called_a_clean_whole() -> None:
    text = as_text(report(History().witnesses(), History().terms(), ["the OFD is away"]))

    assert text.endswith("nothing wrong in what could be read\n")
