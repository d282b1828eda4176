"""The field's words as АТОЛ's driver spells them (OpenAPI of Web Requests 1.0.4.0, unless another source is named)."""

from protocols.item import AgentKind, Measure, Terms, Vat
from protocols.receipt import Kind, Method, Taxation
from protocols.till import Work

RECEIPTS = {
    Kind.SALE: "sell",
    Kind.REFUND: "sellReturn",
    Kind.PURCHASE: "buy",
    Kind.PURCHASE_REFUND: "buyReturn",
}
"""A correction is called by what it corrects, with "Correction" behind."""

WORKS = {
    Work.OPEN_SHIFT: "openShift",
    Work.CLOSE_SHIFT: "closeShift",
    Work.CASH_IN: "cashIn",
    Work.CASH_OUT: "cashOut",
}

TAXATIONS = {
    Taxation.OSN: "osn",
    Taxation.USN_INCOME: "usnIncome",
    Taxation.USN_INCOME_OUTCOME: "usnIncomeOutcome",
    Taxation.ENVD: "envd",
    Taxation.ESHN: "esn",
    Taxation.PSN: "patent",
}

RATES = {
    Vat.V22: "vat22",  # this and 22/122: the driver's constants have them; from which version on, no source tells
    Vat.V20: "vat20",
    Vat.V10: "vat10",
    Vat.V7: "vat7",
    Vat.V5: "vat5",
    Vat.V0: "vat0",
    Vat.NONE: "none",
    Vat.C22: "vat122",
    Vat.C20: "vat120",
    Vat.C10: "vat110",
    Vat.C7: "vat107",
    Vat.C5: "vat105",
}

PAYMENTS = {
    Method.CASH: 0,
    Method.CARD: 1,
    Method.ACQUIRING: 1,
    Method.PREPAID: 2,
    Method.CREDIT: 3,
    Method.OTHER: 4,
}
"""By number: the description misspells the word for credit."""

TERMS = {
    Terms.FULL_PREPAYMENT: "fullPrepayment",
    Terms.PREPAYMENT: "prepayment",
    Terms.ADVANCE: "advance",
    Terms.FULL_PAYMENT: "fullPayment",
    Terms.PARTIAL_PAYMENT: "partialPayment",
    Terms.CREDIT: "credit",
    Terms.CREDIT_PAYMENT: "creditPayment",
}

AGENTS = {
    AgentKind.BANK_PAYING_AGENT: "bankPayingAgent",
    AgentKind.BANK_PAYING_SUBAGENT: "bankPayingSubagent",
    AgentKind.PAYING_AGENT: "payingAgent",
    AgentKind.PAYING_SUBAGENT: "payingSubagent",
    AgentKind.ATTORNEY: "attorney",
    AgentKind.COMMISSION_AGENT: "commissionAgent",
    AgentKind.ANOTHER: "another",
}

UNITS = {
    Measure.PIECE: "piece",
    Measure.GRAM: "gram",
    Measure.KILOGRAM: "kilogram",
    Measure.TON: "ton",
    Measure.CENTIMETER: "centimeter",
    Measure.DECIMETER: "decimeter",
    Measure.METER: "meter",
    Measure.SQUARE_CENTIMETER: "squareCentimeter",
    Measure.SQUARE_DECIMETER: "squareDecimeter",
    Measure.SQUARE_METER: "squareMeter",
    Measure.MILLILITER: "milliliter",
    Measure.LITER: "liter",
    Measure.CUBIC_METER: "cubicMeter",
    Measure.KILOWATT_HOUR: "kilowattHour",
    Measure.GIGACALORIE: "gkal",
    Measure.DAY: "day",
    Measure.HOUR: "hour",
    Measure.MINUTE: "minute",
    Measure.SECOND: "second",
    Measure.KILOBYTE: "kilobyte",
    Measure.MEGABYTE: "megabyte",
    Measure.GIGABYTE: "gigabyte",
    Measure.TERABYTE: "terabyte",
    Measure.OTHER: "otherUnits",
}
"""FFD 1.2, tag 2108."""

STATUSES = {
    1: "itemPieceSold",
    2: "itemDryForSale",
    3: "itemPieceReturn",
    4: "itemDryReturn",
    255: "itemStatusUnchanged",
}
"""FFD tag 2003, the planned status of marked goods."""
