"""Where a printed place is: what a name alone means, regions, languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.places import Place, find_place, is_city, is_place, is_region, regions_by_name, stand_alone
from archiver.extract.words import read_words


@pytest.mark.parametrize(
    ("located", "country", "lat", "lon"),
    [
        ("PARIS", "FR", 48.85, 2.35),
        ("Paris, Texas", "US", 33.66, -95.56),
        ("LA CROSSE, Wis.", "US", 43.80, -91.24),
        ("Washington, DC, United States", "US", 38.90, -77.04),
        ("ATLANTA, Georgia", "US", 33.75, -84.39),
        ("TBILISI, Georgia", "GE", 41.69, 44.83),
        ("SAN JOSE, Calif.", "US", 37.34, -121.89),
        ("London, Ont.", "CA", 42.98, -81.23),
        ("St. Louis", "US", 38.63, -90.20),
        ("SÃO PAULO, SP", "BR", -23.55, -46.64),
        ("Monterrey, NL", "MX", 25.68, -100.32),
        ("UNITED NATIONS", "US", 40.71, -74.01),
        ("Frankfurt", "DE", 50.12, 8.68),
    ],
)
def test_a_place_of_one_meaning_has_coordinates_and_a_country(located, country, lat, lon):
    place = find_place(located)
    assert place.country == country
    assert (place.lat, place.lon) == (pytest.approx(lat, abs=0.1), pytest.approx(lon, abs=0.1))


@pytest.mark.parametrize(
    "located", ["Springfield", "Portland", "San Jose", "Halle", "Birmingham", "Nowhereville", "", ",", "Paris, Nowhere"]
)
def test_a_place_of_several_meanings_or_none_is_not_guessed(located):
    assert find_place(located) is None


@pytest.mark.parametrize(
    ("located", "country"),
    [
        ("Riad", "SA"),
        ("Londra", "GB"),
        ("Nueva York", "US"),
        ("Asunción", "PY"),
        ("ASUNCION", "PY"),
        ("İSTANBUL", "TR"),
        ("МОСКВА", "RU"),
        ("北京", "CN"),
        ("ソウル", "KR"),
        ("서울", "KR"),
        ("القاهرة", "EG"),
        ("नई दिल्ली", "IN"),
        ("ワシントン", "US"),
    ],
)
def test_names_are_known_in_other_languages(located, country):
    assert find_place(located).country == country


def test_of_several_places_the_first_is_meant():
    assert find_place("BEIRUT/THE HAGUE").country == "LB"
    assert find_place("KYIV/WARSAW").country == "UA"


def test_a_town_that_no_table_knows_has_the_country_of_its_region_only():
    assert find_place("Hill Valley, Calif.") == Place("US")
    assert find_place("Ukraine") == Place("UA")


@pytest.mark.parametrize(
    ("located", "lat", "lon"),
    [
        ("POINT REYES STATION, Calif.", 38.07, -122.81),
        ("Lodi, Wis.", 43.31, -89.53),
        ("WOODBRIDGE, Conn.", 41.35, -73.01),
        ("Saint-Gervais-les-Bains, France", 45.89, 6.71),
    ],
)
def test_a_small_town_is_placed_where_its_region_is_printed_with_it(located, lat, lon):
    place = find_place(located)
    assert (place.lat, place.lon) == (pytest.approx(lat, abs=0.02), pytest.approx(lon, abs=0.02))


@pytest.mark.parametrize("located", ["Woodbridge, Calif.", "Centerville, S.C.", "Neustadt, Germany"])
def test_of_several_places_of_one_name_in_a_region_only_the_country_is_told(located):
    place = find_place(located)
    assert place.country and place.lat is None


def test_a_small_town_alone_is_not_placed():
    assert find_place("Point Reyes Station") is None and not is_place("Point Reyes Station")


@pytest.mark.parametrize(
    ("located", "lat"),
    [
        ("Woodbridge, N.J.", 40.56),
        ("Woodbridge, Va.", 38.66),
        ("Portland, Maine", 43.66),
        ("Lodi, Wis.", 43.31),
        ("Lodi, Ore.", None),
    ],
)
def test_a_place_behind_which_a_state_stands_is_in_that_state_or_nowhere(located, lat):
    place = find_place(located)
    assert place.country == "US" and place.lat == (None if lat is None else pytest.approx(lat, abs=0.01))


@pytest.mark.parametrize(
    "name", ["Wis.", "S.D.", "Calif.", "ON", "Vietnam", "United Arab Emirates", "U.A.E.", "Deutschland", "Ucrania", "Украина"]
)
def test_regions_behind_a_place_are_known(name):
    assert is_region(name)


@pytest.mark.parametrize("name", ["or", "in", "Paris", "a former captain", ""])
def test_words_are_no_regions(name):
    assert not is_region(name)


def test_airport_codes_are_no_places():
    assert not is_place("BIO")
    assert not is_place("CNN")


def test_a_large_city_is_told_from_a_small_one():
    assert is_city("Ankara")
    assert not is_city("Save")


def test_every_place_that_stands_alone_is_found():
    printed = [entry.partition(" = ")[0] for entry in read_words("world_places")]
    assert [name for name in printed if find_place(name) is None] == []
    assert len(stand_alone()) >= 0.95 * len(printed)  # some are the same but for accents


def test_every_line_of_the_regions_has_a_code():
    codes = {code for found in regions_by_name().values() for code in found}
    assert all(len(code) == 2 or code[2] == "." for code in codes)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_place_or_none(text):
    place = find_place(text)
    assert place is None or len(place.country) == 2
