"""A site's facts: what may stand in sites.toml, what is said about what may not, and what goes back into it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from archiver.errors import BadSitesFile, UnknownSite
from archiver.records import Selector, Site
from archiver.sites import FACTS, append_site, find_site, load_sites, name_for, read_duration, read_sites_file, to_toml, write_duration

FULL = Site(
    name="daily_example",
    url="https://daily.example.org/",
    publisher='The "Daily" Exämple\\',
    in_language="en",
    country="NG",
    timezone="Africa/Lagos",
    feeds=("https://daily.example.org/feed/", "https://daily.example.org/atom.xml"),
    sitemaps=("https://daily.example.org/news-sitemap.xml",),
    wordpress_api="https://daily.example.org/wp-json/",
    front_pages=("https://daily.example.org/news/",),
    sections=("https://daily.example.org/sport/",),
    article_url=r"/20\d\d/\d\d/[\w-]+/$",
    skip_url="/quiz/",
    drop_text=("Read also:",),
    delay_s=2.5,
    max_requests=300,
    every_s=5_400,
    recheck_s=((21_600, 3_600), (172_800, 43_200)),
    selectors=(Selector("headline", "h1.title"), Selector("byline", ".by", date(2026, 3, 1))),
)


def written(folder: Path, text: str) -> Path:
    path = folder / "sites.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(BadSitesFile) as told:
        read_sites_file(written(folder, text))
    return str(told.value)


# --- written and read


def test_every_fact_of_a_site_survives_being_written_and_read(tmp_path: Path):
    path = tmp_path / "deep" / "sites.toml"
    append_site(FULL, path, "added by hand\nover two lines")
    assert read_sites_file(path) == {"daily_example": FULL}


def test_adding_a_site_leaves_what_was_there_as_it_was(tmp_path: Path):
    path = written(tmp_path, '# my own words\n[old_site]\nurl = "https://old.example.org/"   # and more')
    append_site(FULL, path)
    assert path.read_text(encoding="utf-8").startswith(
        '# my own words\n[old_site]\nurl = "https://old.example.org/"   # and more\n\n[daily_example]\n'
    )
    assert list(read_sites_file(path)) == ["old_site", "daily_example"]
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*")) == ["locks", "locks/sites.toml", "sites.toml"]


def test_adding_a_site_leaves_the_file_where_it_is_and_who_may_read_it(tmp_path: Path):
    (tmp_path / "versions").mkdir()
    own = written(tmp_path / "versions", '[old_site]\nurl = "https://old.example.org/"\n')
    own.chmod(0o640)
    (tmp_path / "sites.toml").symlink_to(own)
    append_site(FULL, tmp_path / "sites.toml")
    assert (tmp_path / "sites.toml").is_symlink() and own.stat().st_mode & 0o777 == 0o640
    assert list(read_sites_file(own)) == ["old_site", "daily_example"]


def test_a_name_that_is_taken_is_not_written_over(tmp_path: Path):
    path = written(tmp_path, to_toml(FULL))
    with pytest.raises(BadSitesFile, match="has a site \\[daily_example\\] already"):
        append_site(replace(FULL, url="https://other.example.org/"), path)
    assert read_sites_file(path) == {"daily_example": FULL}


def test_whatever_a_page_says_of_itself_leaves_a_file_that_can_be_read_again(tmp_path: Path):
    odd = 'a \x7f\x01\x85\u2028 "quoted" \\ \n[evil]\nallow_loopback = true\n\U0001f600'
    site = Site("daily", "https://daily.example/", publisher=odd, drop_text=(odd,), selectors=(Selector("byline", 'p[title="\x7f"]'),))
    assert read_sites_file(written(tmp_path, to_toml(site))) == {"daily": site}


def test_facts_that_are_not_set_are_not_written():
    assert to_toml(Site("a", "https://a.example.org/")) == '[a]\nurl = "https://a.example.org/"\n'


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3_600), ("1.5h", 5_400), ("7d", 604_800), (30, 30)])
def test_durations_are_read_as_a_person_writes_them(text: object, seconds: float):
    assert read_duration(text) == seconds
    assert read_duration(write_duration(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "1", "soon", "-1h", "1h30", -5, True, None])
def test_what_is_no_duration_is_refused(text: object):
    with pytest.raises(ValueError, match="is no duration"):
        read_duration(text)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.daily-example.co.uk/", "daily_example"),
        ("https://news.example.org/", "example"),
        ("https://1001news.com/", "site_1001news"),
        ("http://127.0.0.1:8080/", "site_127_0_0_1"),
        ("https://über.example.com/", "example"),
        ("http://xn--mnchen-3ya.example/", "munchen"),
        ("https://xn--r8jz45g.example/", "xn_r8jz45g"),
    ],
)
def test_a_new_site_is_named_after_its_host(url: str, name: str):
    assert name_for(url, {}) == name
    assert name_for(url, {name: FULL}) == f"{name}_2"


# --- the class and the file


def test_sites_that_are_added_at_the_same_time_are_all_in_the_file(tmp_path: Path):
    path, names = tmp_path / "sites.toml", [f"daily_{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: append_site(Site(name, f"https://{name}.example/"), path), names))
    assert sorted(read_sites_file(path)) == sorted(names)


def test_sites_come_from_spider_classes_and_the_file_and_the_file_wins(tmp_path: Path):
    assert load_sites(tmp_path)["lodivalleynews"].url == "https://lodivalleynews.com/"
    written(tmp_path, '[lodivalleynews]\nurl = "https://lodivalleynews.com/"\npublisher = "Mine"\n\n' + to_toml(FULL))
    known = load_sites(tmp_path)
    assert known["lodivalleynews"].publisher == "Mine"
    assert find_site("daily_example", tmp_path) == FULL


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path):
    written(tmp_path, to_toml(FULL))
    with pytest.raises(UnknownSite, match=r"No site is named 'daily'\. Known sites: daily_example, lodivalleynews\.") as told:
        find_site("daily", tmp_path)
    assert "archiver add" in str(told.value)
    assert told.value.exit_code == 2


def test_no_file_means_no_sites_of_its_own(tmp_path: Path):
    assert read_sites_file(tmp_path / "sites.toml") == {}


# --- what cannot be read


def test_broken_toml_says_line_and_column(tmp_path: Path):
    said = refusal(tmp_path, '[a]\nurl = "https://a.example.org/"\nfeeds = [\n  "x",,\n]\n')
    assert str(tmp_path / "sites.toml") in said
    assert "line 4, column 7" in said


def test_a_file_as_windows_saves_it_is_read(tmp_path: Path):
    (tmp_path / "sites.toml").write_bytes('\ufeff[daily]\r\nurl = "https://daily.example/"\r\n'.encode())
    assert set(read_sites_file(tmp_path / "sites.toml")) == {"daily"}


def test_a_list_without_bottom_is_told_as_broken_toml(tmp_path: Path):
    (tmp_path / "sites.toml").write_text("feeds = " + "[" * 100_000)
    with pytest.raises(BadSitesFile, match="is not valid TOML"):
        read_sites_file(tmp_path / "sites.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    path = tmp_path / "sites.toml"
    path.write_bytes(b"[a]\nurl = '\xff\xfe'\n")
    with pytest.raises(BadSitesFile, match="cannot be read"):
        read_sites_file(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(BadSitesFile, match="cannot be read"):
        read_sites_file(path)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ('url = "https://b.example.org/"\nfeed = "x"', "unknown fact 'feed'"),
        ('publisher = "B"', "url is missing"),
        ("url = 5", "url = 5 is not a text"),
        ('url = "ftp://b.example.org/"', "its scheme is ftp"),
        ('url = "http://10.0.0.1/"', "no public address"),
        ('url = "http://127.0.0.1/"', "it is this machine"),
        ('feeds = "https://b.example.org/feed"', "feeds is not a list of texts"),
        ("sections = [1]", "sections is not a list of texts"),
        ("delay_s = 0", "delay_s = 0 is not a number above 0"),
        ('delay_s = "2"', "delay_s = '2' is not a number above 0"),
        ("delay_s = inf", "delay_s = inf is not a number above 0"),
        ("delay_s = nan", "delay_s = nan is not a number above 0"),
        ("max_requests = true", "max_requests = True is not a number above 0"),
        ('every = "often"', "'often' is no duration"),
        ("every = inf", "every: inf is longer than a hundred years"),
        ('recheck = [["6h", "99999999999999d"]]', "'99999999999999d' is longer than a hundred years"),
        ('recheck = ["6h"]', "recheck: ['6h'] is no list of pairs"),
        ("recheck = 5", "recheck: 5 is no list of pairs"),
        ('recheck = [["6h", "often"]]', "recheck: 'often' is no duration"),
        ("max_requests = 1.5", "max_requests = 1.5 is no whole number"),
        ("max_requests = 99999999999999999999999", "max_requests = 99999999999999999999999 is more than 1000000000"),
        ("delay_s = 1e300", "delay_s = 1e+300 is more than 86400"),
        ("every = 0", "every: 0 is no time at all"),
        ('recheck = [["6h", "0s"]]', "recheck: '0s' is no time at all"),
        ('recheck = [["2d", "6h"], ["6h", "1h"]]', "recheck: the ages of the stories do not rise"),
        ('feeds = ["feed"]', "feeds: 'feed' is no web address"),
        ('feeds = ["https://b.example.org/feed\\u0000"]', "is no web address"),
        ('url = "https://b.example.org/\\u0000"', "holds a control character"),
        ('archive_page = "archive/{yyyy}/{mm}"', "is no web address with a date in it"),
        ('archive_page = "https://b.example.org/{yyyy}/{mm}/{day}"', "is no web address with a date in it"),
        ('selectors = [{field = "byline", selector = "p", from = 2026-01-01}]', "'from' is nothing that a selector has"),
        ('selectors = [{field = "byline", selector = "p", valid_from = 2026-01-01T10:00:00}]', "is no date"),
        ('wordpress_api = "wp-json"', "wordpress_api = 'wp-json' is no web address"),
        ('timezone = "Mars/Olympus"', "timezone = 'Mars/Olympus' is not known"),
        ('timezone = "America"', "timezone = 'America' is not known"),
        ('timezone = "../../etc/passwd"', "timezone = '../../etc/passwd' is not known"),
        ("article_url = '/(20'", "no regular expression"),
        ("article_url = '(?V0)(?V1)/20'", "no regular expression"),
        ('allow_loopback = "no"', "allow_loopback = 'no' is neither true nor false"),
        ('selectors = ["h1"]', "selectors: 'h1' is no table"),
        ('selectors = [{field = "headline"}]', "selectors: selector is missing"),
        ('selectors = [{field = "headline", selector = "h1", valid_from = "soon"}]', "is no date"),
    ],
)
def test_a_fact_that_makes_no_sense_is_named_with_its_site_and_line(tmp_path: Path, facts: str, told: str):
    url = "" if "url =" in facts.replace("article_url", "") or "publisher" in facts else 'url = "https://b.example.org/"\n'
    said = refusal(tmp_path, f'[a]\nurl = "https://a.example.org/"\n\n[b]\n{url}{facts}\n')
    assert told in said
    assert "line 4, site [b]" in said
    assert "\n" in said  # and what to do


@pytest.mark.parametrize("name", ["Daily", "9news", '"a b"', "a-b", '"../x"', '""'])
def test_a_name_that_cannot_be_a_file_name_or_a_word_of_a_command_is_refused(tmp_path: Path, name: str):
    assert "cannot be used" in refusal(tmp_path, f'[{name}]\nurl = "https://a.example.org/"\n')


def test_a_fact_outside_of_any_site_is_named(tmp_path: Path):
    assert "facts must stand in a table" in refusal(tmp_path, 'url = "https://a.example.org/"\n')


def test_every_fact_is_told_with_an_example_that_is_taken(tmp_path: Path) -> None:
    both = "noarchive_reason = " + FACTS["noarchive_reason"][0]  # without it no noarchive = "ignore" is taken
    for name, (example, meaning) in FACTS.items():
        own = [f"url = {FACTS['url'][0]}", f"{name} = {example}", *([both] if name == "noarchive" else [])]
        (tmp_path / "sites.toml").write_text("\n".join(["[daily_example]", *dict.fromkeys(own)]), encoding="utf-8")
        (site,) = read_sites_file(tmp_path / "sites.toml").values()
        assert name in to_toml(site) and meaning
    in_seconds = {"every_s": "every", "recheck_s": "recheck"}
    assert {"name", *FACTS} == {in_seconds.get(fact.name, fact.name) for fact in fields(Site)}


def test_facts_are_told_in_the_shell_and_where_one_is_unknown(tmp_path: Path, typed: Callable[..., Result]) -> None:
    assert 'keep_images = "lead"\n' in typed("--data", str(tmp_path), "sites", "--facts").output
    assert len(typed("--data", str(tmp_path), "sites", "--facts", "--json").output.splitlines()) == len(FACTS)
    (tmp_path / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example/"\nfeed = "x"\n', encoding="utf-8")
    wrong = typed("--data", str(tmp_path), "sites")
    assert wrong.exit_code == 2 and "archiver sites --facts" in wrong.output
