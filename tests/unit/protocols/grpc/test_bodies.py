"""A receipt said in messages means the receipt that JSON means."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor
from pydantic import AliasChoices, BaseModel

from protocols.api import BadRequest, parse_receipt
from protocols.api_item import AgentBody, ItemBody, MarkBody, SupplierBody
from protocols.api_receipt import (
    BuyerBody,
    CashierBody,
    CorrectionBody,
    CustomerBody,
    PaymentBody,
    ReceiptBody,
    RequisiteBody,
)
from protocols.grpc.bodies import KOPECKS, MOST, body, parse
from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.item import Vat
from protocols.order import fingerprint
from protocols.receipt import Kind, Method

INN = "7702203276"
CODE = "0104601653030264217x!Ab2\x1d91EE05\x1d92c2lnbmF0dXJl"
MIRRORS: list[tuple[Any, type[BaseModel]]] = [
    (pb.Receipt, ReceiptBody),
    (pb.Item, ItemBody),
    (pb.Agent, AgentBody),
    (pb.Supplier, SupplierBody),
    (pb.Mark, MarkBody),
    (pb.Payment, PaymentBody),
    (pb.Customer, CustomerBody),
    (pb.Correction, CorrectionBody),
    (pb.Cashier, CashierBody),
    (pb.Buyer, BuyerBody),
    (pb.Requisite, RequisiteBody),
]


@pytest.mark.parametrize(("message", "model"), MIRRORS)
def test_a_message_can_say_all_that_json_can_and_no_more(message: Any, model: type[BaseModel]) -> None:
    ours = {name.removesuffix(KOPECKS) for name in message.DESCRIPTOR.fields_by_name}
    spellings = [_spellings(model, name) for name in model.model_fields]

    assert all(len(ours & each) == 1 for each in spellings)
    assert ours <= set().union(*spellings)


def test_everything_said_in_a_message_is_the_same_receipt_as_in_json() -> None:
    said = pb.Receipt(
        pos_id="POS-002",
        type=pb.RECEIPT_TYPE_REFUND,
        items=[
            pb.Item(
                name="Линза «А»",
                quantity="2.5",
                price_kopecks=10_10,
                vat="no_vat",
                discount_kopecks=5,
                sku="1",
                payment_method=4,
                payment_object=1,
                measure=0,
                agent=pb.Agent(kind=64, operation="o", phones=["+79161234567"], transfer_name="t", transfer_inn=INN),
                supplier=pb.Supplier(inn=INN, name="s", phones=["+79161234567"]),
                mark=pb.Mark(code=CODE, status=1),
                excise_kopecks=1_00,
                country="643",
                customs_declaration="10000000/010126/0000001",
                additional="a",
                department=2,
            )
        ],
        payments=[
            pb.Payment(method=pb.PAYMENT_METHOD_CARD, amount_kopecks=5_00),
            pb.Payment(method=pb.PAYMENT_METHOD_CASH, amount_kopecks=20_20),
        ],
        customer=pb.Customer(email="a@b.ru", phone="+79161234567"),
        cashier=pb.Cashier(name="Иванова", inn="500100732259"),
        taxation=1,
        buyer=pb.Buyer(name="ООО «Б»", inn=INN),
        requisite=pb.Requisite(name="n", value="v"),
        note="n",
        place="shop.example",
        internet=True,
        header=["", "Добро пожаловать"],
        footer=["Спасибо"],
    )
    json = {
        "pos_id": "POS-002",
        "type": "refund",
        "items": [
            {
                "name": "Линза «А»",
                "qty": "2.5",
                "price": "10.10",
                "vat": "no_vat",
                "discount": "0.05",
                "sku": "1",
                "payment_method": "full_payment",
                "payment_object": "commodity",
                "measure": "piece",
                "agent": {
                    "kind": 64,
                    "operation": "o",
                    "phones": ["+79161234567"],
                    "transfer_name": "t",
                    "transfer_inn": INN,
                },
                "supplier": {"inn": INN, "name": "s", "phones": ["+79161234567"]},
                "mark": {"code": CODE, "status": 1},
                "excise": 1,
                "country": "643",
                "customs_declaration": "10000000/010126/0000001",
                "additional": "a",
                "department": 2,
            }
        ],
        "payments": [{"method": "card", "amount": 5}, {"method": "cash", "amount": "20.20"}],
        "customer": {"email": "a@b.ru", "phone": "+79161234567"},
        "cashier": {"name": "Иванова", "inn": "500100732259"},
        "taxation": "osn",
        "buyer": {"name": "ООО «Б»", "inn": INN},
        "requisite": {"name": "n", "value": "v"},
        "note": "n",
        "place": "shop.example",
        "internet": True,
        "header": ["", "Добро пожаловать"],
        "footer": ["Спасибо"],
    }

    assert ReceiptBody.model_validate(body(said)) == ReceiptBody.model_validate(json)
    assert fingerprint(ReceiptBody.model_validate(body(said)).to_receipt()) == fingerprint(
        ReceiptBody.model_validate(json).to_receipt()
    )


def test_a_correction_is_of_a_sale_unless_it_says_of_what() -> None:
    of_a_sale = body(pb.Correction(date="2026-02-28", ordered=True, number="12-3"))
    of_a_refund = body(pb.Correction(date="2026-02-28", of=pb.RECEIPT_TYPE_REFUND))

    assert of_a_sale == {"date": "2026-02-28", "ordered": True, "number": "12-3"}
    assert CorrectionBody.model_validate(of_a_sale).of is Kind.SALE
    assert CorrectionBody.model_validate(of_a_refund).of is Kind.REFUND


@pytest.mark.parametrize(("of", "kinds"), [(pb.ReceiptType, Kind), (pb.PaymentMethod, Method)])
def test_every_word_of_json_has_its_number(of: Any, kinds: Any) -> None:
    numbers = of.DESCRIPTOR.values_by_name.values()
    prefix = of.DESCRIPTOR.values_by_number[0].name.removesuffix("UNSPECIFIED")

    assert {value.name.removeprefix(prefix).lower() for value in numbers} - {"unspecified"} == {*kinds}


def test_a_number_that_is_no_word_is_refused_and_not_taken_for_another() -> None:
    said = pb.Receipt(pos_id="POS-001", items=[_item()], payments=[_cash()])
    said.type = 77  # type: ignore[assignment]  # as a client of a later version might
    with pytest.raises(BadRequest) as caught:
        parse_receipt(body(said))

    assert [wrong["field"] for wrong in caught.value.details] == ["type"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("kopecks", "taken"), [(10_000, True), (1, False), (-10_000, False), (2**62, False)])
def test_sums_are_checked_as_those_of_json(kopecks: int, taken: bool) -> None:
    said = pb.Receipt(pos_id="POS-001", type=pb.RECEIPT_TYPE_SALE, items=[_item()], payments=[_cash(kopecks)])
    if taken:
        assert parse_receipt(body(said)).cash_kopecks == 10_000
    else:
        with pytest.raises(BadRequest):
            parse_receipt(body(said))


@pytest.mark.parametrize("quantity", ["", "NaN", "Infinity", "-1", "0", "1.0000001", "1e99", "one", "0x1", "9" * 5000])
def test_a_quantity_that_is_none_is_refused(quantity: str) -> None:
    said = pb.Receipt(
        pos_id="POS-001",
        type=pb.RECEIPT_TYPE_SALE,
        items=[pb.Item(name="x", quantity=quantity, price_kopecks=10_000, vat=Vat.NONE)],
        payments=[_cash()],
    )
    with pytest.raises(BadRequest) as caught:
        parse_receipt(body(said))

    assert caught.value.code == "VALIDATION_ERROR"


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\xff", b"\x0a\x02\xff\xfe", b"\x12\x04\x0a\x02\xc0\x80"])
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(BadRequest, match=r"no kassir\.v1\.CreateReceiptRequest"):
        parse(pb.CreateReceiptRequest, data)


def test_nothing_but_the_reply_uses_a_float() -> None:
    floats = [field for message in _messages() for field in message.fields if field.cpp_type in (5, 6)]

    assert [field.full_name for field in floats] == ["kassir.v1.BufferStatusResponse.percent_full"]


def _spellings(model: type[BaseModel], name: str) -> set[str]:
    alias = model.model_fields[name].validation_alias
    return {name, *(str(choice) for choice in alias.choices)} if isinstance(alias, AliasChoices) else {name}


def _messages() -> Iterator[Descriptor]:
    yield from pb.DESCRIPTOR.message_types_by_name.values()


def _item() -> Any:
    return pb.Item(name="Оправа", quantity="1", price_kopecks=10_000, vat="22%")


def _cash(kopecks: int = 10_000) -> Any:
    return pb.Payment(method=pb.PAYMENT_METHOD_CASH, amount_kopecks=kopecks)


@pytest.mark.parametrize("field", ["items", "payments", "header"])
def test_of_a_list_that_nobody_can_mean_only_the_length_is_looked_at(field: str) -> None:
    """A message of 1 MiB has room for half a million: to look at each of them held up the whole gateway for 20 s."""
    number = pb.Receipt.DESCRIPTOR.fields_by_name[field].number
    said = parse(pb.Receipt, bytes([number << 3 | 2, 0]) * 500_000)

    begun = perf_counter()
    with pytest.raises(BadRequest) as refused:
        body(said)

    assert perf_counter() - begun < 1
    assert refused.value.details == [{"field": field, "problem": f"at most {MOST} are taken, not 500000"}]


@pytest.mark.parametrize(("message", "model"), MIRRORS)
def test_no_list_of_json_takes_more_than_a_message_may_have(message: Any, model: type[BaseModel]) -> None:
    most = [
        rule.max_length
        for name, field in model.model_fields.items()
        if message.DESCRIPTOR.fields_by_name.get(name) is not None
        and message.DESCRIPTOR.fields_by_name[name].is_repeated
        for rule in field.metadata
        if hasattr(rule, "max_length")
    ]
    repeated = [field for field in message.DESCRIPTOR.fields if field.is_repeated]

    assert len(most) == len(repeated)
    assert all(each <= MOST for each in most)
