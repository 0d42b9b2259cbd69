"""What people typed, made fit to keep."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from toolkit import tidy

EVERY = "".join(map(chr, range(0x11_0000)))


def test_what_is_kept_can_stand_in_a_feed() -> None:
    kept = tidy.clean(EVERY)
    ET.fromstring(f"<p>{kept.replace('&', '').replace('<', '')}</p>")
    assert "\ufffe" not in kept and "\uffff" not in kept
    assert "á\tñ\n€😀" in tidy.clean("\x00á\tñ\n€😀\x85")
