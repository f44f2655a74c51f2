"""The map of the browser: where stories were filed from."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import html

from archiver.browse import maps
from archiver.browse.maps import Place, View
from archiver.browse.serving import make_datasette
from archiver.records import Article, Site
from archiver.store import CaptureRow, Reading, open_archive

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
MILAN = Place("Milan", "IT", 45.46427, 9.18951, 12)
SUVA = Place("Suva", "FJ", -18.14161, 178.44149, 2)
APIA = Place("Apia", "WS", -13.83333, -171.76666, 1)
STORY = Article("", headline="The weir", article_body="Of the weir.", word_count=3, date_precision="second")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three stories from Milan under two spellings, one from Suva at another site, one from nowhere."""
    folder = tmp_path_factory.mktemp("map")
    with open_archive(folder) as archive:
        readings = []
        filed = (
            ("lodi", MILAN, "Milan"),
            ("lodi", MILAN, "Milan"),
            ("lodi", MILAN, "MILANO"),
            ("orla", SUVA, "Suva"),
            ("orla", None, None),
        )
        for number, (site, place, name) in enumerate(filed):
            archive.save_site(Site(site, f"https://{site}.example/"), MONDAY)
            at = MONDAY + timedelta(days=number)
            row = CaptureRow(f"https://{site}.example/{number}", site, at, 200, "kept", warc_filename="a.warc.gz", warc_offset=number)
            (capture_id,) = archive.save_captures([row])
            where = {"located_lat": place.lat, "located_lon": place.lon, "located_country": place.country} if place else {}
            told = {"date_published": at.isoformat(), "date_published_utc": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
            text_hash = sha256(row.target_uri.encode()).hexdigest()
            article = replace(STORY, url=row.target_uri, located=name, text_hash=text_hash, **where, **told)
            readings.append(Reading(replace(row, id=capture_id), article, "reader/1"))
        archive.save_articles(readings, MONDAY)
    return folder


def ask(folder: Path, path: str) -> html.HtmlElement:
    answer = asyncio.run(make_datasette(folder).client.get(path))
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def told(page: html.HtmlElement) -> list[str]:
    return [" ".join(cell.text_content() for cell in row) for row in page.cssselect(".places tbody tr")]


def test_the_map_counts_a_place_once_however_it_is_spelled_and_leads_to_its_stories(folder: Path):
    page = ask(folder, "/-/map")
    assert told(page) == ["Milan IT 3 map", "Suva FJ 1 map"]
    assert [title.text for title in page.cssselect(".map a title")] == ["Milan, IT: 3 stories", "Suva, FJ: 1 story"]
    assert len(ask(folder, page.cssselect(".places td a")[0].get("href")).cssselect(".map .place")) == 1
    listed = ask(folder, page.cssselect(".places a")[0].get("href"))
    assert len(listed.cssselect(".hits .entry")) == 3
    assert "filed from Milan" in " ".join(listed.cssselect(".total")[0].text_content().split())


def test_a_story_leads_to_the_others_that_were_filed_from_its_place(folder: Path):
    page = ask(folder, ask(folder, "/-/search?site=lodi&to=2026-11-16").cssselect(".hits .entry h3 a, .hits .entry h2 a")[0].get("href"))
    (place,) = [link for link in page.cssselect(".about dd a") if "at=" in link.get("href")]
    assert place.text_content() == "Milan"
    assert len(ask(folder, place.get("href")).cssselect(".hits .entry")) == 3


def test_the_map_is_of_one_site_and_of_some_days_where_that_is_asked(folder: Path):
    assert told(ask(folder, "/-/map?site=orla")) == ["Suva FJ 1 map"]
    assert told(ask(folder, "/-/map?from=2026-11-17&to=2026-11-17")) == ["Milan IT 1 map"]
    page = ask(folder, "/-/map?site=lodi&from=2026-11-19")
    assert "No places." in page.cssselect(".total")[0].text_content()
    page = ask(folder, "/-/map?site=lodi&from=2026-11-17")
    assert len(ask(folder, page.cssselect(".places a")[0].get("href")).cssselect(".hits .entry")) == 2


def test_a_step_on_the_map_keeps_what_was_asked(folder: Path):
    page = ask(folder, "/-/map?site=lodi&view=45,9,20")
    steps = {link.text: link.get("href") for link in page.cssselect(".views a")}
    assert set(steps) == {"Closer", "Wider", "West", "North", "South", "East", "The world", "All places"}
    assert "site=lodi" in steps["Closer"] and "view=45%2C9%2C10" in steps["Closer"]
    assert len(ask(folder, steps["West"]).cssselect(".map .place")) == 1


@pytest.mark.parametrize("view", ["", "1,2", "1,2,3,4", "a,b,c", "nan,1,2", "inf,0,9", "91,0,10", "1e9,0,1", "0,0,-5x", "45,9,20;drop"])
def test_what_is_no_view_shows_all_places(folder: Path, view: str):
    assert maps.read_view(view) is None
    assert len(ask(folder, f"/-/map?view={view}").cssselect(".map .place")) == 2


@pytest.mark.parametrize("at", ["45,", "x,y", "45.1,9,2", "45;9", "1e5,1"])
def test_what_is_no_place_filters_nothing(folder: Path, at: str):
    assert len(ask(folder, f"/-/search?at={at}").cssselect(".hits .entry")) == 5


@pytest.mark.parametrize("places", [[MILAN], [MILAN, SUVA], [SUVA, APIA], [MILAN, SUVA, APIA], [Place("Pole", None, 89.9, 0.0, 1), MILAN]])
def test_a_map_shows_all_its_places(places: list[Place]):
    drawn = maps.draw(places, maps.view_on(places), "borders.svg", "/s?at={at}")
    assert drawn.count("<circle") == len(places)


def test_places_all_around_are_shown_on_the_world_as_everybody_knows_it():
    assert maps.view_on([MILAN, SUVA, Place("Lima", "PE", -12.0, -77.0, 1)]) == maps.view_on([])


def test_a_label_at_the_edge_stands_to_the_left():
    drawn = maps.draw([MILAN], maps.view_of(45.0, -0.5, 20.0), "b.svg", "")
    assert 'text-anchor="end">Milan' in drawn


def test_places_on_both_sides_of_the_edge_of_the_world_are_neighbours_on_a_small_map():
    view = maps.view_on([SUVA, APIA])
    assert view.span < 20
    assert "use" in maps.draw([SUVA, APIA], view, "borders.svg", "/s?at={at}")
    assert maps.draw([SUVA], view, "borders.svg", "").count('class="land"') == 2  # the world, and the world once more beyond its edge


@pytest.mark.parametrize("view", [View(20.0, 0.0, 360.0), maps.view_of(85.0, 0.0, 40.0), maps.view_of(-85.0, 179.0, 360.0)])
def test_no_map_goes_beyond_the_poles_further_than_it_must(view: View):
    shown = maps.view_of(view.lat, view.lon, view.span)
    assert abs(shown.lat) + min(shown.height, 180.0) / 2 <= 90.5


def test_the_ends_of_the_map_lead_nowhere():
    assert maps.neighbours(maps.view_on([]))["wider"] is None
    assert maps.neighbours(maps.view_of(45.0, 9.0, 2.0))["closer"] is None


def test_labels_do_not_cover_each_other_and_the_place_with_more_stories_has_its_own():
    crowd = [Place(f"Place {number}", None, 45.0 + number / 1_000, 9.0, 100 - number) for number in range(20)]
    labels = re.findall(r"<text[^>]*>([^<]*)", maps.draw([MILAN, *crowd], maps.view_of(45.0, 9.0, 90.0), "b.svg", ""))
    assert "Place 0" in labels and len(labels) < 4


def test_a_place_with_markup_for_a_name_is_text():
    drawn = maps.draw([replace(MILAN, name="<script>alert(1)</script>")], maps.view_on([MILAN]), "b.svg", "/s?at={at}")
    assert "<script" not in drawn and "&lt;script" in drawn


def test_every_line_of_the_outlines_has_a_second_point():
    text = (Path(maps.__file__).parent / "static/borders.svg").read_text(encoding="utf-8")
    assert text.count("<path") == 2
    assert not re.search(r"l(?:z|M|\")", text)  # a browser stops drawing at the first mistake
