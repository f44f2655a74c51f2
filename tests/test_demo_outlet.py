"""The bundled outlet says what its script says."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from archiver.demo import Outlet, site_facts
from archiver.sites import read_sites_file, to_toml


@pytest.fixture(scope="module")
def outlet() -> Iterator[Outlet]:
    with Outlet(day=1, port=0) as served:
        yield served


def get(outlet: Outlet, path: str, **headers: str):
    request = urllib.request.Request(outlet.address + path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        return urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        return error


def test_each_day_brings_new_stories_and_the_feeds_list_them(outlet: Outlet):
    for day in (1, 2, 3, 4):
        outlet.day = day
        feed = feedparser.parse(get(outlet, "feed/").read())
        atom = feedparser.parse(get(outlet, "feed/atom/").read())
        new = {outlet.address + story.path[1:] for story in outlet.truth(day).new if not story.gone}
        assert not feed.bozo and not atom.bozo
        assert new <= {entry.link for entry in feed.entries} == {entry.link for entry in atom.entries}


def test_the_api_pages_to_the_end_and_tells_the_total(outlet: Outlet):
    outlet.day = 4
    links, page = [], 1
    while True:
        answer = get(outlet, f"wp-json/wp/v2/posts?per_page=5&page={page}&_fields=link")
        links += [post["link"] for post in json.loads(answer.read())]
        if page == int(answer.headers["X-WP-TotalPages"]):
            break
        page += 1
    assert len(links) == len(set(links)) == int(answer.headers["X-WP-Total"]) == len(outlet.truth(4).live)
    assert get(outlet, "wp-json/wp/v2/posts?per_page=5&page=99").code == 400


def test_the_gzipped_sitemap_lists_every_live_story(outlet: Outlet):
    outlet.day = 3
    text = gzip.decompress(get(outlet, "post-sitemap.xml.gz").read()).decode()
    assert all(story.path in text for story in outlet.truth(3).live)


@pytest.mark.parametrize("path", ["", "feed/", "sitemap_index.xml", "2026/03/02/levee-repair-begins-before-autumn-rain/"])
def test_what_did_not_change_is_answered_with_304(outlet: Outlet, path: str):
    outlet.day = 2
    first = get(outlet, path)
    first.read()
    assert get(outlet, path, If_None_Match=first.headers["ETag"]).code == 304
    assert get(outlet, path, If_Modified_Since=first.headers["Last-Modified"]).code == 304


def test_vanished_stories_answer_410_or_lead_home(outlet: Outlet):
    outlet.day = 4
    kinds = {story.gone: story for story in outlet.truth(4).vanished}
    assert get(outlet, kinds["gone"].path[1:]).code == 410
    assert get(outlet, kinds["home"].path[1:]).url == outlet.address


def test_a_stealth_edit_moves_no_date(outlet: Outlet):
    [(story, _)] = [(story, kind) for story, kind in outlet.truth(3).changed if kind == "stealth"]
    [before] = [other for other in outlet.truth(2).live if other.slug == story.slug]
    assert story.body != before.body and story.modified == before.modified


def test_the_sites_facts_name_addresses_that_answer(outlet: Outlet):
    facts = site_facts(outlet.address)
    for url in (facts.url, *facts.feeds, *facts.sitemaps, facts.wordpress_api or ""):
        assert get(outlet, url.removeprefix(outlet.address)).status == 200


def test_the_sample_of_sites_has_the_demos_site_so_that_a_clone_stays_clean():
    sample = Path(__file__).parents[1] / "data" / "sites.toml"
    facts = site_facts("http://127.0.0.1:8765/")
    assert to_toml(read_sites_file(sample)[facts.name]) == to_toml(facts)
