"""The text of every format, with its pages, labels and title."""

import io

import docx
import pptx
import pytest
from extraction_samples import make_odf, make_pdf
from PIL import Image
from pptx.util import Inches

from toolkit.extraction import Unreadable, read


@pytest.fixture
def read_bytes(put, scratch):
    return lambda data, code: read(put(data), code, scratch=scratch)


def texts(found):
    return [page.text for page in found.pages]


def png(size=(4, 4)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out


# PDF


def test_pdf_has_its_pages_title_and_progress(put, scratch):
    heard = []
    path = put(make_pdf(["Acta número uno", "Página dos\nde socias", ""], title="Libro de actas"))
    found = read(path, "pdf", scratch=scratch, on_page=heard.append)
    assert texts(found) == ["Acta número uno", "Página dos\nde socias", ""]
    assert (found.unit, found.title, heard) == ("page", "Libro de actas", [1, 2, 3])
    assert [(page.number, page.scanned) for page in found.pages] == [(1, False), (2, False), (3, False)]


def test_pdf_pages_with_only_an_image_want_ocr(read_bytes):
    found = read_bytes(make_pdf(["", ""], image=True), "pdf")
    assert [page.scanned for page in found.pages] == [True, True]


@pytest.mark.parametrize("title", ["Microsoft Word - acta.doc", "acta.pdf", " ", "untitled"])
def test_a_pdf_title_that_says_nothing_is_none(read_bytes, title):
    assert read_bytes(make_pdf(["hola"], title=title), "pdf").title is None


@pytest.mark.parametrize("data", [b"%PDF-1.7\n" + bytes(range(256)) * 40, make_pdf(["hola"])[:200]])
def test_a_pdf_that_is_noise_is_unreadable(read_bytes, data):
    with pytest.raises(Unreadable) as fault:
        read_bytes(data, "pdf")
    assert fault.value.code == "damaged"


# Word


def make_docx():
    document = docx.Document()
    document.core_properties.title = "Estatuto modelo"
    document.add_heading("Capítulo primero", 1)
    document.add_paragraph("La asamblea es soberana. " * 80)
    document.add_heading("Capítulo segundo", 2)
    document.add_paragraph("El consejo administra. " * 80)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Socia", "Aporte mensual"
    return document


def save(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_docx_is_read_in_parts_with_headings_and_tables(read_bytes):
    found = read_bytes(save(make_docx()), "docx")
    assert (found.unit, found.title) == ("part", "Estatuto modelo")
    assert [page.label for page in found.pages] == ["Capítulo primero", "Capítulo segundo"]
    assert found.pages[0].text.startswith("Capítulo primero\n\nLa asamblea es soberana.")
    assert found.pages[1].text.endswith("Socia\n\nAporte mensual")


def test_docx_keeps_what_stands_in_controls_links_insertions_and_notes(read_bytes):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    document.add_paragraph("Primero")
    run = "<w:r><w:t>{}</w:t></w:r>"
    for xml in (
        f"<w:sdt {{}}><w:sdtContent><w:p>{run.format('en un control')}</w:p></w:sdtContent></w:sdt>",
        f"<w:p {{}}><w:ins w:id='1' w:author='a'>{run.format('agregado')}</w:ins>"
        f"<w:del w:id='2' w:author='a'><w:r><w:delText>borrado</w:delText></w:r></w:del></w:p>",
        f"<w:p {{}}><w:hyperlink>{run.format('enlace')}</w:hyperlink>"
        "<w:r><w:tab/><w:t>final</w:t></w:r></w:p>",
    ):
        document.element.body.insert(-1, parse_xml(xml.format(nsdecls("w"))))
    assert texts(read_bytes(save(document), "docx")) == [
        "Primero\n\nen un control\n\nagregado\n\nenlace\tfinal"
    ]


def test_an_empty_docx_says_that_it_has_no_text(read_bytes):
    with pytest.raises(Unreadable) as fault:
        read_bytes(save(docx.Document()), "docx")
    assert fault.value.code == "empty"


# Slides


def make_pptx():
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = "Café de altura", "Tostado\nVenta"
    first.notes_slide.notes_text_frame.text = "Decir el precio"
    second = show.slides.add_slide(show.slide_layouts[6])
    second.shapes.add_picture(png(), 0, 0)
    third = show.slides.add_slide(show.slide_layouts[5])
    third.shapes.title.text = "Cuadro de aportes por socia"
    third.shapes.add_table(1, 1, 0, 0, Inches(2), Inches(1)).table.cell(0, 0).text = "Nilda Quispe"
    return show


def test_pptx_has_its_slides_with_titles_notes_tables_and_images(read_bytes):
    found = read_bytes(save(make_pptx()), "pptx")
    assert found.unit == "slide"
    assert texts(found) == [
        "Café de altura\nTostado\nVenta\nDecir el precio",
        "",
        "Cuadro de aportes por socia\nNilda Quispe",
    ]
    assert [page.label for page in found.pages] == ["Café de altura", "", "Cuadro de aportes por socia"]
    assert [page.scanned for page in found.pages] == [False, True, False]


def test_pptx_slides_come_in_the_order_shown_not_in_that_of_their_names(read_bytes):
    show = make_pptx()
    listed = show.slides._sldIdLst
    listed.insert(0, listed[2])
    assert read_bytes(save(show), "pptx").pages[0].label == "Cuadro de aportes por socia"


# OpenDocument


def test_odt_is_read_with_headings_spaces_and_without_what_was_deleted(read_bytes):
    body = (
        "<text:tracked-changes><text:p>borrado</text:p></text:tracked-changes>"
        "<text:h text:outline-level='1'>Acta</text:h>"
        "<text:p>Uno<text:s text:c='2'/>dos<text:tab/><text:span>tres</text:span> cuatro"
        "<draw:frame><draw:text-box><text:p>en un cuadro</text:p></draw:text-box></draw:frame> cinco</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Celda</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    found = read_bytes(make_odf("text", body), "odt")
    assert (found.unit, found.title, found.language) == ("part", "Acta uno", "es")
    assert [(page.label, page.text) for page in found.pages] == [
        ("Acta", "Acta\n\nen un cuadro\n\nUno  dos\ttres cuatro cinco\n\nCelda")
    ]


def test_odp_has_its_slides_with_notes(read_bytes):
    slide = (
        "<draw:page><draw:frame presentation:class='title'><draw:text-box><text:p>{}</text:p></draw:text-box>"
        "</draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Nota {}</text:p></draw:text-box>"
        "<text:p><text:page-number>&lt;number&gt;</text:page-number></text:p></draw:frame></presentation:notes>"
        "</draw:page>"
    )
    found = read_bytes(make_odf("presentation", slide.format("Uno", "a") + slide.format("Dos", "b")), "odp")
    assert [(page.label, page.text) for page in found.pages] == [
        ("Uno", "Uno\nNota a"),
        ("Dos", "Dos\nNota b"),
    ]


def test_an_encrypted_odt_says_so(read_bytes):
    data = make_odf("text", "", manifest="<manifest><encryption-data/></manifest>")
    with pytest.raises(Unreadable) as fault:
        read_bytes(data, "odt")
    assert fault.value.code == "encrypted"


# Sheets


def test_xlsx_has_its_sheets_by_name_and_its_cells_as_people_read_them(read_bytes):
    import datetime

    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Aportes 2026")
    rows = [["Socia", "Monto", "Fecha"], ["Nilda", 120, datetime.date(2026, 3, 9)], ["Rosa", 12.5, True]]
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number * 2, column * 2, value)
    book.add_worksheet("Vacía")
    book.close()
    found = read_bytes(out.getvalue(), "xlsx")
    assert found.unit == "sheet"
    assert [(page.label, page.text) for page in found.pages] == [
        ("Aportes 2026", "Socia | Monto | Fecha\nNilda | 120 | 09/03/2026\nRosa | 12.5 | VERDADERO"),
        ("Vacía", ""),
    ]


def test_ods_has_its_sheets(read_bytes):
    row = "<table:table-row><table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell></table:table-row>"  # noqa: E501
    sheets = "".join(
        f"<table:table table:name='Hoja {n}'>{row.format(n * 'x')}</table:table>" for n in (1, 2)
    )
    found = read_bytes(make_odf("spreadsheet", sheets), "ods")
    assert [(page.label, page.text) for page in found.pages] == [("Hoja 1", "x"), ("Hoja 2", "xx")]


# Text


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "cp1252"],
    ids=["UTF-8", "UTF-8 BOM", "UTF-16", "Windows-1252"],
)
def test_txt_is_read_in_any_usual_encoding(read_bytes, encoding):
    said = "El ñandú comió maíz.\n\nSegundo párrafo – fin…"
    assert texts(read_bytes(said.encode(encoding), "txt")) == [said]


def test_txt_with_lost_accents_is_just_text(read_bytes):
    assert texts(read_bytes(b"Reuni?n de la cooperativa", "txt")) == ["Reuni?n de la cooperativa"]


def test_a_text_of_spaces_is_empty(read_bytes):
    with pytest.raises(Unreadable) as fault:
        read_bytes(b" \n\n \t", "txt")
    assert fault.value.code == "empty"


def test_markdown_has_headings_of_both_kinds_and_none_in_code(read_bytes):
    fill = "palabra " * 310
    said = f"# Guía #\n\n{fill}\n\nReparto\n=======\n{fill}\n\n```\n# no es título\n```\n{fill}"
    found = read_bytes(said.encode(), "md")
    assert found.title == "Guía"
    assert [page.label for page in found.pages] == ["Guía", "Reparto", "Reparto"]
    assert "# no es título" in " ".join(texts(found))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_keeps_its_rows(read_bytes, separator):
    rows = [["producto", "kg"], ["Café", "12"], ['Cacao "fino"', "8"]]
    said = "\n".join(
        separator.join(f'"{cell}"' if '"' not in cell else '"Cacao ""fino"""' for cell in row) for row in rows
    )
    assert texts(read_bytes(said.encode(), "csv")) == ['producto | kg\nCafé | 12\nCacao "fino" | 8']


def test_html_gives_words_only(read_bytes):
    said = (
        "<!doctype html><html lang='es'><head><title>Carta</title><style>p{}</style></head><body>"
        "<h1>Señoras</h1><p onclick='alert(1)'>Hola <b>mun</b>do,<br>buen día</p><!-- secreto -->"
        "<script>alert('x')</script><svg onload='alert(2)'><text>dibujo</text></svg>"
        "<table><tr><td>Café</td><td>12</td></tr></table><ul><li>Uno<li>Dos</ul></body></html>"
    )
    found = read_bytes(said.encode(), "html")
    assert (found.title, found.language) == ("Carta", "es")
    assert texts(found) == ["Señoras\n\nHola mundo, buen día\n\nCafé | 12\n\nUno\n\nDos"]


def test_html_in_the_encoding_that_it_names(read_bytes):
    said = "<meta charset='iso-8859-1'><p>señal</p>".encode("latin-1")
    assert texts(read_bytes(said, "html")) == ["señal"]


# Images


def test_images_want_ocr_and_a_tiff_has_a_page_for_each_frame(read_bytes):
    assert [page.scanned for page in read_bytes(png().getvalue(), "png").pages] == [True]
    out = io.BytesIO()
    frames = [Image.new("L", (9, 9), shade) for shade in (0, 100, 200)]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    found = read_bytes(out.getvalue(), "tiff")
    assert [(page.number, page.text, page.scanned) for page in found.pages] == [
        (n, "", True) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("code", ["docx", "pptx", "xlsx", "odt", "odp", "ods", "xls", "png", "pdf"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(500), b"no es nada"])
def test_any_reader_given_anything_says_a_sentence(read_bytes, code, data):
    with pytest.raises(Unreadable) as fault:
        read_bytes(data, code)
    assert fault.value.message.text.endswith(".")
