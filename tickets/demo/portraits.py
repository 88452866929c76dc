"""Pictures that the demonstration shows: portraits of growth managers, and screenshots that people attach."""

from functools import cache
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

_PORTRAITS = (("#cfe3df", "#6b4a3a", "#f0c9a8", "#2f6f66"), ("#dfe0ef", "#3a3a45", "#d9a27c", "#46507d"))
_SIDE = 320


def portrait(which: int) -> ContentFile:
    """Return a drawn head and shoulders as PNG."""
    ground, hair, skin, coat = _PORTRAITS[which % len(_PORTRAITS)]
    picture = Image.new("RGB", (_SIDE, _SIDE), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((80, 48, 240, 236), fill=hair)
    draw.ellipse((40, 226, 280, 470), fill=coat)
    draw.rounded_rectangle((136, 190, 184, 256), 20, fill=skin)
    draw.ellipse((104, 76, 216, 220), fill=skin)
    draw.pieslice((96, 56, 224, 176), 180, 360, fill=hair)
    for eye in (138, 176):
        draw.ellipse((eye, 142, eye + 9, 151), fill="#2b2b2b")
    draw.arc((138, 162, 184, 194), 20, 160, fill="#8a4b3c", width=4)
    return ContentFile(_png(picture))


@cache
def screenshot(title: str, line: str) -> bytes:
    """Return a small picture of a window that shows an error, as PNG."""
    picture = Image.new("RGB", (720, 300), "#e9ecef")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 720, 36), fill="#d3d8dd")
    for place, colour in enumerate(("#e2675a", "#e6b450", "#62b567")):
        draw.ellipse((14 + 22 * place, 12, 26 + 22 * place, 24), fill=colour)
    draw.rounded_rectangle((60, 74, 660, 262), 10, fill="#ffffff", outline="#c3c9cf")
    draw.ellipse((84, 100, 116, 132), fill="#c8412f")
    draw.text((97, 106), "!", fill="#ffffff", font=_font(18))
    draw.text((132, 102), title, fill="#20262c", font=_font(20))
    draw.text((132, 140), line, fill="#4c565f", font=_font(15))
    draw.rounded_rectangle((540, 208, 636, 240), 6, fill="#2f6f66")
    draw.text((570, 216), "Close", fill="#ffffff", font=_font(14))
    return _png(picture)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
