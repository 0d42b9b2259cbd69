"""Documents without pages are cut into parts of about 400 words."""

from hypothesis import given
from hypothesis import strategies as st

from toolkit.extraction.parts import SOME, WANTED, Block, Part, cut_parts


def words(count, word="palabra"):
    return " ".join([word] * count)


def cut(*blocks):
    return [(part.label, len(part.text.split())) for part in cut_parts(blocks)]


def test_a_short_document_is_one_part():
    assert list(cut_parts([Block("Título", 1), Block("Hola a todas")])) == [
        Part("Título", "Título\n\nHola a todas")
    ]
    assert list(cut_parts([])) == []
    assert list(cut_parts([Block("  "), Block("")])) == []


def test_paragraphs_are_cut_near_four_hundred_words():
    assert cut(*[Block(words(100))] * 12) == [("", 500), ("", 500), ("", 200)]


def test_a_part_ends_before_a_heading_once_it_is_long_enough():
    assert cut(Block("Uno", 1), Block(words(320)), Block("Dos", 1), Block(words(350))) == [
        ("Uno", 321),
        ("Dos", 351),
    ]


def test_short_sections_stay_together_under_the_first_heading():
    sections = [block for name in "ABCD" for block in (Block(name, 2), Block(words(90)))]
    assert cut(*sections) == [("A", 364)]


def test_a_heading_never_stands_at_the_end_of_a_part():
    found = list(
        cut_parts([Block(words(280)), Block("Dos", 1), Block("Dos punto uno", 2), Block(words(400))])
    )
    assert [(part.label, len(part.text.split())) for part in found] == [("", 280), ("Dos", 404)]


def test_a_part_in_the_middle_of_a_section_is_called_after_it():
    blocks = [Block("Uno", 1), *[Block(words(200))] * 3, Block("Dos", 1), *[Block(words(200))] * 3]
    assert cut(*blocks) == [("Uno", 401), ("Uno", 401), ("Dos", 400)]


def test_a_stub_joins_the_part_before_it():
    assert cut(Block("Uno", 1), Block(words(350)), Block("Dos", 1), Block(words(40))) == [("Uno", 392)]


def test_a_long_paragraph_is_cut_at_its_sentences():
    sentence = words(29) + " fin."
    found = list(cut_parts([Block(" ".join([sentence] * 60))]))
    assert all(part.text.endswith("fin.") for part in found)
    assert [len(part.text.split()) for part in found] == [390, 390, 390, 390, 240]


def test_a_paragraph_without_sentences_is_cut_all_the_same():
    assert cut(Block(words(1000))) == [("", 400), ("", 400), ("", 200)]


def test_a_document_of_headings_only_is_cut_too():
    assert all(size <= WANTED + SOME for _, size in cut(*[Block(words(10), 1)] * 200))


blocks = st.lists(
    st.builds(
        Block, st.builds(words, st.integers(0, 900), st.sampled_from(["a", "b.", "c\n"])), st.integers(0, 3)
    ),
    max_size=25,
)


@given(blocks)
def test_no_word_is_lost_or_said_twice_and_no_part_is_too_long(given_blocks):
    found = list(cut_parts(given_blocks))
    before = [word for block in given_blocks for word in block.text.split()]
    assert [word for part in found for word in part.text.split()] == before
    assert all(0 < len(part.text.split()) <= WANTED + 2 * SOME for part in found)
