"""The driver's "no" in numbers: АТОЛ driver 10, LIBFPTR_ERROR_*, as many as this register answers with."""

from enum import IntEnum


class Error(IntEnum):
    NO_CONNECTION = 2
    INTERNAL = 6
    NO_REQUIRED_PARAM = 8
    NOT_SUPPORTED = 11
    INVALID_PARAM = 13
    INVALID_SUM = 16
    INVALID_QUANTITY = 17
    NO_PAPER = 44
    COVER_OPENED = 45
    CASHLESS_TOO_MUCH = 52
    INVALID_PAYMENT_TYPE = 60
    NOT_FULLY_PAID = 66
    SHIFT_EXPIRED = 68
    SHIFT_CLOSED = 73
    INVALID_DATE_TIME = 77
    NO_CASH = 80
    SHIFT_OPENED = 83
    NO_RECORD_IN_JOURNAL = 93
    TIME_BEFORE_LAST_DOCUMENT = 36
    INVALID_POSITIONS_COUNT = 110
    FN_EXCHANGE = 115
    FN_FAULT = 118
    FN_OVERFLOW = 121
    FN_NO_MORE_DATA = 123
    INVALID_TAXATION_TYPE = 143
    INVALID_TAX_TYPE = 144
    REPORT_INTERRUPTED = 151
    PROPERTY_DENIED = 158
    NO_REQUIRED_PROPERTY = 161
    INVALID_AGENT_PROPERTY = 167
    OPEN_SHIFT_REPORT_INTERRUPTED = 175
    CLOSE_RECEIPT_INTERRUPTED = 177
    INVALID_PAYMENT_METHOD = 216
    INVALID_PAYMENT_OBJECT = 217
    INVALID_TOTAL = 227
    MARKING_CODE_CONFLICT = 228
    CONNECTION_LOST = 241
    NON_PRINTABLE_CHARACTER = 271
    NO_CONNECTION_WITH_SERVER = 402
    INVALID_MARKING_CODE = 409
    INVALID_MARKING_STATE = 410
    INVALID_MEASUREMENT_UNIT = 412
    DENIED_IN_THIS_FFD = 413
    MARK_NOT_CHECKED = 420
    RECEIPT_PARSE_ERROR = 501
    INTERRUPTED_BY_PREVIOUS_ERRORS = 502
    UNAUTHORIZED = 505
    SERVER_BUSY = 601


TEXTS = {
    0: "Ошибок нет",
    Error.NO_CONNECTION: "Нет связи",
    Error.INTERNAL: "Внутренняя ошибка",
    Error.NO_REQUIRED_PARAM: "Не передан обязательный параметр",
    Error.NOT_SUPPORTED: "Не поддерживается",
    Error.INVALID_PARAM: "Некорректное значение параметра",
    Error.INVALID_SUM: "Некорректная цена (сумма)",
    Error.INVALID_QUANTITY: "Некорректное количество",
    Error.TIME_BEFORE_LAST_DOCUMENT: "Дата и время меньше даты последнего документа",
    Error.NO_PAPER: "Нет бумаги",
    Error.COVER_OPENED: "Открыта крышка",
    Error.CASHLESS_TOO_MUCH: "Сумма безналичных оплат превышает сумму чека",
    Error.INVALID_PAYMENT_TYPE: "Неверный тип оплаты",
    Error.NOT_FULLY_PAID: "Чек оплачен не полностью",
    Error.SHIFT_EXPIRED: "Смена превысила 24 часа",
    Error.SHIFT_CLOSED: "Смена закрыта, операция невозможна",
    Error.INVALID_DATE_TIME: "Некорректные дата или время",
    Error.NO_CASH: "Нет денег в денежном ящике",
    Error.SHIFT_OPENED: "Смена открыта, операция невозможна",
    Error.NO_RECORD_IN_JOURNAL: "Запись в журнале не найдена",
    Error.INVALID_POSITIONS_COUNT: "Некорректное количество позиций",
    Error.FN_EXCHANGE: "Ошибка обмена с ФН",
    Error.FN_FAULT: "Неисправность ФН",
    Error.FN_OVERFLOW: "Исчерпана память ФН",
    Error.FN_NO_MORE_DATA: "Нет запрошенных данных в ФН",
    Error.INVALID_TAXATION_TYPE: "Некорректная система налогообложения",
    Error.INVALID_TAX_TYPE: "Некорректная ставка налога",
    Error.REPORT_INTERRUPTED: "Печать отчёта прервана",
    Error.PROPERTY_DENIED: "Передача реквизита запрещена",
    Error.NO_REQUIRED_PROPERTY: "Не передан обязательный реквизит",
    Error.INVALID_AGENT_PROPERTY: "Некорректный признак агента",
    Error.OPEN_SHIFT_REPORT_INTERRUPTED: "Печать отчёта об открытии смены прервана",
    Error.CLOSE_RECEIPT_INTERRUPTED: "Печать чека прервана",
    Error.INVALID_PAYMENT_METHOD: "Некорректный признак способа расчёта (тег 1214)",
    Error.INVALID_PAYMENT_OBJECT: "Некорректный признак предмета расчёта (тег 1212)",
    Error.INVALID_TOTAL: "Некорректная сумма чека",
    Error.MARKING_CODE_CONFLICT: "Код товара и код маркировки переданы одновременно",
    Error.CONNECTION_LOST: "Связь с ККТ потеряна",
    Error.NON_PRINTABLE_CHARACTER: "Непечатаемый символ",
    Error.NO_CONNECTION_WITH_SERVER: "Нет связи с сервером проверки кодов маркировки",
    Error.INVALID_MARKING_CODE: "Некорректный код маркировки",
    Error.INVALID_MARKING_STATE: "Некорректное состояние проверки кода маркировки",
    Error.INVALID_MEASUREMENT_UNIT: "Некорректная мера количества",
    Error.DENIED_IN_THIS_FFD: "Операция невозможна в текущей версии ФФД",
    Error.MARK_NOT_CHECKED: "Код маркировки не проверен",
    Error.RECEIPT_PARSE_ERROR: "Ошибка разбора задания",
    Error.INTERRUPTED_BY_PREVIOUS_ERRORS: "Выполнение прервано из-за предыдущих ошибок",
    Error.UNAUTHORIZED: "unauthorized",
    Error.SERVER_BUSY: "Сервер занят",
}


class Refuse(Exception):
    """The task is not carried out. `detail` says which field was at fault."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(describe(code, detail))
        self.code, self.detail = code, detail


def describe(code: int, detail: str = "") -> str:
    text = TEXTS.get(code, f"Ошибка {code}")
    return f"{text}: {detail}" if detail else text
