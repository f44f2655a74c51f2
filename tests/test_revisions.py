"""What changed between two texts, in words."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.revisions import changed_words, diff_paragraphs, diff_sentences, diff_words, sentences, signature
from tests.patience import comes_to_an_end

TEXTS = st.lists(st.sampled_from(["The", "bridge", "re-opens", " ", "\n\n", "\n", ",", "’", "is", "橋", "в", "5,000", "\n \n"])).map(
    "".join
)

NOISE = random.Random(1).choices(["dam", "sluice"], k=40_000)  # what difflib is slowest at
LONG_WORDS = "\n\n".join(" ".join(f"w{number * 31 % 4_999}" for number in range(i, i + 5_000)) for i in range(50))
EVERY_OTHER = " ".join(f"w{number} old{number}" for number in range(18_000))  # each word that stayed is a stretch of its own


def old_of(parts):
    return "".join(text for op, text in parts if op != "insert")


def new_of(parts):
    return "".join(text for op, text in parts if op != "delete")


@given(TEXTS, TEXTS)
def test_the_parts_put_together_are_both_texts(old, new):
    parts = diff_words(old, new)
    assert (old_of(parts), new_of(parts)) == (old, new)
    assert all(text for _, text in parts)
    assert all(one[0] != other[0] for one, other in pairwise(parts))


@given(st.text(), st.text())
def test_any_text_at_all_can_be_compared(old, new):
    parts = diff_words(old, new)
    assert (old_of(parts), new_of(parts)) == (old, new)


def test_one_changed_word_is_the_only_mark():
    assert diff_words("Nine people were hurt.", "Eleven people were hurt.") == [
        ("delete", "Nine"),
        ("insert", "Eleven"),
        ("equal", " people were hurt."),
    ]


def test_a_comma_behind_a_word_does_not_change_the_word():
    assert diff_words("She said yes", "She said, yes") == [("equal", "She said"), ("insert", ","), ("equal", " yes")]
    assert diff_words("He left.", "He left!") == [("equal", "He left"), ("delete", "."), ("insert", "!")]


def test_a_number_is_one_word():
    assert ("delete", "5,000") in diff_words("About 5,000 came home", "About 6,000 came home")


def test_languages_without_spaces_are_compared_letter_by_letter():
    assert diff_words("橋は閉鎖された", "橋は再開された") == [
        ("equal", "橋は"),
        ("delete", "閉鎖"),
        ("insert", "再開"),
        ("equal", "された"),
    ]


def test_an_added_paragraph_leaves_the_others_alone():
    old = "The quay is closed.\n\nFerries go from the north pier."
    new = "The quay is closed.\n\nIt will be mended by May, the harbour office says.\n\nFerries go from the north pier."
    assert [[op for op, _ in paragraph] for paragraph in diff_paragraphs(old, new)] == [["equal"], ["insert"], ["equal"]]


def test_an_edited_paragraph_is_compared_with_itself_though_another_was_put_before_it():
    old = "Start.\n\nThe council voted on Monday to close the mill road for a year."
    new = "Start.\n\nNothing of this was announced beforehand.\n\nThe council voted on Tuesday to close the mill road for a year."
    paragraphs = diff_paragraphs(old, new)
    assert [op for op, _ in paragraphs[1]] == ["insert"]
    assert ("delete", "Monday") in paragraphs[2]


def test_a_rewritten_sentence_is_no_confetti():
    parts = diff_words("Crews from the town of Brenn fought a blaze", "Officers from the village in Orla saw a crash")
    assert len(parts) <= 6


def test_removed_and_added_words_are_counted():
    assert changed_words(diff_words("one two three four", "one four five")) == (2, 1)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("“Yes,” she said – at last", '"yes" she said - at last', True),
        ("1,000 boats", "1 000 boats", True),
        ("12,50,000 rupees", "1250000 rupees", True),
        ("won 4-1", "won 4–1", True),
        ("re-open", "reopen", True),
        ("won 4-1", "won 41", False),
        ("1.5 miles", "15 miles", False),
        ("-5 degrees", "5 degrees", False),
        ("$5", "€5", False),
        ("up 5%", "up 5", False),
        ("लड़की", "लड़का", False),
        ("approve", "reject", False),
    ],
)
def test_signs_do_not_count_but_those_inside_figures_and_words_do(old, new, same):
    assert (signature(old) == signature(new)) is same


def test_a_text_is_cut_into_sentences_where_one_ends():
    text = 'Dr. Smith met her on Nov. 3 in the U.S. embassy. "It is over." He left!\n\n橋は閉鎖された。船が出る。'
    assert sentences(text) == [
        "Dr. Smith met her on Nov. 3 in the U.S. embassy.",
        '"It is over."',
        "He left!",
        "橋は閉鎖された。",
        "船が出る。",
    ]


def test_sentences_are_changed_added_removed_or_moved():
    old = "The quay is closed until May. Ferries go from the north pier. Nobody was hurt. It rains.\n\nThe mayor has resigned."
    new = (
        "The mayor has resigned.\n\nThe quay is closed until June. “Ferries” go from the north pier. It rains. A crane fell over on Sunday."
    )
    assert [(change.kind, change.after or change.before) for change in diff_sentences(old, new)] == [
        ("changed", "The quay is closed until June."),
        ("moved", "The mayor has resigned."),
        ("removed", "Nobody was hurt."),
        ("added", "A crane fell over on Sunday."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 60_000, "b " * 60_000),
        ("a b " * 30_000, "b a " * 30_000),
        ("\n\n".join(f"Paragraph {i} of a liveblog" for i in range(2_000)), "\n\n".join(f"Entry {i} in liveblog" for i in range(2_000))),
        ("\n\n".join(["same"] * 2_000), "\n\n".join(["same"] * 2_000 + ["more"])),
        (" " * 100_000, "\n" * 100_000),
        (" ".join(NOISE[:1_000]), " ".join(NOISE[1_000:2_000])),
        ("\n\n".join(NOISE), "\n\n".join(NOISE[::-1])),
        ("\n\n".join(" ".join(NOISE[i : i + 400]) for i in range(0, 40_000, 400)), "\n\n".join([" ".join(NOISE[-400:])] * 100)),
        (LONG_WORDS, LONG_WORDS[::-1]),
        (EVERY_OTHER, EVERY_OTHER.replace("old", "new")),
    ],
    ids=[
        *("long", "repeating", "many paragraphs", "equal paragraphs", "blank", "noise", "noisy paragraphs", "long noise", "many words"),
        "every other word",
    ],
)
def test_a_hostile_text_takes_no_longer_than_a_reader_waits(old, new):
    with comes_to_an_end():
        parts = diff_words(old, new)
    assert (old_of(parts), new_of(parts)) == (old, new)


@pytest.mark.parametrize(
    ("old", "new"), [("\n\n".join(NOISE), "\n\n".join(NOISE[::-1])), (LONG_WORDS, LONG_WORDS[::-1]), ("a. " * 60_000, "b. " * 60_000),
     ("So" + "." * 100_000, "No" + "." * 100_000),
     (EVERY_OTHER.replace(" ", ".\n"), EVERY_OTHER.replace("old", "new").replace(" ", ".\n"))],
)  # fmt: skip
def test_a_hostile_text_holds_up_no_storing(old, new):
    with comes_to_an_end():
        diff_sentences(old, new)


def test_words_that_changed_are_counted_in_scripts_without_spaces_too():
    old, new = "市長は六週間以内に報告する。", "市長は八週間以内に費用を報告する。"
    assert changed_words(diff_words(old, new)) == (1, 4)
    assert changed_words([("insert", "楽団は市役所で演奏する。"), ("delete", "a harbour-master’s boat, sunk")]) == (4, 11)
