"""An outline as OpenDocument text (ODF 1.4) that a screen reader goes through: real headings, lists, tables
with a row of titles, the language and the title of the document.

Written with odfdo, which is kept and has types; odfpy, the older library, rests since 2020.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable

import odfdo

from toolkit.exports.outline import Block, Facts, Heading, Link, Paragraph, Table, Words, pieces
from toolkit.records import now

Address = Callable[[Link], str]
_GREY, _HAIRLINE = "#f7f5f0", "0.5pt solid #8f8a80"
_HEADINGS = {1: "20pt", 2: "15pt", 3: "13pt", 4: "11.5pt"}
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_BULLETS = (
    '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:margin-left="0.6cm" '
    'fo:text-indent="-0.4cm"/></style:list-level-properties></text:list-level-style-bullet></text:list-style>'
)


def write(blocks: Iterable[Block], title: str, language: str, address: Address) -> bytes:
    """The outline as the bytes of an .odt file. `language` is like «es-PE»; `address` gives the full address
    that a link leads to. The blocks are taken one by one, as they are written."""
    document = odfdo.Document("text")
    _prepare(document, title, language)
    for number, block in enumerate(blocks):
        for element in _elements(block, address, f"T{number}"):
            document.body.append(element)
        if isinstance(block, Table):
            _give_widths(document, block, f"T{number}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _prepare(document: odfdo.Document, title: str, language: str) -> None:
    document.body.clear()
    document.set_language(language)
    document.meta.set_title(title)
    document.meta.set_language(language)
    document.meta.set_creation_date(now().replace(tzinfo=None))
    for numbered in document.styles.get_elements("//text:outline-level-style"):
        numbered.set_attribute("style:num-format", "")
        for counted in ("style:num-suffix", "loext:num-list-format"):
            numbered.del_attribute(counted)
    document.insert_style(_BULLETS, automatic=True)
    for level, size in _HEADINGS.items():
        _restyle(document, f"Heading_20_{level}", "text",
                 {"fo:font-size": size, "fo:font-weight": "bold", "fo:font-style": "normal"})  # fmt: skip
    _foot(document, title)
    _restyle(document, "Text_20_body", "text",
             {"style:font-name": "Liberation Sans", "fo:font-size": "10.5pt"})  # fmt: skip
    for style in (
        odfdo.Style("table-cell", name="Cell", border_top=_HAIRLINE, padding="0.08cm"),
        odfdo.Style("table-cell", name="CellTitle", border_bottom=_HAIRLINE, padding="0.08cm",
                    background_color=_GREY),
        odfdo.Style("paragraph", name="Caption", parent_style="Text_20_body", area="text", bold=True),
        *(odfdo.Style("paragraph", name=f"{name}{title}", parent_style="Text_20_body", area="text",
                      bold=bool(title)) for name in ("Words", "Number") for title in ("", "Title")),
        odfdo.Style("text", name="Name", area="text", bold=True),
        odfdo.Style("table-row", name="Row"),
    ):  # fmt: skip
        document.insert_style(style, automatic=True)
    _restyle(document, "Caption", "paragraph", {"fo:keep-with-next": "always", "fo:margin-top": "0.3cm"})
    for title in ("", "Title"):
        plain = {"fo:margin-bottom": "0cm", "fo:margin-top": "0cm"}
        _restyle(document, f"Words{title}", "paragraph", plain)
        _restyle(document, f"Number{title}", "paragraph", {**plain, "fo:text-align": "end"})
    _restyle(document, "Row", "table-row", {"fo:keep-together": "always"}, "table-row")


def _foot(document: odfdo.Document, title: str) -> None:
    """At the foot of every page what it is, and which page of how many."""
    page = document.get_style("master-page", "Standard")
    layout = document.styles.get_element("//style:page-layout/style:footer-style")
    if not isinstance(page, odfdo.StyleMasterPage) or layout is None:
        return
    room = odfdo.Element.from_tag("style:header-footer-properties")
    for name, length in (("fo:min-height", "0.6cm"), ("fo:margin-top", "0.4cm")):
        room.set_attribute(name, length)
    layout.append(room)
    words = odfdo.Paragraph(f"{_clean(title)} · ", style="Footer")
    words.append(odfdo.VarPageNumber())
    words.append(" / ")
    words.append(odfdo.VarPageCount())
    page.set_page_footer(words)
    document.insert_style(
        odfdo.Style("paragraph", name="Footer", parent_style="Text_20_body", area="text", size="9pt")
    )


def _restyle(
    document: odfdo.Document, name: str, area: str, properties: dict[str, str], family: str = "paragraph"
) -> None:
    style = document.get_style(family, name)
    if isinstance(style, odfdo.Style):
        style.set_properties({**properties}, area=area)


def _give_widths(document: odfdo.Document, table: Table, name: str) -> None:
    """Columns as wide, beside one another, as what stands in them is long."""
    whole = odfdo.Style("table", name=name)
    whole.set_properties({"table:align": "margins"}, area="table")
    document.insert_style(whole, automatic=True)
    for column, title in enumerate(table.titles):
        lengths = [len(title), *(_length(row[column]) for row in table.rows)]
        style = odfdo.Style("table-column", name=f"{name}.{column}")
        share = min(max(*lengths, 8), 34)
        style.set_properties({"style:rel-column-width": f"{share}*"}, area="table-column")
        document.insert_style(style, automatic=True)


def _length(words: Words) -> int:
    return sum(len(one.words if isinstance(one, Link) else one) for one in pieces(words))


def _elements(block: Block, address: Address, name: str) -> Iterable[odfdo.Element]:
    """The elements of a block; `name` is that of a table."""
    if isinstance(block, Heading):
        heading = odfdo.Header(block.level)
        heading.set_attribute("text:style-name", f"Heading_20_{block.level}")
        return [_filled(heading, block.words, address)]
    if isinstance(block, Paragraph):
        return [_paragraph(block.words, address)]
    if isinstance(block, Facts):
        return [element for name, said in block.facts for element in _fact(name, said, address)]
    return [_paragraph(block.caption, address, "Caption"), _table(block, address, name)]


def _filled(element: odfdo.Element, words: Words, address: Address) -> odfdo.Element:
    for piece in pieces(words):
        if isinstance(piece, Link):
            element.append(odfdo.Link(address(piece), text=_clean(piece.words)))
        else:
            element.append(_clean(piece))
    return element


def _clean(words: str) -> str:
    """Without the signs that XML cannot hold."""
    return _NO_XML.sub("", words)


def _paragraph(words: Words, address: Address, style: str = "Text_20_body") -> odfdo.Element:
    return _filled(odfdo.Paragraph(style=style), words, address)


def _list(paragraphs: Iterable[odfdo.Element]) -> odfdo.Element:
    made = odfdo.List(style="Bullets")
    for one in paragraphs:
        item = odfdo.ListItem()
        item.append(one)
        made.append(item)
    return made


def _fact(name: str, said: Iterable[Words], address: Address) -> list[odfdo.Element]:
    """«Name: what», or the name with a list under it."""
    many = list(said)
    head = odfdo.Paragraph(style="Text_20_body")
    head.append(odfdo.Span(f"{name}:", style="Name"))
    if len(many) == 1:
        head.append(" ")
        return [_filled(head, many[0], address)]
    return [head, _list(_paragraph(one, address) for one in many)]


def _table(table: Table, address: Address, name: str) -> odfdo.Element:
    made = odfdo.Table(name)
    made.clear()
    made.set_attribute("table:name", name)
    made.set_attribute("table:style-name", name)
    for column in range(len(table.titles)):
        wide = odfdo.Element.from_tag("table:table-column")
        wide.set_attribute("table:style-name", f"{name}.{column}")
        made.append(wide)
    head = odfdo.HeaderRows()
    head.append(_row(table.titles, table, address, title=True))
    made.append(head)
    for row in table.rows:
        made.append(_row(row, table, address))
    return made


def _row(cells: Iterable[Words], table: Table, address: Address, *, title: bool = False) -> odfdo.Element:
    row = odfdo.Element.from_tag("table:table-row")
    row.set_attribute("table:style-name", "Row")
    for column, words in enumerate(cells):
        cell = odfdo.Element.from_tag("table:table-cell")
        cell.set_attribute("office:value-type", "string")
        cell.set_attribute("table:style-name", "CellTitle" if title else "Cell")
        style = "Number" if column in table.numbers else "Words"
        style += "Title" if title else ""
        cell.append(_paragraph(words, address, style))
        row.append(cell)
    return row
