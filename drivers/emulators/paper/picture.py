"""A sheet as a picture: 576 dots wide, as paper of 80 mm is printed on."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from drivers.emulators.paper.columns import WIDTH, middle

FONT = Path(__file__).with_name("DejaVuSansMono.ttf")
SIZE = 20  # of the font: its letters are 12 dots wide
LETTER, LINE, MARGIN = 12, 26, 24
QR_SCALE, QR_ECC = 5, "M"
PAPER, INK = 255, 0
MOST_LINES = 2000
"""In one picture, which then takes 32 MB before it is packed."""


def png_of(lines: Sequence[str], qr: str) -> bytes:
    """A PNG in shades of grey, the QR code beneath the text if there is one. Of a very long text only the beginning."""
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "", middle("... ЦЕЛИКОМ В ВИДЕ ТЕКСТА ...")]
    code = _qr(qr) if qr else None
    height = len(lines) * LINE + (code.height if code else 0) + 2 * MARGIN
    image = Image.new("L", (WIDTH * LETTER + 2 * MARGIN, height), PAPER)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((MARGIN, MARGIN + number * LINE), line, fill=INK, font=_font())
    if code:
        image.paste(code, ((image.width - code.width) // 2, MARGIN + len(lines) * LINE))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _qr(text: str) -> Image.Image:
    file = BytesIO()
    segno.make(text, error=QR_ECC, micro=False).save(file, kind="png", scale=QR_SCALE, border=4)
    return Image.open(file).convert("L")


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), SIZE)
