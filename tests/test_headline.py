"""Which of a page's wordings is the headline, and what is cut off it."""

from __future__ import annotations

import pytest

from archiver.records import Article
from tests.pages import HEADLINE, jsonld, page, paragraphs, read

PRINTED = "Ferry sinks near the old harbour: forty people brought ashore"
FOR_SEARCH = "Harbour ferry accident: forty passengers rescued, what we know"


def story(head: str, printed: str = HEADLINE, title: str = HEADLINE) -> Article:
    return read(page(f"<main><article><h1>{printed}</h1><div class='text'>{paragraphs()}</div></article></main>", head, title))


def shared(title: str) -> str:
    return f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'


def test_the_printed_headline_wins_over_a_wording_for_search_engines() -> None:
    article = story(shared(PRINTED) + jsonld(headline=FOR_SEARCH), PRINTED)
    assert (article.headline, article.alternative_headline) == (PRINTED, FOR_SEARCH)


@pytest.mark.parametrize(
    ("alternative", "expected"),
    [
        (FOR_SEARCH, FOR_SEARCH),
        ("Ferry goes down in the harbour", FOR_SEARCH),
        (PRINTED, PRINTED),
        (PRINTED[:40] + "...", PRINTED),
    ],
    ids=["the same twice", "a third wording", "the printed one", "the printed one, cut short"],
)
def test_a_newsroom_that_names_two_headlines_means_the_first_unless_the_second_is_printed(alternative: str, expected: str) -> None:
    article = story(shared(PRINTED) + jsonld(headline=FOR_SEARCH, alternativeHeadline=alternative), PRINTED)
    assert article.headline == expected


@pytest.mark.parametrize("label", ["-Sport", "--Sport"])
def test_a_label_glued_to_the_headline_is_cut_off_where_the_sites_name_follows_it(label: str) -> None:
    title = f"{HEADLINE}{label}|Vale Courier"
    article = read(page(f"<div class='text'>{paragraphs()}</div>", shared(title), title))
    assert (article.headline, article.article_section) == (HEADLINE, "Sport")


@pytest.mark.parametrize("title", [f"{HEADLINE} after e-sport", f"{HEADLINE} after a night of e-sport | Vale Courier"])
def test_a_hyphen_in_a_word_stays(title: str) -> None:
    assert story(shared(title), title.partition(" | ")[0]).headline == title.partition(" | ")[0]


def test_kicker_and_headline_are_joined_as_the_page_joins_them_not_as_the_json_ld_does() -> None:
    title, stated = "Storm damage: Ferry stays in the harbour", "Storm damage - Ferry stays in the harbour"
    head = shared(title) + jsonld(headline=stated)
    article = story(head, "Ferry stays in the harbour", f"{title} | Vale Courier")
    assert article.headline == title
    assert story(head, stated, f"{title} | Vale Courier").headline == stated, "what the page prints counts"


def test_a_heading_that_the_title_repeats_is_the_headline_where_the_first_heading_names_the_section() -> None:
    main = f"<h1>Harbour and shipping</h1><main><article><h2>{PRINTED}</h2><div class='text'>{paragraphs()}</div></article></main>"
    assert read(page(main, title=PRINTED)).headline == PRINTED
    assert read(page(main, title=f"{PRINTED} | News | Vale Courier")).headline == PRINTED


def test_lettering_in_a_headline_is_dropped_and_a_tag_that_it_speaks_of_is_not() -> None:
    assert story(shared("A &lt;em class=&quot;x&quot;&gt;long&lt;/em&gt; night&lt;br/&gt; at the harbour of Vale"), "x").headline == (
        "A long night at the harbour of Vale"
    )
    spoken = "Why &lt;script&gt; in a headline is no joke for readers"
    assert story(shared(spoken), spoken).headline == "Why <script> in a headline is no joke for readers"


def test_a_headline_in_no_heading_is_told_by_the_beginning_of_the_title() -> None:
    html = page(
        f"<div class='titulo'>{HEADLINE}</div><div>{paragraphs()}</div>", title=f"{HEADLINE} - ValeNews.example - Hills and harbours"
    )
    article = read(html)
    assert article.headline == HEADLINE
    assert HEADLINE not in article.article_body


def test_what_follows_the_printed_headline_in_the_title_that_is_shared_is_cut_off() -> None:
    long = f"{HEADLINE} - Hills and harbours - Daily of the vale"
    assert story(shared(long), title=long).headline == HEADLINE
    assert story(shared(f"{HEADLINE}: what we know"), title=f"{HEADLINE}: what we know").headline == f"{HEADLINE}: what we know"


def test_the_headline_with_a_full_stop_above_the_text_is_no_text() -> None:
    article = story(jsonld(), title=HEADLINE)
    again = read(
        page(f"<main><article><h1>{HEADLINE}</h1><div class='text'><p>{HEADLINE}.</p>{paragraphs()}</div></article></main>", jsonld())
    )
    assert again.article_body == article.article_body


def test_a_quotation_mark_in_an_attribute_cuts_no_headline_off() -> None:
    printed = 'Mayor calls the ferry "a wonder" after the trial'
    article = story(f'<meta property="og:title" content="{printed}">', printed, f"{printed} | Vale Courier")
    assert (article.headline, article.alternative_headline) == (printed, None)


@pytest.mark.parametrize("behind", ["_要闻_苍鹭网", "-苍鹭网", "--社会--苍鹭网", " - 苍鹭网", ""])
def test_a_chinese_headline_without_a_heading_is_the_line_that_the_title_begins_with(behind: str) -> None:
    printed = "渡轮停航三天后恢复通航 旅客陆续返乡"
    article = read(page(f"<div class='bt'>{printed}</div><div class='text'>{paragraphs()}</div>", "", printed + behind))
    assert article.headline == printed


def test_what_follows_the_low_line_in_a_chinese_title_is_the_site() -> None:
    article = read(page(f"<div class='text'>{paragraphs()}</div>", "", "渡轮停航三天后恢复通航_要闻_苍鹭网"))
    assert article.headline == "渡轮停航三天后恢复通航"


def test_a_line_that_the_title_goes_on_from_is_no_headline() -> None:
    title = "Ferry service in the valley: what the council decided on Monday night"
    article = read(page(f"<div>Ferry service in the valley</div><div class='text'>{paragraphs()}</div>", "", title))
    assert article.headline == title


def test_a_file_name_in_the_place_of_a_title_is_no_headline() -> None:
    assert story(shared("vale-ferry-accident-2026")).headline == HEADLINE


def test_the_name_that_is_printed_counts_where_the_json_ld_has_a_summary_for_headline() -> None:
    head = jsonld(headline="boat of the Vale line", name="Old harbour ferry")
    assert story(head, "Old harbour ferry", "Old harbour ferry - Vale Courier").headline == "Old harbour ferry"


def test_the_sites_motto_behind_its_name_is_cut_off_with_it() -> None:
    title = f"{HEADLINE} » Vale Courier - What happens between the hills"
    head = '<meta property="og:type" content="article"><meta property="og:site_name" content="Vale Courier">'
    article = read(page(f"<main><h2>{PRINTED}</h2><div class='text'>{paragraphs()}</div></main>", head, title))
    assert article.headline == HEADLINE


def test_a_headline_that_one_source_cuts_off_is_read_whole_off_another() -> None:
    cut = HEADLINE[:30] + "..."
    assert story(jsonld(headline=cut)).headline == HEADLINE


def test_the_sites_name_above_the_story_is_no_headline_where_it_leads_to_the_front_page() -> None:
    main = f'<div><h1><a href="/" title="Home">Friends of the old harbour</a></h1></div><div><h2>{HEADLINE}</h2>{paragraphs()}</div>'
    assert read(page(main, title=f"{HEADLINE} › Friends of the old harbour")).headline == HEADLINE


def test_a_name_before_the_printed_headline_is_the_sites_where_its_host_is_called_so() -> None:
    article = read(page(f"<main><h2>{HEADLINE}</h2>{paragraphs()}</main>", title=f"Vale Courier's digital home | {HEADLINE}"))
    assert article.headline == HEADLINE


def test_the_sites_name_behind_an_old_blogs_mark_is_cut_off() -> None:
    article = read(page(f"<main><h2>{HEADLINE}</h2>{paragraphs()}</main>", title=f"{HEADLINE} «  The Vale Courier"))
    assert article.headline == HEADLINE


def test_the_name_of_a_blog_above_its_stories_is_no_headline() -> None:
    main = f'<div><h1><a href="/2026/">The Ferry Diary</a></h1></div><div><h2>{HEADLINE}</h2>{paragraphs()}</div>'
    assert read(page(main, title=f"The Ferry Diary » Blog Archive » {HEADLINE}")).headline == HEADLINE


def test_a_sites_name_is_known_by_its_host_though_that_has_no_accents() -> None:
    html = (
        f'<html><head><title>{HEADLINE} - Valé</title><meta property="og:type" content="article"></head><body>{paragraphs()}</body></html>'
    )
    article = read(html, url="https://www.vale.example/2026/03/06/a-b-c-d/")
    assert (article.headline, article.article_section) == (HEADLINE, None)


def test_a_section_before_the_printed_headline_is_cut_off_and_names_the_section() -> None:
    article = story(shared(f"The World | {HEADLINE} | Vale Courier"), title=f"The World | {HEADLINE} | Vale Courier")
    assert (article.headline, article.article_section) == (HEADLINE, "The World")


def test_the_sites_name_in_brackets_or_behind_a_small_arrow_is_cut_off() -> None:
    for title in (f"{HEADLINE} (Vale Courier)", f"{HEADLINE} ‹ Vale Courier"):
        assert story(shared(title), title=title).headline == HEADLINE


@pytest.mark.parametrize("line", ["Harbour / January 11, 2024", "3 May 2026 | Harbour", "Harbour"])
def test_a_day_beside_the_kicker_is_none_of_it(line: str) -> None:
    main = f"<main><article><p class='kicker'>{line}</p><h1>{HEADLINE}</h1><div class='text'>{paragraphs()}</div></article></main>"
    assert read(page(main, shared(HEADLINE), HEADLINE)).kicker == "Harbour"


def test_a_day_alone_is_no_kicker() -> None:
    main = (
        f"<main><article><p class='kicker'>January 11, 2024</p><h1>{HEADLINE}</h1><div class='text'>{paragraphs()}</div></article></main>"
    )
    assert read(page(main, shared(HEADLINE), HEADLINE)).kicker is None
