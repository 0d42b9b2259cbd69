"""An outline as OpenDocument text, read back."""

from __future__ import annotations

import io
import zipfile

import odfdo
from lxml import etree

from toolkit.exports import opendocument, outline
from toolkit.exports.outline import Facts, Heading, Link, Paragraph, Table

TO = Link("la guía", "resources.show", {"id": "x"})
BLOCKS = [
    Heading(1, "Informe"),
    Paragraph(["Lea ", TO, "."]),
    Heading(2, "Acciones"),
    Facts([("Estado", ["Verificada"]), ("Productos", ["Guía", "Taller & feria"])]),
    Table("Avance", ["Objetivo", "Avance"], [["O1. Difundir", "56 %"], [[TO], "—"]], (1,)),
]


def written(blocks: list[outline.Block] = BLOCKS, language: str = "es-PE") -> odfdo.Document:
    made = opendocument.write(blocks, "Informe 2026", language, lambda link: f"https://x.coop/{link.words}")
    return odfdo.Document(io.BytesIO(made))


def test_headings_are_headings_and_not_numbered() -> None:
    document = written()
    found = [(one.get_attribute("text:outline-level"), one.text_recursive) for one in document.body.headers]
    assert found == [("1", "Informe"), ("2", "Acciones")]
    levels = document.styles.get_elements("//text:outline-level-style")
    assert levels and not any(one.get_attribute("style:num-format") for one in levels)


def test_a_table_has_a_row_of_titles_and_its_caption_stands_before_it() -> None:
    document = written()
    table = document.body.get_elements("//table:table")[0]
    titles = table.get_elements("table:table-header-rows/table:table-row/table:table-cell")
    assert [one.text_recursive.strip() for one in titles] == ["Objetivo", "Avance"]
    assert len(table.get_elements("table:table-row")) == 2
    assert document.get_formatted_text().index("Avance") < document.get_formatted_text().index("Objetivo")


def test_the_document_knows_its_language_and_its_title() -> None:
    document = written(language="pt")
    assert document.meta.title == "Informe 2026" and str(document.meta.language).startswith("pt")
    assert str(document.language).startswith("pt")


def test_every_page_says_at_its_foot_what_it_is_and_which_of_how_many() -> None:
    (foot,) = written().styles.get_elements("//style:master-page/style:footer")
    assert "Informe 2026" in foot.text_recursive
    assert foot.get_element("descendant::text:page-number") is not None
    assert foot.get_element("descendant::text:page-count") is not None


def test_links_lead_to_full_addresses_and_several_things_are_a_list() -> None:
    document = written()
    links = document.body.get_elements("//text:a")
    assert {one.get_attribute("xlink:href") for one in links} == {"https://x.coop/la guía"}
    assert [one.text_recursive.strip() for one in document.body.get_elements("//text:list-item")] == [
        "Guía", "Taller & feria"]  # fmt: skip


def test_every_part_is_well_formed_and_signs_that_xml_cannot_hold_are_left_out() -> None:
    made = opendocument.write([Paragraph("a\x00b\x0bc\ud83c\uffff <&>")], "x", "es-PE", lambda link: "")
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert packed.namelist()[0] == "mimetype"
        for name in packed.namelist():
            if name.endswith(".xml") and packed.read(name):
                etree.fromstring(packed.read(name))
    assert "abc <&>" in odfdo.Document(io.BytesIO(made)).get_formatted_text()


def test_the_digest_of_an_outline_changes_with_any_word_or_link_and_with_nothing_else() -> None:
    other = [
        *BLOCKS[:1],
        Paragraph(["Lea ", Link("la guía", "resources.show", {"id": "y"}), "."]),
        *BLOCKS[2:],
    ]
    assert outline.digest(BLOCKS, 1) == outline.digest(iter(BLOCKS), 1)
    assert len({outline.digest(BLOCKS, 1), outline.digest(BLOCKS, 2), outline.digest(other, 1),
                outline.digest(BLOCKS[:-1], 1)}) == 4  # fmt: skip
