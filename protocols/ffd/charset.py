"""CP866, the character set of fiscal documents, and what stands in for the signs it lacks."""

import unicodedata

_STAND_INS = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u2002\u2003\u2007\u2009\u200a\u202f", " "),
        "\u200b": "",
        "\ufeff": "",
        "…": "...",
        "×": "x",
        "₽": "р.",
        "€": "EUR",
        "™": "(TM)",
        "©": "(C)",
        "®": "(R)",
    }
)


def to_cp866(text: str) -> bytes:
    """The text, with typographic signs made plain and accents dropped where CP866 lacks them.

    Raises UnicodeEncodeError for a sign that nothing stands in for. A name is never cut or filled with question marks:
    what the buyer reads is what was sold.
    """
    try:
        return text.encode("cp866")
    except UnicodeEncodeError:
        return "".join(map(_plain, text.translate(_STAND_INS))).encode("cp866")


def _plain(sign: str) -> str:
    """The sign itself where CP866 has it (й is й), else its letter without the accent."""
    try:
        sign.encode("cp866")
    except UnicodeEncodeError:
        return "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return sign
