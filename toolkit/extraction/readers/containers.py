"""Members of office files (ZIP) and their XML, read within limits and with nothing resolved."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from toolkit.extraction.report import Refusal

MAX_MEMBER = 64_000_000  # bytes of XML in one member
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Container:
    """An office file opened for reading its XML members."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except zipfile.BadZipFile as fault:
            raise Refusal("damaged") from fault
        self.names = set(self._archive.namelist())

    def read(self, name: str) -> bytes:
        """The bytes of a member, b"" where it is missing; Refusal("heavy") past `MAX_MEMBER`."""
        if name not in self.names:
            return b""
        if self._archive.getinfo(name).file_size > MAX_MEMBER:
            raise Refusal("heavy")
        return self._archive.read(name)

    def parse(self, name: str) -> etree._Element | None:
        """The root of an XML member; None where it is missing or empty."""
        data = self.read(name)
        return etree.fromstring(data, _make_parser()) if data else None

    def relations(self, name: str) -> Iterator[tuple[str, str, str]]:
        """(id, last word of the type, name of the member) of what an OOXML member points to inside."""
        folder, base = posixpath.split(name)
        root = self.parse(posixpath.join(folder, "_rels", base + ".rels"))
        for relation in [] if root is None else root.iter(_RELATION):
            if relation.get("TargetMode") == "External":  # an address outside: never followed
                continue
            target = relation.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = relation.get("Type", "").rpartition("/")[2]
            yield relation.get("Id", ""), kind, posixpath.normpath(inside)

    def find_main(self, otherwise: str) -> str:
        """The name of the main member of an OOXML package."""
        mains = [name for _, kind, name in self.relations("") if kind == "officeDocument"]
        return next((name for name in mains if name in self.names), otherwise)


def _make_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def local_name(element: etree._Element) -> str:
    """The tag of an element without its namespace: Word writes two of them ("strict" and "transitional")."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """The value of the attribute with this local name."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def read_properties(container: Container, name: str) -> dict[str, str]:
    """The texts of a properties member by local name, such as "title" and "language"."""
    root = container.parse(name)
    if root is None:
        return {}
    return {local_name(one): one.text.strip() for one in root.iter() if one.text and one.text.strip()}
