"""Files that people attach on the page and in tests, made on the spot: a picture, a silent voice, a paper.

Ben attaches a photo: a PNG of his own colours, which a browser shows; his voice message is half a second of
silence in Ogg Opus, as Telegram's are.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

_SILENCE: Final = b"\xf8\xff\xfe"
_FRAMES: Final = 25
_POLYNOMIAL: Final = 0x04C11DB7
_TOP: Final = 0x80000000


@dataclass(frozen=True, slots=True)
class Made:
    """A file made here."""

    name: str
    mime: str
    content: bytes


def make(kind: str, number: int) -> Made:
    """Return a file of a kind of message; the same number gives the same bytes, another one others.

    Args:
        kind: photo, sticker, voice, audio, video, video_note, animation or document.
        number: makes it unlike the others.
    """
    if kind in ("photo", "sticker"):
        size = (480, 360) if kind == "photo" else (128, 128)
        return Made(f"{kind}-{number}.png", "image/png", _picture(*size, number))
    if kind in ("voice", "audio"):
        return Made(f"{kind}-{number}.ogg", "audio/ogg", _voice(number))
    if kind in ("video", "video_note", "animation"):
        return Made(f"{kind}-{number}.mp4", "video/mp4", _film(number))
    return Made(f"paper-{number}.txt", "text/plain", f"Paper {number}\nWritten in the sandbox.\n".encode())


def _picture(width: int, height: int, number: int) -> bytes:
    """Return a PNG: a sky that changes with the number, above a hill."""
    hue = (number * 47) % 200
    rows = bytearray()
    for y in range(height):
        share = y / height
        sky = bytes((40 + hue // 2, 90 + int(90 * share), 255 - hue // 2 - int(40 * share)))
        ground = bytes((60 + hue // 3, 140 - int(60 * share), 80))
        hill = int(width * max(0.0, share - 0.55) * 2.2)
        rows += b"\0" + sky * (width - min(width, hill)) + ground * min(width, hill)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _voice(number: int) -> bytes:
    """Return half a second of silence as Ogg Opus (RFC 7845)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    vendor = b"sandbox"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = (([head], 2, 0), ([tags], 0, 0), ([_SILENCE] * _FRAMES, 4, 960 * _FRAMES))
    return b"".join(_page(number, place, *page) for place, page in enumerate(pages))


def _page(serial: int, place: int, packets: list[bytes], flags: int, granule: int) -> bytes:
    lacing = b"".join(bytes((len(packet),)) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, granule, serial, place, 0) + bytes((len(lacing),)) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_sum(page)) + page[26:]


def _ogg_sum(page: bytes) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ _POLYNOMIAL) if value & _TOP else value << 1
            value &= 0xFFFFFFFF
    return value


def _film(number: int) -> bytes:
    """Return the boxes of an MP4 that shows nothing."""
    kind = b"ftypisom" + struct.pack(">I", 512) + b"isommp41"
    free = b"free" + f"sandbox {number}".encode()
    return b"".join(struct.pack(">I", len(box) + 4) + box for box in (kind, free))
