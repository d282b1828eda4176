"""Taxpayer numbers (ИНН) and their check digits."""

_TEN = ((2, 4, 10, 3, 5, 9, 4, 6, 8),)
_TWELVE = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
_WEIGHTS = {10: _TEN, 12: _TWELVE}
"""By length: of firms and of persons. Each row checks the digit that follows the digits it weighs."""


def is_inn(text: str) -> bool:
    """Ten or twelve digits whose check digits are right."""
    if not (text.isascii() and text.isdecimal()):
        return False
    digits = [int(digit) for digit in text]
    rows = _WEIGHTS.get(len(digits))
    return rows is not None and all(_check_digit(digits, row) == digits[len(row)] for row in rows)


def normalised(text: str) -> str:
    """The number without padding: spaces behind it, or the two zeros that some registers put before ten digits.

    No INN begins with 00, for its first two digits are a region.
    """
    bare = text.strip(" ")
    return bare[2:] if len(bare) == 12 and bare.startswith("00") else bare


def _check_digit(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10
