"""Real documents and figures say what they are known to say. Sources: tests/vectors/ffd/SOURCES.md."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from protocols.ffd.electronic import printed_sign
from protocols.ffd.inn import normalised
from protocols.ffd.rates import VATS, tax_of, tax_tags
from protocols.ffd.rnm import is_rnm
from protocols.ffd.tlv import Tlv, decode, encode, first
from protocols.item import times

VECTORS = Path(__file__).parents[3] / "vectors" / "ffd"
OF_FFD_1_0 = {1049, 1058}  # later formats dropped them: kept as bytes


def vector(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("utf-8"))


def body(name: str, header: int) -> bytes:
    """The document in a container: without its header and the ten bytes of its end."""
    return bytes.fromhex((VECTORS / name).read_text("ascii"))[header:-10]


RECEIPT = vector("tlv_receipt_atol_ffd105.json")
DOCUMENTS = [
    (bytes.fromhex(RECEIPT["document_hex"]), 3, RECEIPT["items"]),
    (body("ofd_message_doc11_ffd105.hex", 62), 11, vector("ofd_message_doc11_ffd105.json")["document"]["items"]),
    (body("ofd_container_doc1_ffd10.hex", 32), 1, vector("ofd_container_doc1_ffd10.json")["document"]["items"]),
]


def documented(entry: dict[str, Any]) -> Any:
    """The value that the vector gives, in our types; the padding of fixed texts is no part of theirs."""
    value = entry["value"]
    match value:
        case _ if entry["tag"] in OF_FFD_1_0:
            return bytes.fromhex(entry["hex"])
        case {"local": local}:
            return datetime.fromisoformat(local)
        case {"hex": octets}:
            return bytes.fromhex(octets)
        case {"point": places, "int": number}:
            return Decimal(number).scaleb(-places)
        case list():
            return tuple(Tlv(inner["tag"], documented(inner)) for inner in value)
        case str() if entry["tag"] in (1016, 1017, 1018, 1037, 1041, 1203):
            return value.rstrip()
    return value


@pytest.mark.parametrize(("data", "code", "entries"), DOCUMENTS, ids=["receipt", "reregistration", "registration"])
def test_a_real_document_says_what_is_documented(data: bytes, code: int, entries: list[dict[str, Any]]) -> None:
    expected = Tlv(code, tuple(Tlv(entry["tag"], documented(entry)) for entry in entries))

    assert decode(data) == (expected,)
    assert encode((expected,)) == data


@pytest.mark.parametrize(("data", "code", "entries"), DOCUMENTS, ids=["receipt", "reregistration", "registration"])
def test_the_printed_sign_is_the_end_of_its_tag(data: bytes, code: int, entries: list[dict[str, Any]]) -> None:
    known = next(entry["value"]["fpd"] for entry in entries if entry["tag"] == 1077)

    assert printed_sign(first(decode(data)[0].value, 1077)) == f"{known:010}"  # type: ignore[arg-type]


PRIMITIVES = vector("primitives.json")


@pytest.mark.parametrize(
    ("tag", "entry"),
    [(1294, entry) for entry in PRIMITIVES["vln"] + PRIMITIVES["vln_zero"]]
    + [(1023, entry) for entry in PRIMITIVES["fvln"]]
    + [(1021, entry) for entry in PRIMITIVES["string_cp866"]]
    + [(1040, entry) for entry in PRIMITIVES["u32"]]
    + [(1054, entry) for entry in PRIMITIVES["byte"]],
)
def test_a_primitive_goes_both_ways(tag: int, entry: dict[str, Any]) -> None:
    value = Decimal(entry["value"]) if tag == 1023 else entry["value"]
    raw = bytes.fromhex(entry["hex"])

    assert encode([Tlv(tag, value)])[4:] == raw
    assert first(decode(tag.to_bytes(2, "little") + len(raw).to_bytes(2, "little") + raw), tag) == value


def test_a_time_is_seconds_of_the_registers_own_clock() -> None:
    (entry,) = PRIMITIVES["unixtime"]
    moment = datetime(2015, 7, 9, 5, 11, 38)  # noqa: DTZ001 - that clock has no zone

    assert encode([Tlv(1012, moment)])[4:].hex() == entry["hex"]
    assert first(decode(bytes.fromhex("f4030400" + entry["hex"])), 1012) == moment


@pytest.mark.parametrize("entry", PRIMITIVES["inn_normalise"], ids=lambda entry: entry["in"])
def test_padding_of_an_inn_is_taken_off(entry: dict[str, str]) -> None:
    assert normalised(entry["in"]) == entry["out"]


def test_a_number_padded_to_its_longest_form_is_the_same_number() -> None:
    assert first(decode(bytes.fromhex("ff030800" + "02d7370200000000")), 1023) == Decimal("1453.67")


def test_the_check_part_of_a_registration_number() -> None:
    for case in vector("rnm_check.json"):
        assert is_rnm(case["rnm"], case["inn"], case["kkt_serial"])
        assert not is_rnm(case["rnm"], case["inn"], "000000000003")
        assert not is_rnm(case["rnm"], "7702203275", case["kkt_serial"])


@pytest.mark.parametrize("rnm", ["", "000000000500857", "00000000050085700", "000000000500857x", "0000000005008571"])
def test_what_is_no_registration_number_is_told(rnm: str) -> None:
    assert not is_rnm(rnm, "7702203276", "000000000002")


@pytest.mark.parametrize("case", vector("vat_extraction.json"), ids=lambda case: f"{case['1199']}-{case['sum_kop']}")
def test_the_tax_in_a_sum_is_taken_out_half_up(case: dict[str, int]) -> None:
    assert tax_of(case["sum_kop"], VATS[case["1199"]]) == case["vat_kop"]


@pytest.mark.parametrize("receipt", vector("receipts_fns_json_numbers.json"), ids=lambda case: case["name"])
def test_sums_and_taxes_of_real_receipts_come_out_to_the_kopeck(receipt: dict[str, Any]) -> None:
    fields = receipt["fields"]
    sold: dict[Any, int] = {}
    for item in fields["items"]:
        assert times(item["price"], Decimal(item["quantity"])) == item["sum"]
        sold[VATS[item["nds"]]] = sold.get(VATS[item["nds"]], 0) + item["sum"]

    taxes = tax_tags(sold)

    assert sum(sold.values()) == fields["totalSum"]
    if "amountsReceiptNds" in fields:
        rates = [(tax["nds"], tax["ndsSum"]) for tax in fields["amountsReceiptNds"]["amountsNds"]]
        assert taxes == (Tlv(1115, tuple(Tlv(1119, (Tlv(1199, nds), Tlv(1120, kop))) for nds, kop in rates)),)
    else:
        assert taxes == (Tlv(1103, fields["nds10"]),)
