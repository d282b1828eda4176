"""The words of JSON tasks, and the numbers that fiscal documents have for them (FFD tags; driver 10.10.7 for words)."""

TAXATIONS = {"osn": 1, "usnIncome": 2, "usnIncomeOutcome": 4, "envd": 8, "esn": 16, "patent": 32}
"""Tag 1055."""

RATES = {
    "vat20": "20%",
    "vat10": "10%",
    "vat120": "20/120",
    "vat110": "10/110",
    "vat0": "0%",
    "none": "no_vat",
    "vat5": "5%",
    "vat7": "7%",
    "vat105": "5/105",
    "vat107": "7/107",
    "vat22": "22%",
    "vat122": "22/122",
}
"""Rates in the order of tag 1199, which counts from 1, by the names that the drive's documents have for them."""
RATE_NUMBERS = {name: number for number, name in enumerate(RATES.values(), 1)}

METHODS = {
    "fullPrepayment": 1,
    "prepayment": 2,
    "advance": 3,
    "fullPayment": 4,
    "partialPayment": 5,
    "credit": 6,
    "creditPayment": 7,
}
"""Tag 1214."""
DEFAULT_METHOD = "fullPrepayment"

OBJECTS = {
    "commodity": 1,
    "excise": 2,
    "job": 3,
    "service": 4,
    "gamblingBet": 5,
    "gamblingPrize": 6,
    "lottery": 7,
    "lotteryPrize": 8,
    "intellectualActivity": 9,
    "payment": 10,
    "agentCommission": 11,
    "pay": 12,
    "composite": 12,
    "another": 13,
    "proprietaryLaw": 14,
    "nonOperatingIncome": 15,
    "otherContributions": 16,
    "insuranceContributions": 16,
    "merchantTax": 17,
    "resortFee": 18,
    "touristTax": 18,
    "deposit": 19,
    "consumption": 20,
    "soleProprietorCPIContributions": 21,
    "cpiContributions": 22,
    "soleProprietorCMIContributions": 23,
    "cmiContributions": 24,
    "csiContributions": 25,
    "casinoPayment": 26,
    "fundsIssuance": 27,
    "exciseWithoutMarking": 30,
    "exciseWithMarking": 31,
    "commodityWithoutMarking": 32,
    "commodityWithMarking": 33,
}
"""Tag 1212. A number is taken too."""
SINCE_FFD_1_2 = frozenset({30, 31, 32, 33})

MEASURES = {
    "piece": 0,
    "gram": 10,
    "kilogram": 11,
    "ton": 12,
    "centimeter": 20,
    "decimeter": 21,
    "meter": 22,
    "squareCentimeter": 30,
    "squareDecimeter": 31,
    "squareMeter": 32,
    "milliliter": 40,
    "liter": 41,
    "cubicMeter": 42,
    "kilowattHour": 50,
    "gkal": 51,
    "day": 70,
    "hour": 71,
    "minute": 72,
    "second": 73,
    "kilobyte": 80,
    "megabyte": 81,
    "gigabyte": 82,
    "terabyte": 83,
    "otherUnits": 255,
}
"""Tag 2108. A number is taken too."""

AGENTS = {
    "bankPayingAgent": 1,
    "bankPayingSubagent": 2,
    "payingAgent": 4,
    "payingSubagent": 8,
    "attorney": 16,
    "commissionAgent": 32,
    "another": 64,
}
"""Bits of tags 1057 and 1222."""
BANK_AGENTS, PAYING_AGENTS = 1 | 2, 4 | 8

PAYMENTS = {"cash": 0, "electronically": 1, "prepaid": 2, "credit": 3, "other": 4}
"""Numbers 5 to 9 are the shop's own kinds."""
SLOTS = {0: 1, 1: 2, 2: 14, 3: 15, 4: 16, 5: 3, 6: 4, 7: 5, 8: 6, 9: 7}
"""Where the drive's documents keep each: 1 is cash, 2 to 13 count as electronic, then prepaid, credit, in kind."""
CASH = SLOTS[0]

RECEIPTS = {"sell": 1, "sellReturn": 2, "buy": 3, "buyReturn": 4}
"""Tag 1054."""
CORRECTIONS = {f"{name}Correction": number for name, number in RECEIPTS.items()}
PAYS_OUT = frozenset({RECEIPTS["sellReturn"], RECEIPTS["buy"]})

FFD_NUMBERS = {"1.05": 2, "1.1": 3, "1.2": 4}
"""Tag 1209."""
