"""What changed between two texts, in words."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.revisions import changed_words, diff_paragraphs, diff_words

TEXTS = st.lists(st.sampled_from(["The", "bridge", "re-opens", " ", "\n\n", "\n", ",", "’", "is", "橋", "в", "5,000", "\n \n"])).map(
    "".join
)

NOISE = random.Random(1).choices(["dam", "sluice"], k=40_000)  # what difflib is slowest at
LONG_WORDS = "\n\n".join(" ".join(f"w{number * 31 % 4_999}" for number in range(i, i + 5_000)) for i in range(50))


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
    ],
    ids=["long", "repeating", "many paragraphs", "equal paragraphs", "blank", "noise", "noisy paragraphs", "long noise", "many words"],
)
def test_a_hostile_text_takes_no_longer_than_a_reader_waits(old, new):
    begun = time.process_time()
    parts = diff_words(old, new)
    assert (old_of(parts), new_of(parts)) == (old, new)
    assert time.process_time() - begun < 3
