"""The outlet's photographs: a valley at some hour of the day, drawn from the picture's name; real PNG files, made in code."""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import cache
from math import sin

WIDTH, HEIGHT = 640, 400  # as the pages say
STEPS = 64  # shades of the sky
SKIES = (  # from above to the horizon, then sun, far hills, near hills, water, its waves
    ((70, 130, 200), (225, 235, 240), (255, 250, 225), (120, 150, 165), (70, 105, 75), (95, 145, 175), (125, 170, 195)),
    ((60, 60, 110), (245, 170, 110), (255, 225, 150), (125, 95, 120), (60, 55, 70), (150, 110, 115), (190, 140, 120)),
    ((150, 165, 180), (230, 230, 225), (245, 245, 240), (150, 165, 165), (95, 115, 95), (150, 165, 170), (175, 185, 185)),
    ((40, 95, 150), (250, 215, 150), (255, 245, 190), (140, 130, 130), (105, 95, 60), (130, 145, 140), (170, 175, 150)),
)
SUN, FAR, NEAR, WATER, WAVE = range(STEPS, STEPS + 5)


@cache
def picture(name: str) -> bytes:
    """The picture of that name."""
    seed = hashlib.sha256(name.encode()).digest()
    above, horizon, *things = SKIES[seed[0] % len(SKIES)]
    sky = [tuple(a + (b - a) * step // (STEPS - 1) for a, b in zip(above, horizon, strict=True)) for step in range(STEPS)]
    palette = b"".join(bytes(colour) for colour in (*sky, *things))
    rows = zip(*(_column(x, seed) for x in range(WIDTH)), strict=True)
    pixels = b"".join(b"\0" + bytes(row) for row in rows)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(pixels)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _column(x: int, seed: bytes) -> bytes:
    """One column of pixels from above: sky, sun, two ranges of hills, the river."""
    shore = HEIGHT * 4 // 5
    column = bytearray(min(STEPS - 1, y * STEPS // shore) for y in range(HEIGHT))
    far = int(shore - 90 - 30 * sin(x / 70 + seed[1]) - 14 * sin(x / 23 + seed[2]))
    near = int(shore - 30 - 26 * sin(x / 110 + seed[3]) - 5 * sin(x / 17 + seed[4]))
    radius, middle, height = 22 + seed[5] % 14, 80 + seed[6] * (WIDTH - 160) // 255, 60 + seed[7] % 90
    if (inside := radius**2 - (x - middle) ** 2) > 0:
        half = int(inside**0.5)
        column[height - half : height + half] = bytes([SUN]) * (2 * half)
    column[far:] = bytes([FAR]) * (HEIGHT - far)
    column[near:] = bytes([NEAR]) * (HEIGHT - near)
    column[shore:] = bytes(WAVE if (y + int(3 * sin(x / 40 + y))) % 13 < 2 else WATER for y in range(shore, HEIGHT))
    return bytes(column)
