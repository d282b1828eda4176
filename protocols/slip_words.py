"""What stands on a receipt in Russian (order ЕД-7-20/662@, printed form), by the values it is made of."""

from protocols.item import Vat
from protocols.receipt import Kind, Method, Taxation
from protocols.till import Work

KINDS = {
    Kind.SALE: "Приход",
    Kind.REFUND: "Возврат прихода",
    Kind.PURCHASE: "Расход",
    Kind.PURCHASE_REFUND: "Возврат расхода",
}
TITLES: dict[Kind | Work, str] = {
    **dict.fromkeys(Kind, "Кассовый чек"),
    Kind.CORRECTION: "Кассовый чек коррекции",
    Work.OPEN_SHIFT: "Отчёт об открытии смены",
    Work.CLOSE_SHIFT: "Отчёт о закрытии смены",
    Work.CASH_IN: "Внесение наличных",
    Work.CASH_OUT: "Выплата наличных",
}
PAYMENTS = {
    Method.CASH: "Наличными",
    Method.CARD: "Безналичными",
    Method.ACQUIRING: "Безналичными",
    Method.PREPAID: "Предоплата (аванс)",
    Method.CREDIT: "Постоплата (кредит)",
    Method.OTHER: "Иная форма оплаты",
}
TAXATIONS = {
    Taxation.OSN: "ОСН",
    Taxation.USN_INCOME: "УСН доход",
    Taxation.USN_INCOME_OUTCOME: "УСН доход − расход",
    Taxation.ENVD: "ЕНВД",
    Taxation.ESHN: "ЕСХН",
    Taxation.PSN: "Патент",
}


def vat_name(vat: Vat) -> str:
    return "Без НДС" if vat is Vat.NONE else f"НДС {vat.value}"


def money(kopecks: int) -> str:
    """1234550 is 12 345,50, with a space that no line breaks at."""
    roubles, rest = divmod(abs(kopecks), 100)
    return f"{'−' if kopecks < 0 else ''}{roubles:,}".replace(",", "\u00a0") + f",{rest:02}"
