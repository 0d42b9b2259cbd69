"""Open raster images with Pillow within the limits of `toolkit.files.images`; in the child only."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps

from toolkit.extraction.report import Refusal
from toolkit.files.images import MAX_FRAMES, MAX_PIXELS, MAX_SIDE

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")


def open_image(path: Path) -> Image.Image:
    """The image with its header read; Refusal("bomb") where decoding it would need too much."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(path, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Refusal("bomb") from fault
    except ValueError as fault:  # a text chunk that unpacks to more than Pillow allows
        raise Refusal("bomb" if "too large" in str(fault) else "damaged") from fault
    if max(image.size) > MAX_SIDE:
        raise Refusal("bomb")
    return image


def count_frames(image: Image.Image) -> int:
    """The pages of a TIFF; 1 for everything else, moving pictures too."""
    return min(getattr(image, "n_frames", 1), MAX_FRAMES) if image.format == "TIFF" else 1


def flatten(image: Image.Image, size: tuple[int, int] | None = None) -> Image.Image:
    """The image upright, in RGB on white; `size` lets a JPEG be decoded small at once."""
    if size is not None and image.format == "JPEG":
        image.draft("RGB", size)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    if image.mode.startswith("I;16"):  # 16 bits of grey, which convert() would cut off
        return image.convert("I").point(lambda value: value / 256).convert("RGB")
    return image.convert("RGB")
