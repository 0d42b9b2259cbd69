"""What a person may count on when searching, one sentence a test."""

import pytest

from toolkit.search import passages, spanish
from toolkit.search.query import parse
from toolkit.search.shelf import Document
from toolkit.search.shelves import Shelves


def written(id_, title, *pages, **more):
    return Document("resource", id_, 1, "full", title, pages=pages, **more)


LIBRARY = [
    written("phrase", "Uno", "se publica el acto cooperativo aquí"),
    written("words", "Dos", "cooperativo acto igv " * 5),
    written("some", "Tres", "un acto cualquiera de igv", date=50),
    written("title", "Modelo de estatuto", "texto aparte"),
    written("body", "Otra cosa", "un modelo, y luego un estatuto, modelo, estatuto"),
    written("ministry", "Cuatro", "El PRODUCE aprueba la norma", facets={"topic": ["norms", "state"]}),
    written("verb", "Cinco", "la chacra produce café; produce cacao", facets={"topic": ["norms"]}),
    written("law", "Seis", "según el Decreto Legislativo N.º 85, artículo 3", facets={"topic": ["law"]}),
    written("number", "Siete", "dl con 85 páginas"),
    written("year", "Ocho", "el año 2015", people="Rosa Quispe Ñahui", codes="ISO 9001"),
]


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    shelves = Shelves(tmp_path_factory.mktemp("instance") / "shelves")
    with shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put(LIBRARY)
    return shelves.reading(("public",))


@pytest.fixture
def ids(reading):
    return lambda text, **how: [hit.id for hit in reading.search(parse(text), **how).hits]


def test_documents_that_hold_the_phrase_stand_before_all_that_do_not(ids):
    assert ids('"acto cooperativo" igv') == ["phrase", "words", "some"]
    assert ids('"acto cooperativo"')[0] == "phrase"


def test_documents_with_every_word_come_first_and_one_unknown_word_empties_nothing(ids, reading):
    assert ids("acto igv") == ["words", "some", "phrase"]
    assert set(ids("acto xyzzyx igv")) == {"words", "some", "phrase"}
    results = reading.search(parse("acto igv"))
    assert (results.total, results.complete) == (3, 2)
    assert [hit.all_words for hit in results.hits] == [True, True, False]


def test_by_date_the_newest_of_the_complete_ones_comes_first(ids):
    assert ids("acto igv", sort="date") == ["some", "words", "phrase"]
    assert ids("", sort="date")[0] == "some"


def test_a_title_that_holds_every_word_weighs_more(ids):
    assert ids("modelo de estatuto") == ["title", "body"]


def test_capitals_ask_for_the_acronym_first(ids):
    assert ids("PRODUCE")[0] == "ministry"
    assert ids("produce")[0] == "verb"


def test_a_norm_is_found_however_it_is_written(ids):
    assert ids("DL 085") == ["law"]
    assert set(ids("DL 99 085")) >= {"number"}


def test_ñ_may_be_typed_without_its_tilde(ids):
    assert "year" in ids("ano") and "year" in ids("nahui") and ids("año 2015")[0] == "year"


def test_people_and_codes_are_found(ids):
    assert ids("quispe") == ids("ISO 9001") == ids("autor:rosa") == ids("codigo:iso") == ["year"]
    assert ids("titulo:rosa") == []


def test_words_can_be_excluded_and_cut_short(ids):
    assert ids('acto -"acto cooperativo"') == ["words", "some"]
    assert ids("modelo -estatuto") == []
    assert set(ids("estat*")) == {"title", "body"}
    assert set(ids("cooperativis*")) == {"phrase", "words"}
    assert len(ids("-modelo")) == 8


def test_stop_words_alone_look_at_titles_and_otherwise_list_everything(ids):
    assert ids("de") == ["title"]
    assert len(ids("porque")) == len(LIBRARY)


@pytest.mark.parametrize("text", ["", " ", "()", "?", "***", "\x00", "\ud800"])
def test_a_query_without_words_lists_everything(ids, text):
    assert len(ids(text, limit=99)) == len(LIBRARY)


def test_facets_count_what_was_found_and_a_filtered_facet_shows_its_alternatives(reading):
    def counts(text, **filters):
        results = reading.search(parse(text), filters=filters, facets=("topic", "kind"))
        return results.total, dict(results.facets["topic"]), results.facets["kind"]

    assert counts("") == (10, {"norms": 2, "law": 1, "state": 1}, [])
    assert counts("", topic=["state"]) == (1, {"norms": 2, "law": 1, "state": 1}, [])
    assert counts("", topic=["state", "law"])[0] == 2
    assert counts("café", topic=["state"]) == (0, {"norms": 1}, [])
    assert counts("tema:Norms")[0] == 2
    assert counts("tema:Norms", topic=["Norms"])[0] == 2
    assert counts("", topic=["nowhere"])[0] == 0


def test_pages_follow_one_another_without_gaps(ids):
    every = ids("", limit=99)
    assert [id_ for offset in range(0, 12, 3) for id_ in ids("", offset=offset, limit=3)] == every
    assert ids("", offset=99) == ids("", limit=0) == []


def test_the_page_that_holds_the_phrase_is_named(tmp_path):
    pages = [f"página {n} con acto y cooperativo por separado" for n in range(30)]
    pages[17] = "aquí está el acto cooperativo completo"
    shelves = Shelves(tmp_path / "shelves")
    with shelves.rebuild() as rebuilding:
        rebuilding.shelf("public").put([written("long", "Libro", *pages)])
    for text in ['"acto cooperativo"', '"el acto cooperativo completo"', "completo acto"]:
        (hit,) = shelves.reading(("public",)).search(parse(text)).hits
        assert passages.best_pages(hit, spanish.offsets(pages))[0] == 17
