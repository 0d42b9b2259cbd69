"""The analysis: which words meet, which stay apart, and positions that agree with the index."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.search import spanish

MEET = """
joven jóvenes · mujer mujeres · comité comités · café cafés · taller talleres · acta actas · mes meses
interés intereses · país países · sede sedes · capacitar capacitación · asociarse asociado · obra obras
año años · voz voces · luz luces · región regiones · líder líderes · organización organizaciones
asamblea asambleas · directivo directivos · caso casos · casa casas · género géneros · banco bancos
cuenta cuentas · parte partes · cooperativa cooperativas · cooperativa cooperativo · ley leyes
cooperativas cooperativismo · red redes · crisis CRISIS · elegir elegido · estatuto Estatutos
educacion educación · balance balances · índice índices · raíz raíces · enlace enlaces · vez veces
""".replace("\n", "·").split("·")
APART = """
género generar · género generación · caso casa · plan plano · produce producir · parte parto
cuenta cuento · marco marca · banco banca · cooperativa cooperar · mina mino · cargo carga · año ano
general generar · estado estar · puerto puerta · medio media · libro libra · pago paga
universidad universo · balance bala
""".replace("\n", "·").split("·")


@pytest.mark.parametrize("pair", [pair.split() for pair in MEET if pair.strip()], ids=" ".join)
def test_forms_of_one_word_meet(pair):
    assert spanish.stem(pair[0]) == spanish.stem(pair[1]) != ""


@pytest.mark.parametrize("pair", [pair.split() for pair in APART if pair.strip()], ids=" ".join)
def test_different_words_stay_apart(pair):
    assert spanish.stem(pair[0]) != spanish.stem(pair[1])


def test_the_state_is_no_stop_word_and_articles_are():
    assert spanish.stem("Estado")
    assert not any(map(spanish.stem, ["la", "LOS", "de", "qué", "según", "más"]))


@given(st.text() | st.text(alphabet="aáeÑñ̃́ _­.-İ9ﬁ\n"))
def test_words_are_counted_as_the_index_counts_them(text):
    terms = spanish.analyse([text, text], every_word=True)
    assert terms.length == 2 * spanish.count(text) == 2 * len(spanish.split(text))
    assert spanish.offsets([text, text, ""]) == [0, spanish.count(text), 2 * spanish.count(text)]
    assert [word for word, _, _ in spanish.spans(text)] == spanish.split(text)
    assert all(0 <= at < terms.length for places in terms.stems.values() for at in places)


@given(st.text(alphabet="áéíóúñÑÁabcü "))
def test_composed_and_decomposed_accents_are_the_same_words(text):
    apart = unicodedata.normalize("NFD", text)
    assert spanish.analyse([apart], every_word=True) == spanish.analyse([text], every_word=True)


def test_a_word_split_by_a_soft_hyphen_is_one_word():
    assert spanish.stem("coope\u00adrativa") == spanish.stem("cooperativa")


def test_the_exact_side_of_a_text_holds_capitals_and_norms_only():
    terms = spanish.analyse(["El PRODUCE publica la Ley 31335 DE cooperativas"], every_word=False)
    assert terms.exact == {"produce": [1], "ley-31335": [4]}


def test_a_monstrous_word_is_cut():
    terms = spanish.analyse(["x" * 1_000_000], every_word=True)
    assert all(len(term) <= spanish.LONGEST for term in [*terms.stems, *terms.exact])
