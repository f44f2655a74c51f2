"""The day that a story's text speaks of, counted back from its publication."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.day_references import DayReference, find_day_reference

TUESDAY = date(2024, 4, 9)


def day_of(text: str, language: str | None = "en", published: date = TUESDAY) -> str | None:
    reference = find_day_reference([text], published, language)
    return reference.on.isoformat() if reference else None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ferry sank on Friday, its owner said.", "en"),
        ("Friday’s gale sank the ferry.", "en"),
        ("Die Fähre sank am Freitag.", "de"),
        ("Die Fähre sank am Freitagabend.", "de"),
        ("El viernes se hundió el ferri.", "es"),
        ("Le ferry a coulé vendredi.", "fr"),
        ("A balsa afundou na sexta-feira.", "pt"),
        ("Il traghetto è affondato venerdì.", "it"),
        ("De veerboot zonk vrijdag.", "nl"),
        ("Färjan sjönk på fredagen.", "sv"),
        ("Färjan sjönk på fredagskvällen.", "sv"),
        ("Feribotul va fi ridicat, a anunțat vineri primarul.", "ro"),
        ("Trajekt bude vyzdvižen, oznámil v pátek starosta.", "cs"),
        ("Fergen sank fredag kveld.", "nb-NO"),
        ("Prom zatonął w piątek.", "pl"),
        ("Trajekt se potopil v pátek.", "cs"),
        ("Паром затонул в пятницу.", "ru"),
        ("Пором затонув у п’ятницю.", "uk"),
        ("Το πλοίο βυθίστηκε την Παρασκευή.", "el"),
        ("A komp pénteken elsüllyedt.", "hu"),
        ("Lautta upposi perjantaina.", "fi"),
        ("Keltas nuskendo penktadienį.", "lt"),
        ("Feribotul s-a scufundat vineri.", "ro"),
        ("周五，渡轮沉没。", "zh"),
    ],
)
def test_a_weekday_is_the_last_one_before_publication(text: str, language: str) -> None:
    assert day_of(text, language) == "2024-04-05"


def test_the_day_of_publication_itself_counts() -> None:
    assert day_of("The ferry sank on Tuesday.") == "2024-04-09"
    assert day_of("The ferry sank last Tuesday.") == "2024-04-02"


@pytest.mark.parametrize(
    ("text", "language", "printed"),
    [
        ("The ferry sank on Friday (5) off the cape.", "en", "Friday (5)"),
        ("A balsa afundou nesta sexta (5) no cabo.", "pt", "sexta (5)"),
        ("A balsa afundou na sexta-feira (5/4).", "pt", "sexta-feira (5/4)"),
        ("Feri itu tenggelam pada Jumat (5/4/2024).", "id", "Jumat (5/4/2024)"),
        ("El ferri se hundió el viernes 5, dijo el dueño.", "es", "viernes 5"),
        ("Le ferry a coulé vendredi 5 avril.", "fr", "vendredi 5 avril"),
        ("Die Fähre sank am Freitag (5. April) vor dem Kap.", "de", "Freitag (5. April)"),
        ("The ferry sank on Friday, April 5, 2024.", "en", "Friday, April 5, 2024"),
    ],
)
def test_a_weekday_with_its_number_is_sure(text: str, language: str, printed: str) -> None:
    reference = find_day_reference([text], TUESDAY, language)
    assert reference is not None
    assert (reference.on, reference.printed, reference.confidence) == (date(2024, 4, 5), printed, 0.95)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ferry sank on Friday (6). On Monday it was raised.", "en"),
        ("Le ferry a coulé vendredi 6 avril.", "fr"),
        ("El ferri se hundió el viernes 6, dijo el dueño.", "es"),
    ],
)
def test_nothing_is_guessed_when_weekday_and_number_disagree(text: str, language: str) -> None:
    assert day_of(text, language) is None


def test_a_number_that_counts_something_else_is_no_day() -> None:
    assert day_of("El viernes 12 cabras cayeron al mar.", "es") == "2024-04-05"
    assert day_of("On Friday 12 goats fell into the sea.") == "2024-04-05"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The owner will answer questions on Friday.", "en"),
        ("On Friday the court will decide.", "en"),
        ("A hearing on Friday will tell.", "en"),
        ("The next hearing is next Friday.", "en"),
        ("Das Gericht wird am Freitag entscheiden.", "de"),
        ("Die Taufe ist am kommenden Freitag.", "de"),
        ("La vista será el viernes.", "es"),
        ("A audiência é na próxima sexta-feira.", "pt"),
        ("A audiência é na sexta (12).", "pt"),
        ("Rozprawa odbędzie się w piątek.", "pl"),
    ],
)
def test_a_day_to_come_is_not_when_something_was(text: str, language: str) -> None:
    assert day_of(text, language) is None


def test_a_date_behind_a_time_of_day_is_the_weekdays_own() -> None:
    assert day_of("The library will close at 3 p.m. Friday, April 12. Regular hours resume Saturday.") is None
    assert day_of("He died at 3 p.m. Friday, March 29, at home.") == "2024-03-29"


def test_what_was_said_on_a_day_was_that_day_even_if_it_is_about_the_future() -> None:
    assert day_of("The owner said on Friday that the ferry will be raised.") == "2024-04-05"
    assert day_of("The ferry will be raised, its owner said Friday.") == "2024-04-05"


@pytest.mark.parametrize(
    "text",
    [
        "It has rained since Friday.",
        "They sail every Friday.",
        "Black Friday drew crowds.",
        "The Sunday Times printed it.",
        "Good Friday was wet.",
    ],
)
def test_limits_habits_and_names_are_no_days(text: str) -> None:
    assert day_of(text) is None


def test_words_that_only_look_like_days_are_left_alone() -> None:
    assert day_of("É a quinta vez que a balsa para.", "pt") is None
    assert day_of("Η τρίτη βουτιά πέτυχε.", "el") is None
    assert day_of("Três semanas, segunda tentativa.", "pt") is None


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("The ferry sank yesterday.", "en", "2024-04-08"),
        ("Gestern sank die Fähre.", "de", "2024-04-08"),
        ("A balsa afundou ontem.", "pt", "2024-04-08"),
        ("Vorgestern sank die Fähre.", "de", "2024-04-07"),
        ("Hier liegt die Fähre.", "de", None),
        ("8日、フェリーが沈んだ。", "ja", "2024-04-08"),
        ("３日間、雨が降った。", "ja", None),
        ("지난 5일 여객선이 가라앉았다.", "ko", "2024-04-05"),
        ("The ferry sank on April 5.", "en", "2024-04-05"),
        ("The ferry was built on January 5.", "en", None),
    ],
)
def test_other_ways_to_name_a_day(text: str, language: str, day: str | None) -> None:
    assert day_of(text, language) == day


def test_the_first_that_tells_wins_and_only_the_opening_is_read() -> None:
    opening = ["The owner will speak on Thursday.", "The ferry sank on Sunday.", "On Monday divers came."]
    assert find_day_reference(opening, TUESDAY, "en") == DayReference(date(2024, 4, 7), "Sunday", "weekday", 0.8)
    assert find_day_reference(["Goats."] * 3 + ["It sank on Sunday."], TUESDAY, "en") is None


def test_without_a_language_the_text_tells_it() -> None:
    assert day_of("Die Fähre sank am Freitag.", None) == "2024-04-05"
    assert day_of("Goats swim.", None) is None


@settings(max_examples=80, deadline=1_000)
@given(
    st.text(alphabet=st.sampled_from("Friday (5) 日月١will on April-,.\n"), max_size=200),
    st.dates(),
    st.sampled_from(["en", "pt", "ja", None, "xx"]),
)
def test_any_text_gives_a_day_not_after_publication_or_nothing(text: str, published: date, language: str | None) -> None:
    reference = find_day_reference([text], published, language)
    assert reference is None or reference.on <= published
