"""What the emulated head office sells: an optician's shop."""

from collections.abc import Iterator

GOODS = (  # SKU, name, roubles, VAT, pieces in stock, sold with a marking code
    # glasses and lenses for correction are free of VAT: article 149, 2 (1) of the tax code
    ("FR-0001", "Оправа Ray-Ban RX5228 чёрная", 8990, "no_vat", 4, False),
    ("FR-0002", "Оправа Ray-Ban RX7047 гавана", 9490, "no_vat", 2, False),
    ("FR-0003", "Оправа Vogue VO5239 бордовая женская", 6490, "no_vat", 3, False),
    ("FR-0004", "Оправа Silhouette Titan Minimal Art безободковая", 24990, "no_vat", 1, False),
    ("FR-0005", "Оправа Nano Solar детская синяя", 5290, "no_vat", 6, False),
    ("FR-0006", "Оправа Дельта 1407 мужская металл", 1890, "no_vat", 12, False),
    ("FR-0007", "Оправа Мегаполис 234 чёрно-зелёная", 2450, "no_vat", 8, False),
    ("FR-0008", "Оправа Emporio Armani EA3099 матовая", 11990, "no_vat", 2, False),
    ("LN-0101", "Линза Essilor Crizal Sapphire 1.5", 4500, "no_vat", 40, False),
    ("LN-0102", "Линза Essilor Crizal Prevencia 1.6", 6900, "no_vat", 24, False),
    ("LN-0103", "Линза Hoya Nulux 1.6 Hi-Vision", 5400, "no_vat", 18, False),
    ("LN-0104", "Линза Zeiss ClearView 1.67", 9800, "no_vat", 10, False),
    ("LN-0105", "Линза прогрессивная Varilux Comfort 1.5", 18900, "no_vat", 4, False),
    ("LN-0106", "Линза фотохромная Transitions 1.5 серая", 7900, "no_vat", 14, False),
    ("LN-0107", "Линза минеральная 1.5 без покрытия", 650, "no_vat", 60, False),
    ("CL-0201", "Линзы контактные Acuvue Oasys, 6 шт.", 2390, "no_vat", 30, False),
    ("CL-0202", "Линзы контактные Acuvue Moist однодневные, 30 шт.", 2790, "no_vat", 25, False),
    ("CL-0203", "Линзы контактные Biofinity, 3 шт.", 1890, "no_vat", 22, False),
    ("CL-0204", "Линзы контактные Air Optix Colors зелёные, 2 шт.", 1590, "no_vat", 9, False),
    ("CL-0205", "Линзы контактные Dailies Total 1, 30 шт.", 3690, "no_vat", 11, False),
    ("RG-0301", "Очки готовые +1,50 Восток", 590, "no_vat", 20, False),
    ("RG-0302", "Очки готовые +2,50 Восток", 590, "no_vat", 17, False),
    ("SG-0401", "Очки солнцезащитные Ray-Ban Aviator RB3025", 13990, "22%", 3, False),
    ("SG-0402", "Очки солнцезащитные Polaroid PLD2083 поляризационные", 4990, "22%", 7, False),
    ("SG-0403", "Очки солнцезащитные детские Real Kids", 2190, "22%", 5, False),
    ("SL-0501", "Раствор Opti-Free PureMoist 300 мл", 990, "22%", 16, False),
    ("SL-0502", "Раствор ReNu MultiPlus 360 мл", 890, "22%", 14, False),
    ("SL-0503", "Капли увлажняющие Хило-Комод 10 мл", 690, "10%", 20, False),
    ("AC-0601", "Футляр для очков жёсткий чёрный", 450, "22%", 35, False),
    ("AC-0602", "Футляр для очков мягкий детский «Ёжик»", 390, "22%", 15, False),
    ("AC-0603", "Салфетка из микрофибры 15×18", 150, "22%", 100, False),
    ("AC-0604", "Спрей для очков 30 мл", 290, "22%", 40, False),
    ("AC-0605", "Цепочка для очков металлическая", 590, "22%", 12, False),
    ("AC-0606", "Контейнер для контактных линз", 190, "22%", 50, False),
    ("AC-0607", "Пинцет для контактных линз", 120, "22%", 28, False),
    ("AC-0608", "Антисептик кожный 50 мл", 180, "22%", 24, True),
    ("SV-0701", "Проверка зрения на аппарате", 900, "no_vat", None, False),
    ("SV-0702", "Изготовление очков простой сложности", 700, "22%", None, False),
    ("SV-0703", "Ремонт: замена носоупоров", 250, "22%", None, False),
    ("SV-0704", "Ремонт: пайка оправы", 1200, "22%", None, False),
)


def assortment() -> Iterator[dict[str, object]]:
    """The goods as the list of products has them. Services have no barcode."""
    for number, (sku, name, roubles, vat, stock, marked) in enumerate(GOODS, 1):
        yield {
            "sku": sku,
            "name": name,
            "price_kopecks": roubles * 100,
            "vat": vat,
            "barcode": None if stock is None else ean13(f"460710{number:06}"),
            "stock": stock,
            "marked": marked,
        }


def ean13(digits: str) -> str:
    """Twelve digits and the one that checks them."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
