"""The registration number of a register (РНМ, tag 1037) and its check part."""

from binascii import crc_hqx

SIZE = 16  # ten digits of the number, six of the check
_NUMBER = 10


def is_rnm(rnm: str, inn: str, serial: str) -> bool:
    """Whether the tax office may have given it to the register with this factory number of the user with this INN.

    Format order, edition of 2017, item 63: the check is CRC-16/CCITT-FALSE of the three numbers.
    """
    if not (len(rnm) == SIZE and rnm.isascii() and rnm.isdecimal()):
        return False
    text = rnm[:_NUMBER] + inn.zfill(12) + serial.zfill(20)
    return rnm[_NUMBER:] == f"{crc_hqx(text.encode(), 0xFFFF):06}"
