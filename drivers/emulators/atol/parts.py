"""The fields of JSON tasks. One that is not here is an error: a misspelt field must not pass unnoticed."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from drivers.emulators.atol.errors import Error, Refuse

Number = int | Decimal  # roubles, pieces: a JSON number; a text is none
Digits = str | int  # the vendor's own examples have some INNs and phones as numbers
Fields = dict[str, Any]


class Part(Struct, rename="camel", forbid_unknown_fields=True):
    pass


class Operator(Part):
    name: str
    vatin: Digits = ""


class Printed(Part):
    """What every task that prints may carry besides."""

    type: str
    operator: Operator | None = None
    electronically: bool = False
    pre_items: list[Fields] = []
    post_items: list[Fields] = []


class ShiftTask(Printed):
    additional_attribute: str = ""
    address: str = ""
    payment_address: str = ""


class CashTask(Printed, kw_only=True):
    cash_sum: Number


class TextTask(Printed, kw_only=True):
    items: list[Fields]
    print_footer: bool = True


class Simple(Part):
    """A task that is its name."""

    type: str


class DocumentTask(Part):
    type: str
    fiscal_document_number: int
    with_raw_data: bool = False


class ClockTask(Part):
    type: str
    date_time: str


class LastParamsTask(Part):
    type: str
    for_receipt: bool = False


class Tax(Part):
    type: str
    sum: Number | None = None


class Payment(Part):
    type: str | int
    sum: Number
    print_items: list[Fields] = []


class Phones(Part):
    phones: list[Digits] = []


class PayingAgent(Phones):
    operation: str = ""


class TransferOperator(Phones):
    name: str = ""
    address: str = ""
    vatin: Digits = ""


class AgentInfo(Part):
    agents: list[str]
    paying_agent: PayingAgent | None = None
    receive_payments_operator: Phones | None = None
    money_transfer_operator: TransferOperator | None = None
    agents_print: bool = True
    agent_data_print: bool = True


class SupplierInfo(Phones):
    name: str = ""
    vatin: Digits = ""


class Client(Part):
    name: str = ""
    vatin: Digits = ""
    email_or_phone: str = ""
    birth_date: str = ""
    citizenship: str = ""
    identity_document_code: str = ""
    identity_document_data: str = ""
    address: str = ""


class Company(Part):
    email: str


class Marking(Part, kw_only=True):
    """`imcParams`: of a position, and of a check of the code."""

    imc: str
    imc_type: str | int = "auto"
    imc_mode_processing: int
    item_estimated_status: str | int | None = None
    item_fractional_amount: str = ""
    item_quantity: Number | None = None
    item_units: str | int | None = None
    item_info_check_result: dict[str, bool] | None = None
    not_send_to_server: bool = False
    not_form_request: bool = False


class MarkingTask(Part):
    type: str
    params: Marking


class Position(Part, kw_only=True):
    type: str = "position"
    name: str
    price: Number
    quantity: Number
    amount: Number
    info_discount_amount: Number = 0
    tax: Tax
    payment_method: str = "fullPrepayment"
    payment_object: str | int = "commodity"
    measurement_unit: str | int | None = None
    piece: bool = False
    department: int = 1
    nomenclature_code: str | dict[str, Digits] | None = None
    marking_code: dict[str, Digits] | None = None
    imc_params: Marking | None = None
    product_codes: Fields | None = None
    agent_info: AgentInfo | None = None
    supplier_info: SupplierInfo | None = None
    industry_info: list[Fields] | Fields = []
    additional_attribute: str = ""
    additional_attribute_print: bool = True
    excise_sum: Number | None = None
    country_code: str = ""
    customs_declaration: str = ""
    user_param3: Any = None
    user_param4: Any = None
    user_param5: Any = None
    user_param6: Any = None
    custom_parameters: list[Fields] = []


class ReceiptTask(Printed):
    """A receipt, and what a correction shares with it."""

    taxation_type: str = "osn"
    ignore_non_fiscal_print_errors: bool = False
    use_VAT18: bool = msgspec.field(name="useVAT18", default=False)
    internet: bool = False
    payments_place: str = ""
    payments_address: str = ""
    machine_number: str = ""
    client_info: Client | None = None
    company_info: Company | None = None
    agent_info: AgentInfo | None = None
    supplier_info: SupplierInfo | None = None
    operation_info: Fields | None = None
    industry_info: list[Fields] | Fields = []
    items: list[Fields] = []
    payments: list[Payment] = []
    payments_add_info: list[Fields] = []
    taxes: list[Tax] = []
    total: Number | None = None
    validate_marking_codes: bool = False
    custom_parameters: list[Fields] = []
    sales_notice: Fields | None = None


class CorrectionTask(ReceiptTask, kw_only=True):
    correction_type: str = "self"
    correction_base_date: str
    correction_base_number: str = ""
    correction_base_name: str = ""


def read(fields: Fields, part: type[Struct]) -> Any:
    """The task or its part. Raises Refuse, which names the field."""
    try:
        return msgspec.convert(fields, part, builtin_types=[Decimal])
    except msgspec.ValidationError as error:
        raise Refuse(Error.RECEIPT_PARSE_ERROR, str(error)) from error


def kopecks(roubles: Number, code: Error = Error.INVALID_SUM) -> int:
    """Raises Refuse with `code`: below zero, beyond any receipt, or not whole kopecks."""
    if not 0 <= roubles < 10**10:
        raise Refuse(code, str(roubles))
    exact = Decimal(roubles).scaleb(2)
    if exact != int(exact):
        raise Refuse(code, str(roubles))
    return int(exact)


def roubles(amount_kopecks: int) -> Decimal:
    return Decimal(amount_kopecks).scaleb(-2)
