"""What a register's error numbers say, and what the cashier can do about it: the typed catalogue of them all.

Numbers and words: protocol 1.17, p. 67-70, filled up from the vendor's driver; 01h to 20h come from the fiscal drive.
What to do is ours.
"""

from dataclasses import dataclass

SERVICE = "Позовите сервисный центр: ККТ нужен мастер."
RESTART = "Выключите ККТ на полминуты и включите снова; если не поможет, позовите сервисный центр."
NEW_DRIVE = "Замените фискальный накопитель; до замены продавайте на другой кассе."
CLOCK = "Проверьте дату и время ККТ: они не должны отставать от последнего чека. Выставляют их при закрытой смене."
OFD = "Проверьте связь с ОФД: ККТ не печатает чеки, пока не передаст накопленные."
TURN_SHIFT = "Закройте смену и откройте новую."
CLOSE_SHIFT = "Закройте смену и повторите."
OPEN_SHIFT = "Откройте смену и повторите."
RECEIPT = "Проверьте чек: цены, количество, скидки и оплату."
SPLIT = "Разделите покупку на несколько чеков."
CASH_IN = "Внесите наличные в кассу и повторите."
SETUP = "Сообщите администратору: настройки ККТ и кассовой программы не подходят друг другу."
CANCEL = "Отмените открытый чек и повторите."
WAIT = "Подождите окончания печати и повторите."
CONTINUE = "Проверьте бумагу и нажмите «Продолжить печать»."
PAPER = "Вставьте чековую ленту и закройте крышку."
CUTTER = "Выключите ККТ, уберите застрявшую бумагу и включите снова."
POWER = "Проверьте блок питания ККТ."
COOL = "Дайте ККТ остыть или прогреться и повторите."
REGISTER = "Зарегистрируйте ККТ в налоговой (фискализация)."
MARKING = "Отложите товар: этот код маркировки продать нельзя. Покажите его администратору."
MARKING_OFF = "Сообщите администратору: ККТ не готова к продаже маркированных товаров."


@dataclass(frozen=True)
class RegisterError:
    """`text` and `advice` are Russian, for the cashier; no advice where there is nothing to be done."""

    number: int
    text: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.number:02X}h {self.text}"


def error_of(number: int) -> RegisterError:
    """Any number has an entry; one that no source knows says so."""
    return CATALOGUE.get(number) or RegisterError(number, "неизвестная ошибка", SERVICE)


CATALOGUE = {
    error.number: error
    for error in (
        RegisterError(0x00, "ошибок нет"),
        RegisterError(0x01, "ФН: неизвестная команда, неверный формат или параметры", SETUP),
        RegisterError(0x02, "ФН: другое состояние", RESTART),
        RegisterError(0x03, "ФН: отказ", SERVICE),
        RegisterError(0x04, "ФН: отказ криптографического сопроцессора", SERVICE),
        RegisterError(0x05, "ФН: параметры не соответствуют сроку жизни", NEW_DRIVE),
        RegisterError(0x06, "ФН: архив переполнен", NEW_DRIVE),
        RegisterError(0x07, "ФН: неверные дата или время", CLOCK),
        RegisterError(0x08, "ФН: нет запрошенных данных"),
        RegisterError(0x09, "ФН: неверное значение параметра", SETUP),
        RegisterError(0x10, "ФН: слишком большой TLV", SETUP),
        RegisterError(0x11, "ФН: нет транспортного соединения", OFD),
        RegisterError(0x12, "ФН: исчерпан ресурс криптографического сопроцессора", NEW_DRIVE),
        RegisterError(0x14, "ФН: исчерпан ресурс хранения", OFD),
        RegisterError(0x15, "ФН: исчерпан срок ожидания передачи в ОФД", OFD),
        RegisterError(0x16, "ФН: смена длится больше 24 часов", TURN_SHIFT),
        RegisterError(0x17, "ФН: неверный промежуток времени между документами", CLOCK),
        RegisterError(0x20, "ФН: сообщение ОФД не принято", OFD),
        RegisterError(0x23, "ФН-М: обновление ключей отклонено", MARKING_OFF),
        RegisterError(0x24, "ФН-М: неизвестный ответ на обновление ключей", MARKING_OFF),
        RegisterError(0x2B, "нельзя отменить предыдущую команду"),
        RegisterError(0x2C, "касса уже обнулена"),
        RegisterError(0x2D, "сторно больше суммы секции", RECEIPT),
        RegisterError(0x2E, "в кассе нет денег для выплаты", RECEIPT),
        RegisterError(0x2F, "ФН не ответил вовремя", RESTART),
        RegisterError(0x30, "ФН не отвечает", RESTART),
        RegisterError(0x31, "нарушен формат обмена с ФН", RESTART),
        RegisterError(0x32, "ошибка контрольной суммы обмена с ФН", RESTART),
        RegisterError(0x33, "неверные параметры команды", SETUP),
        RegisterError(0x34, "нет данных"),
        RegisterError(0x35, "параметр не подходит к настройкам", SETUP),
        RegisterError(0x36, "параметры не для этой модели", SETUP),
        RegisterError(0x37, "команда не поддерживается этой моделью", SETUP),
        RegisterError(0x38, "ошибка ПЗУ", SERVICE),
        RegisterError(0x39, "внутренняя ошибка программы кассы", SERVICE),
        RegisterError(0x3A, "переполнение надбавок за смену", SERVICE),
        RegisterError(0x3B, "переполнение накоплений за смену", SERVICE),
        RegisterError(0x3C, "смена открыта, операция невозможна", CLOSE_SHIFT),
        RegisterError(0x3D, "смена не открыта, операция невозможна", OPEN_SHIFT),
        RegisterError(0x3E, "переполнение секций за смену", SERVICE),
        RegisterError(0x3F, "переполнение скидок за смену", SERVICE),
        RegisterError(0x40, "скидка вне диапазона", RECEIPT),
        RegisterError(0x41, "сумма наличными вне диапазона", RECEIPT),
        RegisterError(0x42, "сумма оплаты типа 2 вне диапазона", RECEIPT),
        RegisterError(0x43, "сумма оплаты типа 3 вне диапазона", RECEIPT),
        RegisterError(0x44, "сумма оплаты типа 4 вне диапазона", RECEIPT),
        RegisterError(0x45, "оплачено меньше итога", RECEIPT),
        RegisterError(0x46, "в кассе не хватает наличных", CASH_IN),
        RegisterError(0x47, "переполнение налогов за смену", SERVICE),
        RegisterError(0x48, "переполнение итога чека", RECEIPT),
        RegisterError(0x49, "операция невозможна в чеке этого типа", SETUP),
        RegisterError(0x4A, "открыт чек, операция невозможна", CANCEL),
        RegisterError(0x4B, "буфер чека переполнен", SPLIT),
        RegisterError(0x4C, "переполнение оборотов по налогам за смену", SERVICE),
        RegisterError(0x4D, "безналичная оплата больше итога", RECEIPT),
        RegisterError(0x4E, "смена превысила 24 часа", TURN_SHIFT),
        RegisterError(0x4F, "неверный пароль", SETUP),
        RegisterError(0x50, "идёт печать предыдущей команды", WAIT),
        RegisterError(0x51, "переполнение наличных за смену", SERVICE),
        RegisterError(0x52, "переполнение оплат типа 2 за смену", SERVICE),
        RegisterError(0x53, "переполнение оплат типа 3 за смену", SERVICE),
        RegisterError(0x54, "переполнение оплат типа 4 за смену", SERVICE),
        RegisterError(0x55, "чек закрыт, операция невозможна"),
        RegisterError(0x56, "нет документа для повтора"),
        RegisterError(0x58, "ожидается команда продолжения печати", CONTINUE),
        RegisterError(0x59, "документ открыт другим оператором", SETUP),
        RegisterError(0x5A, "скидка больше накоплений", RECEIPT),
        RegisterError(0x5B, "надбавка вне диапазона", RECEIPT),
        RegisterError(0x5C, "понижено напряжение 24 В", POWER),
        RegisterError(0x5D, "таблица не определена", SETUP),
        RegisterError(0x5E, "неверная операция", SETUP),
        RegisterError(0x5F, "отрицательный итог чека", RECEIPT),
        RegisterError(0x60, "переполнение при умножении", RECEIPT),
        RegisterError(0x61, "цена вне диапазона", RECEIPT),
        RegisterError(0x62, "количество вне диапазона", RECEIPT),
        RegisterError(0x63, "отдел вне диапазона", SETUP),
        RegisterError(0x65, "не хватает денег в секции", RECEIPT),
        RegisterError(0x66, "переполнение денег в секции", SERVICE),
        RegisterError(0x68, "не хватает денег по обороту налога", RECEIPT),
        RegisterError(0x69, "переполнение денег по обороту налога", SERVICE),
        RegisterError(0x6A, "сбой питания при ответе по I2C", SERVICE),
        RegisterError(0x6B, "нет чековой ленты", PAPER),
        RegisterError(0x6C, "нет контрольной ленты", PAPER),
        RegisterError(0x6D, "не хватает денег по налогу", RECEIPT),
        RegisterError(0x6E, "переполнение денег по налогу", SERVICE),
        RegisterError(0x6F, "переполнение выплат за смену", SERVICE),
        RegisterError(0x71, "неисправен отрезчик", CUTTER),
        RegisterError(0x72, "команда не поддерживается в этом подрежиме", SETUP),
        RegisterError(0x73, "команда не поддерживается в этом режиме", SETUP),
        RegisterError(0x74, "ошибка ОЗУ", SERVICE),
        RegisterError(0x75, "ошибка питания", SERVICE),
        RegisterError(0x76, "печатающее устройство: нет импульсов тахогенератора", SERVICE),
        RegisterError(0x77, "печатающее устройство: нет сигнала датчиков", SERVICE),
        RegisterError(0x78, "заменена программа кассы", SERVICE),
        RegisterError(0x79, "ошибка часов", SERVICE),
        RegisterError(0x7A, "поле не редактируется", SETUP),
        RegisterError(0x7B, "неисправно оборудование", SERVICE),
        RegisterError(0x7C, "дата не совпадает", CLOCK),
        RegisterError(0x7D, "неверный формат даты", CLOCK),
        RegisterError(0x7E, "неверное значение в поле длины", SETUP),
        RegisterError(0x7F, "итог чека вне диапазона", RECEIPT),
        RegisterError(0x84, "переполнение наличности", SERVICE),
        RegisterError(0x85, "переполнение продаж за смену", SERVICE),
        RegisterError(0x86, "переполнение покупок за смену", SERVICE),
        RegisterError(0x87, "переполнение возвратов продаж за смену", SERVICE),
        RegisterError(0x88, "переполнение возвратов покупок за смену", SERVICE),
        RegisterError(0x89, "переполнение внесений за смену", SERVICE),
        RegisterError(0x8A, "переполнение надбавок в чеке", RECEIPT),
        RegisterError(0x8B, "переполнение скидок в чеке", RECEIPT),
        RegisterError(0x8C, "отрицательный итог надбавки в чеке", RECEIPT),
        RegisterError(0x8D, "отрицательный итог скидки в чеке", RECEIPT),
        RegisterError(0x8E, "нулевой итог чека", RECEIPT),
        RegisterError(0x8F, "касса не фискализирована", REGISTER),
        RegisterError(0x90, "поле больше размера, заданного в настройках", SETUP),
        RegisterError(0x91, "выход за границу поля печати", SETUP),
        RegisterError(0x92, "наложение полей печати", SETUP),
        RegisterError(0x93, "восстановление ОЗУ прошло успешно", RESTART),
        RegisterError(0x94, "исчерпан предел операций в чеке", SPLIT),
        RegisterError(0x96, "нужен отчёт с гашением", TURN_SHIFT),
        RegisterError(0xA0, "ФН: маркировка запрещена при регистрации", MARKING_OFF),
        RegisterError(0xA1, "ФН: нарушен порядок команд маркировки", SETUP),
        RegisterError(0xA2, "ФН: работа с маркировкой заблокирована", MARKING_OFF),
        RegisterError(0xA3, "ФН: таблица кодов маркировки переполнена", MARKING_OFF),
        RegisterError(0xA4, "ФН: не хватает обязательных реквизитов", SETUP),
        RegisterError(0xA5, "ФН: код маркировки не проверялся", MARKING),
        RegisterError(0xAA, "ФН: не хватает обязательных реквизитов", SETUP),
        RegisterError(0xAC, "ФН: код маркировки не проверялся", MARKING),
        RegisterError(0xC0, "подтвердите дату и время", CLOCK),
        RegisterError(0xC2, "повышено напряжение питания", POWER),
        RegisterError(0xC4, "номера смен не совпадают", CLOSE_SHIFT),
        RegisterError(0xC7, "поле не редактируется в этом режиме", SETUP),
        RegisterError(0xC8, "нет связи с печатающим устройством", RESTART),
        RegisterError(0xC9, "печатающая головка перегрета", COOL),
        RegisterError(0xCA, "температура вне условий эксплуатации", COOL),
        RegisterError(0xCF, "неверная дата в кассе", CLOCK),
        RegisterError(0xD3, "код маркировки выбыл", MARKING),
        RegisterError(0xD4, "код маркировки фальсифицирован", MARKING),
        RegisterError(0xD5, "ошибка аутентификации кода маркировки", MARKING),
    )
}
