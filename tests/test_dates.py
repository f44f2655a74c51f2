"""When a story was published: formats, order of trust, zones, refusals."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.date_lines import label_before
from archiver.extract.dates import Dates, read_dates, read_printed_date
from archiver.extract.moments import find_moments, read_moment, read_relative
from archiver.extract.page import Page, parse_page
from archiver.records import Capture, Site
from tests.patience import comes_to_an_end

FETCHED = datetime(2025, 3, 10, 18, 0, tzinfo=UTC)
PARAGRAPHS = "".join(f"<p>{'The ferry left the harbour with forty goats and a piano on board. ' * 4}</p>" for _ in range(4))


def page(
    body: str = "",
    *,
    story: dict | None = None,
    metas: str = "",
    url: str = "https://heron.example/news/ferry-sails",
    lang: str = "en",
    site: Site | None = None,
) -> Page:
    script = (
        f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Ferry sails"} | story)}</script>'
        if story
        else ""
    )
    head = f"<head><title>Ferry sails</title>{metas}{script}</head>"
    html = f'<html lang="{lang}">{head}<body>{body or "<h1>Ferry sails</h1>" + PARAGRAPHS}</body></html>'
    parsed = parse_page(Capture(url, FETCHED, 200, (("Content-Type", "text/html; charset=utf-8"),), b""), html.encode(), site)
    assert parsed is not None
    return parsed


def shown(line: str, **facts: str) -> Dates:
    """Dates of a page without metadata that shows `line` below its headline."""
    return read_dates(page(f"<h1>Ferry sails</h1><div>{line}</div>{PARAGRAPHS}", **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-04-30T16:17:29+02:00", "2024-04-30T16:17:29+02:00"),
        ("2024-04-30 16:17:29 +02:00", "2024-04-30T16:17:29+02:00"),
        ("2024-04-30T16:17:29+0200", "2024-04-30T16:17:29+02:00"),
        ("2024-04-30T16:17:29 02:00", "2024-04-30T16:17:29+02:00"),
        ("2024-04-30T16:17:29.0000000Z", "2024-04-30T16:17:29+00:00"),
        ("2023-04-28 18:11:01.0", "2023-04-28T18:11:01"),
        ("2024-04-22T13:19+02:00", "2024-04-22T13:19+02:00"),
        ("Fri Apr 28 19:20:36 CEST 2023", "2023-04-28T19:20:36+02:00"),
        ("Fri Apr 28 2023 17:52:31 GMT+0000 (Coordinated Universal Time)", "2023-04-28T17:52:31+00:00"),
        ("Fri, 28 Apr 2023 18:23:00 GMT", "2023-04-28T18:23:00+00:00"),
        ("1761135952", "2025-10-22T12:25:52+00:00"),
        ("1750680000000", "2025-06-23T12:00:00+00:00"),
        ("20240430", "2024-04-30"),
        ("20240430T161729Z", "2024-04-30T16:17:29+00:00"),
        ("2024-04-30 4:17 PM", "2024-04-30T16:17"),
        ("2024-04-30T16:17:29+99:00", "2024-04-30T16:17:29"),
        ("2024-04-22T00:00:00", "2024-04-22"),
        ("2024-02-30T10:00:00Z", None),
        ("0", None),
        ("soon", None),
    ],
)
def test_machine_formats_are_read_with_the_offset_they_declare(text: str, iso: str | None) -> None:
    moment = read_moment(text)
    assert (moment.iso if moment else None) == iso


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("April 15th, 2024", "en", "2024-04-15"),
        ("12:20pm Jan 7, 2024", "en", "2024-01-07T12:20"),
        ("11:00 AM PDT • May 16, 2024", "en", "2024-05-16T11:00-07:00"),
        ("28.04.2023, 20.15 Uhr", "de", "2023-04-28T20:15"),
        ("12. MÄR 2025 18:03", "de", "2025-03-12T18:03"),
        ("Publié le 30/04/2024 à 16h00", "fr", "2024-04-30T16:00"),
        ("3 de mayo del 2024 a las 10:30", "es", "2024-05-03T10:30"),
        ("1º de março de 2024 às 9h05", "pt", "2024-03-01T09:05"),
        ("4 Febbraio 2025 - 14:41", "it", "2025-02-04T14:41"),
        ("5 maart 2024", "nl", "2024-03-05"),
        ("torsdag 09. mai 2024 - 13:26", "nb", "2024-05-09T13:26"),
        ("24 listopada 2024", "pl", "2024-11-24"),
        ("24. listopada 2024.", "hr", "2024-10-24"),
        ("23. 12. 2024 13:31", "cs", "2024-12-23T13:31"),
        ("28 Nisan 2024 Pazar 10:22", "tr", "2024-04-28T10:22"),
        ("15 сентября 2024, 10:22", "ru", "2024-09-15T10:22"),
        ("28 квітня 2024", "uk", "2024-04-28"),
        ("2024 m. kovo 31 d. 14:22", "lt", "2024-03-31T14:22"),
        ("2024. gada 31. martā, 12:05", "lv", "2024-03-31T12:05"),
        ("28 Ιανουαρίου 2024", "el", "2024-01-28"),
        ("2024. április 28. 12:30", "hu", "2024-04-28T12:30"),
        ("15 octombrie 2024", "ro", "2024-10-15"),
        ("17 Agustus 2024 10:00 WIB", "id", "2024-08-17T10:00+07:00"),
        ("1 Machi 2024", "sw", "2024-03-01"),
        ("2024년 5월 3일 오후 3시 5분", "ko", "2024-05-03T15:05"),
        ("2025年1月13日 21時37分", "ja", "2025-01-13T21:37"),
        ("发布时间：18-03-08 23:16", "", "2018-03-08T23:16"),
        ("25-02-11 08:30", "ko", "2025-02-11T08:30"),
        ("22 tháng 10 năm 2025, 19:25 (GMT+7)", "vi", "2025-10-22T19:25+07:00"),
        ("13 ม.ค. 2568 10:20", "th", "2025-01-13T10:20"),
        ("3 مايو 2024 12:30", "ar", "2024-05-03T12:30"),
        ("الثلاثاء ٥ آذار ٢٠٢٤ - ١٤:٢٠", "ar", "2024-03-05T14:20"),
        ("5 كانون الثاني 2024", "ar", "2024-01-05"),
        ("05 آذار/مارس 2024 10:20", "ar", "2024-03-05T10:20"),
        ("५ मार्च, २०२४ १०:२०", "hi", "2024-03-05T10:20"),
        ("৫ মার্চ ২০২৪", "bn", "2024-03-05"),
        ("یکشنبه ۱۳ اسفند ۱۴۰۲ ساعت ۱۸:۴۲", "fa", "2024-03-03T18:42"),
        ("۲۸ فروردین‌ماه ۱۴۰۳، ۹:۰۵", "fa", "2024-04-16T09:05"),
        ("۱۴۰۳/۱۲/۳۰ ۱۸:۴۲", "fa", "2025-03-20T18:42"),
        ("۱۴ ثور ۱۴۰۳", "fa", "2024-05-03"),
        ("입력 2024.03.03. 오후 6:42", "ko", "2024-03-03T18:42"),
        ("2024年03月03日18:42", "zh", "2024-03-03T18:42"),
        ("3 במרץ 2024, 18:42", "he", "2024-03-03T18:42"),
        ("3 มี.ค. 2567 18:42 น.", "th", "2024-03-03T18:42"),
        ("الأحد 03/مارس/2024 - 06:42 م", "ar", "2024-03-03T18:42"),
        ("March 03, 2024 06:42 pm IST", "en", "2024-03-03T18:42+05:30"),
    ],
)
def test_dates_in_words_are_read_in_many_languages(text: str, language: str, iso: str) -> None:
    moment = read_moment(text, language)
    assert moment is not None and moment.iso == iso


def test_the_declared_time_keeps_its_offset_and_stands_in_utc_beside() -> None:
    dates = read_dates(page(story={"datePublished": "2025-03-09T21:05:07+02:00", "dateModified": "2025-03-10T08:00:00+02:00"}))
    assert (dates.date_published, dates.date_published_utc) == ("2025-03-09T21:05:07+02:00", "2025-03-09T19:05:07Z")
    assert (dates.date_modified, dates.date_modified_utc) == ("2025-03-10T08:00:00+02:00", "2025-03-10T06:00:00Z")
    assert (dates.date_precision, dates.date_source) == ("second", "jsonld")
    assert dates.evidence[0].locator == "NewsArticle.datePublished"


def test_a_time_beats_a_day_of_a_source_that_is_trusted_more() -> None:
    metas = '<meta property="article:published_time" content="2025-03-08T22:10:00+01:00">'
    dates = read_dates(page(story={"datePublished": "2025-03-09"}, metas=metas))
    assert (dates.date_published, dates.date_source) == ("2025-03-08T22:10:00+01:00", "meta")
    assert [(evidence.value_raw, evidence.chosen) for evidence in dates.evidence] == [
        ("2025-03-08T22:10:00+01:00", True),
        ("2025-03-09", False),
    ]


def test_a_time_of_another_week_does_not_beat_a_day() -> None:
    metas = '<meta property="article:published_time" content="2025-02-01T22:10:00+01:00">'
    dates = read_dates(page(story={"datePublished": "2025-03-09"}, metas=metas))
    assert (dates.date_published, dates.date_published_utc, dates.date_precision) == ("2025-03-09", "2025-03-09", "day")


def test_a_declared_midnight_gives_way_to_a_real_time_and_stays_without_one() -> None:
    story = {"datePublished": "2025-03-09T00:00:00+01:00"}
    body = f'<h1>Ferry sails</h1><time datetime="2025-03-09T07:45:00+01:00">9 March</time>{PARAGRAPHS}'
    assert read_dates(page(body, story=story)).date_published == "2025-03-09T07:45:00+01:00"
    assert read_dates(page(story=story)).date_published == "2025-03-09T00:00:00+01:00"


def test_the_time_below_the_headline_is_the_storys_and_not_that_of_a_teaser_or_an_update() -> None:
    teaser = '<aside><article><h3>Piano found</h3><time datetime="2025-03-10T11:00:00Z">today</time></article></aside>'
    times = '<time class="updated" datetime="2025-03-10T09:00:00Z">Updated</time><time datetime="2025-03-09T06:00:00Z">9 March</time>'
    dates = read_dates(page(f"{teaser}<article><h1>Ferry sails</h1><p>{times}</p>{PARAGRAPHS}</article>{teaser}"))
    assert (dates.date_published, dates.date_source) == ("2025-03-09T06:00:00+00:00", "time")


def test_a_line_that_says_published_is_told_from_one_that_says_updated() -> None:
    dates = shown(
        "Aktualisiert: 09.03.2025, 19:45 Uhr Veröffentlicht: 08.03.2025, 07:05 Uhr", lang="de", url="https://reiher.example.at/fähre"
    )
    assert (dates.date_published, dates.date_modified) == ("2025-03-08T07:05+01:00", "2025-03-09T19:45+01:00")
    assert (dates.date_precision, dates.date_source) == ("minute", "text")


@pytest.mark.parametrize("line", ["The act was signed into law on August 14, 1935", "The old pier had been closed since May 3, 2019"])
def test_a_short_sentence_that_ends_in_a_day_does_not_date_the_story(line: str) -> None:
    assert shown(f"<ul><li>{line}</li></ul>", lang="en").date_published is None


def test_a_day_that_a_sentence_speaks_of_is_not_the_day_of_publication() -> None:
    told = "The candidate, who was seen with the captain of the ferry on the pier, was chosen on July 31, 2024, and stayed."
    assert (
        read_dates(page(f"<article><h1>Ferry sails</h1><p>{told}</p><p>March 9, 2025</p>{PARAGRAPHS}</article>")).date_published
        == "2025-03-09"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The candidate won on July 31", None),
        ("PublishedJuly 31", "published"),
        ("Date: July 31", "published"),
        ("It was dated July 31", None),
        ("Última atualização: July 31", "modified"),
        ("公開July 31", "published"),
    ],
)
def test_a_label_of_a_date_is_a_word_of_its_own_where_words_stand_apart(text: str, kind: str | None) -> None:
    assert label_before(text, text.index("July")) == kind


def test_a_printed_day_stays_a_day() -> None:
    dates = shown("By Ada Quill | March 9, 2025 | 4 min read")
    assert (dates.date_published, dates.date_published_utc, dates.date_precision) == ("2025-03-09", "2025-03-09", "day")


def test_the_address_tells_the_day_where_nothing_else_does() -> None:
    dates = read_dates(page(url="https://heron.example/2025/03/07/ferry-sails"))
    assert (dates.date_published, dates.date_source) == ("2025-03-07", "url")


def test_three_hours_ago_counts_from_the_fetch_and_gives_the_day() -> None:
    dates = shown("vor 20 Stunden", lang="de")
    assert (dates.date_published, dates.date_precision, dates.date_source) == ("2025-03-09", "day", "relative")


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("há 3 horas", "pt", "2025-03-10"),
        ("il y a 35 minutes", "fr", "2025-03-10T17:25+00:00"),
        ("gestern, 14:30", "de", "2025-03-09T14:30+00:00"),
        ("an hour ago", "en", "2025-03-10"),
        ("By Ana Lind | 1 hr 4 mins ago", "en", "2025-03-10T16:56+00:00"),
        ("vor 1 Stunde und 5 Minuten", "de", "2025-03-10T16:55+00:00"),
        ("2 days ago", "en", "2025-03-08"),
        ("5分前", "ja", "2025-03-10T17:55+00:00"),
        ("2 saat önce", "tr", "2025-03-10"),
        ("5 minute read", "en", None),
        ("the last 3 days", "en", None),
    ],
)
def test_relative_times_are_as_exact_as_they_are_said(text: str, language: str, iso: str | None) -> None:
    moment = read_relative(text, FETCHED, language)
    assert (moment.iso if moment else None) == iso


def test_how_long_ago_is_read_off_a_long_byline_but_not_off_a_heading() -> None:
    byline = "By Ana Lind and Benedikt Haselhorst - The Valley Courier's Harbour Desk | Nordpress – 1 hr 4 mins ago"
    assert shown(byline, lang="en").date_published == "2025-03-10T16:56+00:00"
    assert shown("<h2>Your money today</h2>", lang="en").date_published is None


def test_a_time_without_zone_is_read_in_the_sites_zone() -> None:
    site = Site("heron", "https://heron.example/", timezone="America/Sao_Paulo")
    dates = read_dates(page(story={"datePublished": "2025-03-09T21:05:07"}, site=site))
    assert (dates.date_published, dates.date_published_utc) == ("2025-03-09T21:05:07-03:00", "2025-03-10T00:05:07Z")
    assert "site's own" in (dates.evidence[0].note or "")


@pytest.mark.parametrize(
    "other",
    [
        '<meta property="article:published_time" content="2025-03-09T21:05:00+05:30">',  # the same wall clock
        '<meta property="article:published_time" content="2025-03-09T15:35:07Z">',  # the same instant
        '<meta property="article:modified_time" content="2025-03-10T01:00:00+05:30">',
    ],
)
def test_a_time_without_zone_takes_the_offset_of_another_stamp(other: str) -> None:
    assert read_dates(page(story={"datePublished": "2025-03-09T21:05:07"}, metas=other)).date_published == "2025-03-09T21:05:07+05:30"


def test_a_time_without_any_zone_stays_as_it_is_and_says_so() -> None:
    dates = read_dates(page(story={"datePublished": "2025-03-09T21:05:07"}))
    assert (dates.date_published, dates.date_published_utc) == ("2025-03-09T21:05:07", "2025-03-09T21:05:07Z")
    assert dates.evidence[0].note == "no zone: counted as UTC"


@pytest.mark.parametrize(
    ("url", "foot"),
    [
        ("https://heron.cn/2025/3/ferry-sails", "Heron News"),  # one time by law, though Xinjiang has another in use
        ("https://heron.example/2025/3/ferry-sails", "© 2025 苍鹭网 版权所有 苏ICP备12345678号-2"),
        ("https://heron.example/2025/3/ferry-sails", "苍鹭网 浙 ICP 备 12345678 号"),
        ("https://heron.example/2025/3/ferry-sails", "违法和不良信息举报电话：010-12345678"),
    ],
)
def test_a_site_registered_in_china_tells_the_time_of_beijing(url: str, foot: str) -> None:
    dates = read_dates(page(f"<h1>Ferry sails</h1><div>2025-03-09 21:05</div>{PARAGRAPHS}<div>{foot}</div>", url=url))
    assert (dates.date_published, dates.date_published_utc) == ("2025-03-09T21:05+08:00", "2025-03-09T13:05:00Z")
    assert dates.evidence[0].note == "no zone: that of the country"


def test_a_word_of_chinese_alone_tells_no_zone() -> None:
    assert shown("发布时间：2025-03-09 21:05", lang="zh").date_published == "2025-03-09T21:05"


@pytest.mark.parametrize(
    ("lang", "offset"), [("ja", "+09:00"), ("fa-AF", "+04:30"), ("de-AT", "+01:00"), ("uk", "+02:00"), ("en-GB", ""), ("pt", "")]
)
def test_a_language_of_one_zone_lends_it_where_nothing_else_tells_one_and_a_language_of_many_does_not(lang: str, offset: str) -> None:
    dates = read_dates(page(story={"datePublished": "2025-01-09T21:05:07"}, lang=lang))
    assert dates.date_published == f"2025-01-09T21:05:07{offset}"
    assert dates.evidence[0].note == ("no zone: that of the language" if offset else "no zone: counted as UTC")


def test_a_host_of_a_country_with_one_zone_lends_it() -> None:
    dates = read_dates(page(story={"datePublished": "2025-01-09T21:05:07"}, url="https://sagi.example.jp/a"))
    assert dates.date_published == "2025-01-09T21:05:07+09:00"


def test_a_day_after_the_fetch_is_read_with_day_and_month_exchanged() -> None:
    dates = read_dates(page(story={"datePublished": "2025-08-03T10:00:00Z"}))
    assert dates.date_published == "2025-03-08T10:00:00+00:00"
    assert dates.evidence[0].note == "day and month exchanged"


def test_an_impossible_date_is_refused_with_its_reason() -> None:
    dates = read_dates(page(story={"datePublished": "2031-12-24T10:00:00Z"}, metas='<meta name="pubdate" content="2025-03-09T06:00:00Z">'))
    assert dates.date_published == "2025-03-09T06:00:00+00:00"
    assert ("2031-12-24T10:00:00Z", False, "after the fetch") in [(e.value_raw, e.chosen, e.note) for e in dates.evidence]
    assert read_dates(page(story={"datePublished": "0001-01-01T00:00:00Z"})).date_published is None
    assert read_dates(page(story={"datePublished": "1970-01-01T00:00:00Z"})).date_published is None


def test_the_address_decides_which_number_is_the_month() -> None:
    dates = shown("03/04/2024", lang="en", url="https://heron.example/2024/04/03/ferry")
    assert dates.date_published == "2024-04-03"
    assert shown("03/04/2024", lang="en-US").date_published == "2024-03-04"
    assert shown("03/04/2024", lang="en", url="https://heron.co.uk/ferry").date_published == "2024-04-03"


def test_a_change_before_the_publication_is_kept_with_a_note_and_gives_way_to_a_later_one() -> None:
    story = {"datePublished": "2025-03-09T10:00:00Z", "dateModified": "2025-03-09T06:00:00Z"}
    alone = read_dates(page(story=story))
    assert (alone.date_modified, alone.evidence[1].note) == ("2025-03-09T06:00:00+00:00", "before the publication")
    beside = read_dates(page(story=story, metas='<meta property="article:modified_time" content="2025-03-09T11:00:00Z">'))
    assert beside.date_modified == "2025-03-09T11:00:00+00:00"


def test_a_time_in_utc_that_is_the_local_time_of_the_unchanged_story_is_local_time() -> None:
    metas = '<meta itemprop="datePublished" content="2025-03-09T16:43:20+00:00">'
    dates = read_dates(page(metas=metas + '<meta itemprop="dateModified" content="2025-03-09T16:43:20+02:00">'))
    assert (dates.date_published, dates.date_published_utc) == ("2025-03-09T16:43:20+02:00", "2025-03-09T14:43:20Z")
    later = read_dates(page(metas=metas + '<meta itemprop="dateModified" content="2025-03-09T19:00:00+02:00">'))
    assert later.date_published == "2025-03-09T16:43:20+00:00"


def test_on_a_page_laid_out_in_tables_the_day_below_the_headline_is_the_storys() -> None:
    day = '<tr><td><div class="when">30 April 2024</div></td></tr>'
    today = "<table><tr><td>Sunday, 9 March 2025</td></tr></table>"
    head = '<tr><td><div class="titulo">Ferry sails for the islands again</div></td></tr>'
    body = f"{today}<table>{head}{day}<tr><td>{PARAGRAPHS}</td></tr></table>"
    dates = read_dates(page(body, metas='<meta property="og:title" content="Ferry sails for the islands again - Heron Post">'))
    assert (dates.date_published, dates.date_source) == ("2024-04-30", "text")


def test_a_page_without_dates_has_none() -> None:
    assert read_dates(page("<p>Nothing here tells when.</p>")) == Dates()


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("March 7", "en", date(2025, 3, 7)),
        ("Nov 22", "en", date(2024, 11, 22)),
        ("Dec. 30", "en", date(2024, 12, 30)),
        ("27.6.2025", "de", date(2025, 6, 27)),
        ("8. März", "de", date(2025, 3, 8)),
        ("8.3.", "de", date(2025, 3, 8)),
        ("4月24日", "zh", date(2025, 4, 24)),
        ("9 de marzo", "es", date(2025, 3, 9)),
        ("LAGOS", "en", None),
    ],
)
def test_a_dateline_without_year_takes_the_nearest(text: str, language: str, day: date | None) -> None:
    assert read_printed_date(text, date(2025, 3, 10), language) == day


@settings(max_examples=150, deadline=500)
@given(st.text(alphabet=st.sampled_from("0123456789 .,:-/+apmTZ()年月日時May Friday\n٣１"), max_size=300))
def test_any_text_gives_dates_or_none_and_never_an_error(text: str) -> None:
    read_moment(text, "en")
    read_relative(text, FETCHED, "en")
    assert all(0 <= found.start < found.end <= len(text) for found in find_moments(text, None, True, date(2025, 3, 10)))


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.lists(st.text(max_size=5), max_size=3), st.none(), st.booleans()))
def test_any_declared_value_is_read_or_passed_over(value: object) -> None:
    story = {"datePublished": value, "dateModified": value}
    graph = page("<h1>Ferry sails</h1><p>9 March 2025</p>", metas="<title>x</title>")
    graph.__dict__["article"] = {"@type": "NewsArticle", **story}
    assert read_dates(graph).date_published


def test_the_time_beside_the_headline_is_the_storys_though_others_are_marked() -> None:
    menu = '<ul><li><b>Boat sold</b> <p><time pubdate datetime="2025-03-09T08:00:00Z">9 March</time></p></li></ul>'
    header = '<header><h1>Ferry sails</h1><p class="publication"><time datetime="2025-02-28T13:49:45Z">28 February 2025</time></p></header>'
    more = '<div><b>Mill closes</b><p><time pubdate datetime="2025-03-08T13:34:33Z">8 March</time></p></div>'
    for order in (menu + header + PARAGRAPHS, header + PARAGRAPHS + more):
        assert read_dates(page(f"<div>{order}</div>")).date_published == "2025-02-28T13:49:45+00:00"


def test_the_day_that_is_printed_as_the_publications_wins_over_the_time_of_a_change_behind_it() -> None:
    assert shown('<time datetime="2025-03-07T10:18:46Z">Published on 28 February 2025</time>').date_published == "2025-02-28"


def test_the_time_of_a_networks_post_in_the_text_is_not_the_storys() -> None:
    post = '<blockquote><p>A post by Ana (@ana) on <time datetime="2025-01-12T19:30:12+00:00">Jan 12</time></p></blockquote>'
    line = '<div class="date">Friday, <span>7 March 2025</span></div>'
    assert read_dates(page(f"<h1>Ferry sails</h1>{line}{PARAGRAPHS}{post}")).date_published == "2025-03-07"


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("16 Mayıs 2024 Perşembe 10:30", "tr", "2024-05-16T10:30"),
        ("2024. május 16., csütörtök 10:30", "hu", "2024-05-16T10:30"),
        ("16.mai.2024 às 10h30", "pt", "2024-05-16T10:30"),
        ("16 mai 2024 | 10 h 30", "fr", "2024-05-16T10:30"),
        ("الخميس 16 مايو 2024 10:30 م", "ar", "2024-05-16T22:30"),
        ("16/05/2024 10:30 صباحا", "ar", "2024-05-16T10:30"),
        ("16/05/2024 10:30 مساءً", "ar", "2024-05-16T22:30"),
    ],
)
def test_the_time_beside_a_day_is_read_behind_a_weekday_and_in_arabic_halves(text: str, language: str, iso: str) -> None:
    found = read_moment(text, language)
    assert found is not None and found.iso == iso


def test_yesterday_afternoon_is_no_morning() -> None:
    found = read_relative("Yesterday at 3:15 pm", datetime(2024, 5, 20, 12, tzinfo=UTC), "en")
    assert found is not None and found.iso == "2024-05-19T15:15+00:00"


@comes_to_an_end()
def test_a_page_of_megabytes_of_dates_is_read_without_guessing() -> None:
    body = "".join(f"<p>{'3 March 2026 © ' * 46} {number}</p>" for number in range(7_000))
    assert read_dates(page(f"<h1>Ferry sails</h1>{body}")).date_published is None


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        ("<p>5 marzo 2025</p><p>Aggiornato alle 19:10</p>", "it"),
        ("<p>Publicado: 05/03/2025 10:15 | Actualizado a las 19:10 h</p>", "es"),
        ("<p>Publié le 5 mars 2025 à 10h15 et mis à jour à 19h10</p>", "fr"),
        ("<p>Publié le 5 mars 2025, mis à jour 19h10</p>", "fr"),
        ("<p>5. März 2025</p><p>Aktualisiert um 19.10 Uhr</p>", "de"),
        ("<p>5. März 2025, Stand 19:10 Uhr</p>", "de"),
        ("<p>March 5, 2025 10:15 am CET<br>Updated: 7:10 p.m.</p>", "en"),
        ("<p>5 mars 2025 kl. 10.15</p><p>Uppdaterad kl. 19.10</p>", "sv"),
        ("<p>5 марта 2025, 10:15. Обновлено в 19:10</p>", "ru"),
        ("<p>2025年3月5日 10:15 更新 下午7:10</p>", "zh"),
        ("<p>2025-03-05 10:15 (수정 19:10)</p>", "ko"),
    ],
)
def test_updated_at_a_time_alone_is_a_change_on_the_day_beside_it(lines: str, language: str) -> None:
    site = Site("heron", "https://heron.example/", timezone="Europe/Rome")
    dates = read_dates(page(f"<h1>Ferry sails</h1>{lines}{PARAGRAPHS}", lang=language, site=site))
    assert dates.date_published in ("2025-03-05", "2025-03-05T10:15+01:00")
    assert dates.date_modified_utc == "2025-03-05T18:10:00Z"


@pytest.mark.parametrize(
    "lines",
    [
        "<p>5 March 2025 20:15</p><p>Updated at 19:10</p>",  # on another day
        "<p>10 March 2025 10:15</p><p>Updated at 22:10</p>",  # not yet when the page was fetched
        "<p>5 March 2025</p><p>Updated at 19:10 on Friday</p>",
        "<p>5 March 2025</p><p>Updated yesterday at 19:10</p>",
        "<p>5 March 2025</p><p>Update 19.10</p>",  # a day, or the number of a version
        "<p>5 March 2025</p><p>The club updated its list at 19:10, says a member.</p>",
        "<p>5 March 2025</p><p>Updated 19:10 times since then</p>",
    ],
)
def test_a_time_alone_that_may_be_of_another_day_is_no_change(lines: str) -> None:
    site = Site("heron", "https://heron.example/", timezone="Europe/London")
    assert read_dates(page(f"<h1>Ferry sails</h1>{lines}{PARAGRAPHS}", site=site)).date_modified is None


def test_a_change_at_a_time_alone_is_on_the_day_of_the_publication_where_the_site_is() -> None:
    site = Site("heron", "https://heron.example/", timezone="America/New_York")
    told = {"datePublished": "2025-03-06T02:30:00Z"}
    dates = read_dates(page(f"<h1>Ferry sails</h1><p>Updated at 10:40 p.m.</p>{PARAGRAPHS}", story=told, site=site))
    assert dates.date_modified == "2025-03-05T22:40-05:00"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("October 23, 2024 5:50 pm CET", "2024-10-23T17:50+02:00"),
        ("December 3, 2024 5:50 pm CET", "2024-12-03T17:50+01:00"),
        ("July 8, 2024 9:05 a.m. EST", "2024-07-08T09:05-04:00"),
        ("July 8, 2024 9:05 a.m. MST", "2024-07-08T09:05-07:00"),  # Arizona's clocks stay
        ("July 8, 2024 9:05 a.m. GMT", "2024-07-08T09:05+00:00"),
    ],
)
def test_the_name_of_winter_time_printed_in_summer_stands_for_the_local_time(line: str, expected: str) -> None:
    assert read_dates(page(f"<h1>Ferry sails</h1><p>{line}</p>{PARAGRAPHS}")).date_published == expected
