"""Width, height and frames of a raster image, read from its header alone.

Only the numbers that say how much memory the picture would need; nothing is decoded. Layouts: PNG (W3C,
IHDR and acTL), JPEG (ITU T.81, SOFn), WebP (RFC 9649), TIFF 6.0 (tags 256 and 257).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_SIDE = 20_000  # pixels
MAX_PIXELS = 64_000_000  # in one frame
MAX_FRAMES = 200

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Dimensions:
    """The largest width and height of the frames in pixels, and the number of frames."""

    width: int
    height: int
    frames: int = 1

    @property
    def too_big(self) -> bool:
        """Whether decoding one frame would need more than is allowed."""
        return max(self.width, self.height) > MAX_SIDE or self.width * self.height > MAX_PIXELS


def measure(path: Path, code: str) -> Dimensions | None:
    """What the header of a "png", "jpg", "webp" or "tiff" states; None where it states nothing."""
    with path.open("rb") as file:
        try:
            return _READERS[code](file)
        except (struct.error, IndexError, OverflowError):
            return None


def _measure_png(file: BinaryIO) -> Dimensions | None:
    head = file.read(33)
    if head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">2L", head, 16)
    frames = 1
    for _ in range(100):  # chunks before the picture; their contents are skipped
        chunk = file.read(8)
        if len(chunk) < 8 or chunk[4:] == b"IDAT":
            break
        if chunk[4:] == b"acTL":
            frames = struct.unpack(">L", file.read(4))[0]
            file.seek(-4, 1)
        file.seek(struct.unpack(">L", chunk[:4])[0] + 4, 1)
    return Dimensions(width, height, frames)


def _measure_jpeg(file: BinaryIO) -> Dimensions | None:
    file.seek(2)
    for _ in range(10_000):
        mark = file.read(2)
        if len(mark) < 2 or mark[0] != 0xFF:
            return None
        if mark[1] == 0xFF:  # padding
            file.seek(-1, 1)
            continue
        size = struct.unpack(">H", file.read(2))[0]
        if mark[1] in _START_OF_FRAME:
            height, width = struct.unpack(">x2H", file.read(5))
            return Dimensions(width, height)
        file.seek(max(size, 2) - 2, 1)
    return None


def _measure_webp(file: BinaryIO) -> Dimensions | None:
    head = file.read(30)
    kind = head[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(head[24:27], "little") + 1
        height = int.from_bytes(head[27:30], "little") + 1
        return Dimensions(width, height)
    if kind == b"VP8L":
        bits = struct.unpack_from("<L", head, 21)[0]
        return Dimensions((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<2H", head, 26)
        return Dimensions(width & 0x3FFF, height & 0x3FFF)
    return None


def _measure_tiff(file: BinaryIO) -> Dimensions | None:
    head = file.read(8)
    order = {b"II": "<", b"MM": ">"}[head[:2]] if head[:2] in (b"II", b"MM") else ""
    if not order or struct.unpack(order + "H", head[2:4])[0] != 42:
        return None
    place = struct.unpack(order + "L", head[4:])[0]
    widths, heights = [0], [0]
    seen: set[int] = set()
    while place and place not in seen and len(seen) <= MAX_FRAMES:
        seen.add(place)
        file.seek(place)
        count = struct.unpack(order + "H", file.read(2))[0]
        tags = file.read(count * 12)
        for at in range(0, len(tags) - 11, 12):
            tag, kind = struct.unpack_from(order + "2H", tags, at)
            if tag in (256, 257):
                shape = {1: "B", 3: "H", 4: "L"}.get(kind, "L")
                (widths if tag == 256 else heights).append(struct.unpack_from(order + shape, tags, at + 8)[0])
        after = file.read(4)
        place = struct.unpack(order + "L", after)[0] if len(after) == 4 else 0
    return Dimensions(max(widths), max(heights), max(1, len(seen)))


_READERS = {"png": _measure_png, "jpg": _measure_jpeg, "webp": _measure_webp, "tiff": _measure_tiff}
