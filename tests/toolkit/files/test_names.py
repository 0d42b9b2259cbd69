"""File names as people, phones and attackers give them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.files.names import LONGEST, clean_name, ending_of


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Acta de asamblea nº 3.pdf", "Acta de asamblea nº 3.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\informe.docx", "informe.docx"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("carpeta/", "carpeta"),
        ("a\0b.pdf", "ab.pdf"),
        ("acta\u202efdp.exe", "actafdp.exe"),
        ("a.pdf\r\nSet-Cookie: x=1", "a.pdfSet-Cookie- x=1"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        (" .. ", "archivo"),
        ("", "archivo"),
        ("///", "archivo"),
        ("\ud800.pdf", "pdf"),
        ("informe.pdf...  ", "informe.pdf"),
        ("n\u0303andu\u0301.txt", "ñandú.txt"),
        ('¿qué?"*|<>.txt', "¿qué------.txt"),
        ("enc-R2,V1,U=view,O=master.pdf", "enc-R2,V1,U=view,O=master.pdf"),
        ("a   b\t c.txt", "a b c.txt"),
    ],
)
def test_names_are_made_safe(given_name, shown):
    assert clean_name(given_name) == shown


def test_a_long_name_keeps_its_ending():
    shown = clean_name("á" * 300 + ".docx")
    assert len(shown) == LONGEST
    assert shown.endswith("á.docx")
    assert len(clean_name("x" * 300)) == LONGEST


@given(st.text(max_size=400))
def test_whatever_comes_is_one_safe_step(name):
    shown = clean_name(name)
    assert 0 < len(shown) <= LONGEST + 1
    assert not set(shown) & set('/\\:*?"<>|')
    assert shown not in (".", "..")
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in shown)
    assert clean_name(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("name", "ending"),
    [("a.PDF", "pdf"), (".htaccess", ""), ("sin", ""), ("a.b.Docx", "docx"), (".pdf", ""), ("a.", "")],
)
def test_endings(name, ending):
    assert ending_of(name) == ending
