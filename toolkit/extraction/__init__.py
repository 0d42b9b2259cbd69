"""The text and the pictures of a file, read by a sandboxed child process.

Nothing of this opens an untrusted file in the calling process (architecture.md, principle 8): each function
starts one confined child (`sandbox`, `child`, `confinement`), which loads the one reader that is needed. A
file that cannot be read, whatever it does to the child, is `Unreadable` with a sentence.
"""

from toolkit.extraction.ocr import ocr_available, ocr_languages, scan
from toolkit.extraction.office import libreoffice_available
from toolkit.extraction.pages import Extraction, Page, Unreadable
from toolkit.extraction.pictures import draw, draw_pages, thumb
from toolkit.extraction.reading import inspect, read
from toolkit.extraction.sandbox import clean_scratch

__all__ = [
    "Extraction",
    "Page",
    "Unreadable",
    "clean_scratch",
    "draw",
    "draw_pages",
    "inspect",
    "libreoffice_available",
    "ocr_available",
    "ocr_languages",
    "read",
    "scan",
    "thumb",
]
