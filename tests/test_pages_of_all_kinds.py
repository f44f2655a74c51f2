"""What is read off pages that are no news: guides, rules, questions and answers, lists, tables of data."""

from __future__ import annotations

import pytest

from tests.pages import HEADLINE, PARAGRAPHS, content, meta, page, paragraphs, read, story

WORDS = (
    ("Bilge", "The lowest part of a boat, in which water gathers over the winter, and from which it must be pumped in spring."),
    ("Cleat", "A fitting of wood or iron on which a rope is made fast, with two horns and, in older boats, a hole between them."),
)
HELP = (
    ("Boats", "/boats/", "The Boat Book", "If you are not yet used to boats, we highly suggest reading this book first."),
    ("Winter", "/winter/", "The Shed Book", "If you have never stored a boat, this book may be a better start for you."),
    ("Sails", "/sails/", "The Sail Shelf", "Here you can find several other resources of the sailing group."),
    ("Ropes", "/ropes/", "Knots", "All there is to know about making a rope fast to something."),
)


def bare(inner: str) -> list[str]:
    """The lines read off a page without any box or class."""
    return read(page(f"<h1>{HEADLINE}</h1>{inner}", meta())).article_body.split("\n\n")


def test_headings_that_can_be_linked_to_are_part_of_the_text() -> None:
    parts = "".join(
        f'<h2 id="part-{number}"><a class="header" href="#part-{number}">Part {number} of the way</a></h2><p>{text}</p>'
        for number, text in enumerate(PARAGRAPHS)
    )
    read_off = story(content(parts)).article_body.split("\n\n")
    assert read_off[2:5] == ["Part 1 of the way", PARAGRAPHS[1], "Part 2 of the way"]


def test_terms_that_can_be_linked_to_are_part_of_the_text_and_the_list_of_contents_is_not() -> None:
    terms = "".join(f'<dt id="{term}"><a href="#{term}">{term}</a></dt><dd>{told}</dd>' for term, told in WORDS)
    contents = "".join(f'<li><a href="#{term}">{term}</a></li>' for term, _ in WORDS)
    text = story(content(f"<p>{PARAGRAPHS[0]}</p><ul>{contents}</ul><dl>{terms}</dl>{paragraphs(*PARAGRAPHS[1:])}")).article_body
    assert text.split("\n\n") == [PARAGRAPHS[0], "Bilge", WORDS[0][1], "Cleat", WORDS[1][1], *PARAGRAPHS[1:]]


def test_rows_of_a_table_with_a_head_are_no_cards_of_other_stories() -> None:
    rows = "".join(f'<tr><td>{topic}</td><td><a href="{url}">{name}</a></td><td>{told}</td></tr>' for topic, url, name, told in HELP)
    table = f"<table><thead><tr><th>Topic</th><th>Book</th><th>What it is</th></tr></thead><tbody>{rows}</tbody></table>"
    text = story(content(f"<p>{PARAGRAPHS[0]}</p>{table}{paragraphs(*PARAGRAPHS[1:])}")).article_body
    assert "\n\n".join(f"{topic}\n\n{name}\n\n{told}" for topic, _, name, told in HELP) in text


def test_a_table_of_prices_below_a_short_text_is_part_of_it() -> None:
    rows = "".join(f"<tr><td>{size} mm</td><td>{price}</td></tr>" for size, price in ((10, "19.00"), (12, "24.00"), (14, "31.00")))
    text = f"<p>{PARAGRAPHS[0]}</p><h2>Care</h2><p>Rinse the rope with fresh water after the season.</p>"
    told = story(content(f"{text}<table><tr><th>Size</th><th>Price</th></tr>{rows}</table>")).article_body
    assert told.endswith("Size\n\nPrice\n\n10 mm\n\n19.00\n\n12 mm\n\n24.00\n\n14 mm\n\n31.00")


def test_questions_that_fold_their_answers_are_part_of_the_text() -> None:
    asked = ("When does the harbour open?", "It opens on the first of April, ice allowing."), ("May I bring a dog?", "Yes, on a lead.")
    folded = "".join(f"<details><summary>{question}</summary><p>{answer}</p></details>" for question, answer in asked)
    assert bare(f"<p>We are asked this every spring.</p>{folded}")[1:] == [line for pair in asked for line in pair]


def test_the_lists_of_a_short_page_are_part_of_its_text() -> None:
    before, after = "The club looks for a harbour master for some hours a week.", "Please write to us by the end of February."
    tasks = ("opening and closing the gate", "placing of guests", "small repairs")
    listed = "".join(f"<li>{task}</li>" for task in tasks)
    assert bare(f"<p>{before}</p><ul>{listed}</ul><p>{after}</p>") == [before, *tasks, after]


def test_the_link_to_edit_a_part_is_none_of_its_heading() -> None:
    heading = '<h2><span>History</span><span class="mw-editsection">[<a href="/edit">edit</a>]</span></h2>'
    assert "\n\nHistory\n\n" in story(content(f"<p>{PARAGRAPHS[0]}</p>{heading}{paragraphs(*PARAGRAPHS[1:])}")).article_body


def test_a_word_of_a_list_is_no_dateline_though_a_town_has_that_name() -> None:
    parts = "<ul><li>Hull<ul><li>cracks</li><li>paint</li></ul></li><li>Rig<ul><li>shrouds</li></ul></li></ul>"
    article = story(content(f"<p>{PARAGRAPHS[0]}</p>{parts}{paragraphs(*PARAGRAPHS[1:])}"))
    assert article.dateline is None and "\n\nHull\n\ncracks\n\n" in article.article_body


def test_all_of_a_page_of_short_paragraphs_is_read() -> None:
    points = (("1. Jetty", "Two offers have come. The board takes the cheaper one."), ("2. Key", "It is back."), ("3. Other", "None."))
    minutes = "".join(f"<h3>{point}</h3><p>{told}</p>" for point, told in points)
    about = '<div class="author-bio"><h3>About Pia</h3><p>Pia writes the minutes.</p></div>'
    text = story(content(f"<p>Present: 14 members. Chair: Pia Oak.</p>{minutes}<p>End: 9.40 pm</p>"), about).article_body
    assert text.split("\n\n")[1:] == [*(line for point in points for line in point), "End: 9.40 pm"]


@pytest.mark.parametrize("label", ["– Anzeige –", "- Publicité -", "*Annons*"])
def test_the_label_of_an_advertisement_between_dashes_is_no_text(label: str) -> None:
    parts = f"<p>{PARAGRAPHS[0]}</p><p>{label}</p><p>Der Weg ist frei.</p>"
    assert story(content(parts)).article_body.split("\n\n") == [PARAGRAPHS[0], "Der Weg ist frei."]


def test_the_words_about_the_author_are_none_of_a_short_text() -> None:
    about = '<div class="author-bio"><h3>About Pia</h3><p>Pia has sailed for thirty years and writes about it on rainy evenings.</p></div>'
    article = story(
        content("<p>The gate of the old harbour is closed on Sunday because of the frost, and opens again on Monday.</p>"), about
    )
    assert article.article_body.endswith("opens again on Monday.")


def test_the_headline_is_the_posts_title_though_the_sites_name_before_it_is_longer() -> None:
    post = f'<div class="post hentry"><h3 class="post-title entry-title">Gate closed</h3><div class="post-body">{paragraphs()}</div></div>'
    article = read(f"<html><head><title>Harbour Club of the Lake: Gate closed</title></head><body>{post}</body></html>")
    assert (article.headline, article.article_body.split("\n\n")) == ("Gate closed", list(PARAGRAPHS))


@pytest.mark.parametrize(
    ("before", "after"), [("100 years ago", "10 years ago"), ("Vor 100 Jahren", "Vor 10 Jahren"), ("Hace 100 años", "Hace 10 años")]
)
def test_the_years_of_a_column_that_looks_back_are_part_of_the_text(before: str, after: str) -> None:
    told = "The harbour is dug; forty men are at work.", "The cat of the harbour had five young under the old boat."
    text = story(content(f"<p><em>{before}</em></p><p>{told[0]}</p><p><em>{after}</em></p><p>{told[1]}</p><p>2 years ago</p>")).article_body
    assert text.split("\n\n") == [before, told[0], after, told[1]]


def test_lines_of_figures_below_a_short_text_are_part_of_it() -> None:
    votes = "<p><strong>Selectman</strong><br>Reed 455<br>Oak 355</p>"
    assert bare(f"<p>Turnout was 61 percent.</p>{votes}") == ["Turnout was 61 percent.", "Selectman\nReed 455\nOak 355"]


@pytest.mark.parametrize("path", ["/gate-closed/", "/2026/03/gate-closed/", "/news/gate.html", "/cms/index.php?idart=33"])
def test_a_dated_story_at_a_short_address_is_one_though_its_site_calls_all_pages_websites(path: str) -> None:
    head = '<meta property="og:type" content="website">'
    dated = f'<h1>{HEADLINE}</h1><time datetime="2026-03-06T09:30:00-08:00">March 6, 2026</time>{paragraphs()}'
    assert read(page(dated, head), f"https://vale-courier.example{path}").outcome == "article"
    teasers = "".join(f'<h2><a href="/{number}-story/">{text[:40]}</a></h2><p>{text}</p>' for number, text in enumerate(PARAGRAPHS))
    listed = dated.replace(paragraphs(), teasers)
    assert read(page(listed, head), "https://vale-courier.example/local-news/").outcome == "not_an_article"
    assert read(page(dated, head), "https://vale-courier.example/about/").outcome == "not_an_article"


@pytest.mark.parametrize(
    "line",
    [
        "Please register by Friday at the library.",
        "Join us on Saturday at noon.",
        "Follow the signs to the field.",
        "You must register by March 12.",
    ],
)
def test_what_a_notice_asks_of_its_readers_is_text(line: str) -> None:
    article = read(page(f"<h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>{line}</p><p>There will be cake for all who come.</p>"))
    assert (article.outcome, line in article.article_body.split("\n\n")) == ("article", True)


@pytest.mark.parametrize(
    "opener",
    [
        '<h3 class="accordion-header"><button class="accordion-button" aria-expanded="false">{}</button></h3>',
        '<h5 class="mb-0"><button class="btn btn-link" aria-expanded="false">{}</button></h5>',
        '<div class="tab-title" role="button" aria-expanded="false"><a class="accordion-title">{}</a></div>',
    ],
)
def test_questions_that_are_buttons_are_part_of_the_text(opener: str) -> None:
    asked = (
        ("When does the harbour open?", "It opens on the first of April, unless the ice is still too thick for the gate."),
        ("May I bring a dog?", "You may, on a lead, and not into the kitchen of the club house when there is a feast."),
    )
    folded = "".join(
        f'<div class="item">{opener.format(question)}<div class="fold"><p>{answer}</p></div></div>' for question, answer in asked
    )
    assert bare(folded) == [line for pair in asked for line in pair]


def test_a_heading_that_breaks_off_opens_a_box_beside_the_text() -> None:
    box = (
        '<h3><button aria-expanded="false">Tomas Arnesen ...</button></h3><p>He has been the harbour master for thirty years and more.</p>'
    )
    text = story(content(f"<p>{PARAGRAPHS[0]}</p>{box}{paragraphs(*PARAGRAPHS[1:])}")).article_body
    assert "Tomas Arnesen ..." not in text


def test_headings_in_widgets_of_a_page_builder_are_part_of_the_text() -> None:
    def widget(kind: str, inner: str) -> str:
        return f'<div class="builder-element builder-widget builder-widget-{kind}"><div class="builder-container">{inner}</div></div>'

    parts = "".join(
        f"<section>{widget('heading', f'<h2>Part {number}</h2>')}{widget('text', f'<ul><li>{text}</li><li>And more.</li></ul>')}</section>"
        for number, text in enumerate(PARAGRAPHS)
    )
    lines = bare(widget("text", f"<p>{PARAGRAPHS[3]} {PARAGRAPHS[2]}</p>") + parts)
    assert "Part 1" in lines and "Part 2" in lines


def test_lines_with_breaks_between_two_paragraphs_that_are_boxes_are_part_of_the_text() -> None:
    listed = "- Rope used: about forty metres, all told<br>- Friends lost: none, but only just"
    boxes = "".join(f"<div>{text}</div><div><br></div>" for text in PARAGRAPHS[:2])
    more = "".join(f"<div>{text}</div>" for text in PARAGRAPHS[2:])
    text = story(content(f"{boxes}{listed}<br><br>{more}")).article_body
    assert "- Rope used: about forty metres, all told\n- Friends lost: none, but only just" in text


def test_a_row_of_short_links_is_no_text() -> None:
    row = " | ".join(f'<a href="/{name}.html">{name}</a>' for name in ("Us", "News", "Boats", "Log", "Maps", "Links"))
    assert bare(f"{paragraphs()}<p>[ {row} ]</p>") == list(PARAGRAPHS)


def test_comments_below_a_line_in_bold_letters_are_no_text() -> None:
    comments = "<b>2 comments on “The gate”</b><br><br><div>Bo (2 March)<br>That is just how it was with us last year.</div>"
    assert bare(f"The gate is closed on Sunday.<br><br>It opens again on Monday.<br><br>{comments}") == [
        "The gate is closed on Sunday.",
        "It opens again on Monday.",
    ]


WIDGET = '<aside class="widget"><div class="textwidget"><p>{}</p></div></aside>'
ABOUT = "Here I write about all that comes to my mind between the jetty and the kitchen."


def test_a_sidebar_and_a_window_of_cookies_beside_a_short_text_are_none_of_it() -> None:
    window = f'<div class="modal"><div class="modal-body"><h4>Cookies</h4><p>{ABOUT}</p></div></div>'
    notice = "The gate of the old harbour is closed on Sunday because of the frost, and opens again on Monday."
    for before, after in ((WIDGET.format(ABOUT), ""), ("", window)):
        assert bare(f'{before}<div class="post"><p>{notice}</p><p>{PARAGRAPHS[0]}</p></div>{after}') == [notice, PARAGRAPHS[0]]


def test_what_stands_below_a_post_in_its_footer_is_no_text() -> None:
    told = "This entry was written by Pia Oak and filed under Boats, with the labels rope, knot and winter. Keep the link."
    for name in ("postmetadata alt", "post-footer", "asset-footer", "entry-utility"):
        assert ABOUT in (text := story(content(f'<p>{ABOUT}</p>{paragraphs()}<p class="{name}">{told}</p>')).article_body)
        assert told not in text
    notes = (
        '<ol class="notes"><li class="note like tumblelog_bo">Bo liked this post</li><li class="note like tumblelog_pia">Pia too</li></ol>'
    )
    assert "liked" not in story(content(f"<p>{ABOUT}</p>{paragraphs()}"), notes).article_body


def test_a_row_of_links_and_a_date_below_the_text_is_none_of_it() -> None:
    row = '<font size="1"><a href="/">Home</a> | <a href="#top">Back to top</a> | Zuletzt geändert am 3. Mai 2009</font>'
    lines = bare("<table><tr><td>" + "".join(f"<font>{text}</font><br><br>" for text in PARAGRAPHS) + row + "</td></tr></table>")
    assert lines == list(PARAGRAPHS)


def test_an_offer_in_a_box_like_those_of_the_text_is_none_of_it() -> None:
    offer = '<div class="_rt"><h2>Subscribe to the newsletter</h2><p>One letter a month, and you can leave whenever you like.</p></div>'
    article = read(page(f'<div class="_rt"><h1>{HEADLINE}</h1></div><div class="_rt">{paragraphs(*PARAGRAPHS[:2])}</div>{offer}', meta()))
    assert "One letter a month" not in article.article_body and article.article_body.endswith(PARAGRAPHS[1])


def test_a_sites_slogan_above_its_posts_title_is_no_standfirst() -> None:
    head = f'<div id="banner"><h1><a href="/">Harbour Club</a></h1><h2 id="banner-words">{ABOUT}</h2></div>'
    article = read(f"<html><head><title>{HEADLINE}</title></head><body>{head}<h3>{HEADLINE}</h3><div>{paragraphs()}</div></body></html>")
    assert (article.headline, article.abstract) == (HEADLINE, None)


@pytest.mark.parametrize(
    "line",
    [
        "Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten.",
        "Nous utilisons des cookies pour vous servir.",
        "Utilizziamo i cookie per offrirti di più.",
        "我们使用 Cookie 来为您提供更好的体验。",
        "If you buy something through this post, we may earn a commission.",
        "This post may contain affiliate links. Please read my policy.",
        "Dieser Beitrag enthält Werbelinks.",
        "Sie möchten keine E-Mails mehr erhalten? Hier können Sie sich abmelden.",
        "Inkl. MwSt., zzgl. Versandkosten",
        "This entry was posted in Boats and tagged rope, winter. Bookmark the permalink.",
        "Cet article a été publié dans Humeurs. Enregistrer le permalien.",
        "Dit bericht is geplaatst in Gedachten. Bookmark de permalink.",
    ],
)
def test_what_a_page_says_of_cookies_links_letters_and_topics_is_no_text(line: str) -> None:
    assert line not in story(content(f"<p>{PARAGRAPHS[0]}</p><p>{line}</p>{paragraphs(*PARAGRAPHS[1:])}")).article_body


@pytest.mark.parametrize(
    "line",
    ["If you buy a boat in spring, you pay twice.", "This post was held by his father.", "Wir backen Cookies, um zu feiern, am Sonntag."],
)
def test_sentences_that_begin_like_an_offer_are_text(line: str) -> None:
    assert line in story(content(f"<p>{PARAGRAPHS[0]}</p><p>{line}</p>{paragraphs(*PARAGRAPHS[1:])}")).article_body


@pytest.mark.parametrize(
    "head", ["《船闸》有 2 条评论", "2 komentarze do “Śluza”", "“Kapak” üzerine 2 yorum", "2 комментария на «Шлюз»", "2 svar på ”Slussen”"]
)
def test_comments_are_no_text_in_any_language(head: str) -> None:
    below = f"<h2>{head}</h2><ol><li><p>That is just how it was with us last year, and the year before it.</p></li></ol>"
    assert bare(f"{paragraphs()}{below}") == list(PARAGRAPHS)


NOTICE = "In four evenings you learn to sew, glue and cover a boat's log."


def test_a_short_page_is_read_beside_a_narrow_column_and_a_window() -> None:
    listed = (
        "<h3>Programme</h3><ol><li>Paper and its grain</li><li>Sewing the French way</li></ol><h3>Cost</h3><p>120 crowns, with paper.</p>"
    )
    beside = "<h4>Contact</h4><p>Pia Oak<br>Monday to Friday 8 am to 5 pm, on Saturdays by appointment</p>"
    window = f'<div class="modal"><div class="modal-body"><h4>Letters</h4><p>{ABOUT}</p></div></div>'
    grids = ("col-md-8", "col-md-4"), ("span9", "span3"), ("col-12 col-lg-9", "col-12 col-lg-3"), ("large-8 columns", "large-4 columns")
    for wide, narrow in grids:
        column = f'<div class="{narrow}"><div class="card">{beside}</div></div>'
        lines = bare(f'<div class="row"><div class="{wide}"><p>{NOTICE}</p>{listed}</div>{column}</div>{window}')
        assert lines == [NOTICE, "Programme", "Paper and its grain", "Sewing the French way", "Cost", "120 crowns, with paper."]
        beside_story = f'<div class="{narrow}"><p>{ABOUT}</p></div>'
        assert bare(f'<div class="row"><div class="{wide}">{paragraphs()}</div>{beside_story}</div>') == list(PARAGRAPHS)


def test_columns_of_one_width_hold_the_text() -> None:
    columns = "".join(f'<div class="col-md-4"><p>{text}</p></div>' for text in PARAGRAPHS[:3])
    assert bare(f'<p>{PARAGRAPHS[3]}</p><div class="row">{columns}</div>') == list(PARAGRAPHS[:3])


def test_a_menu_in_a_cell_of_a_layout_is_no_text_nor_what_stands_below_it() -> None:
    menu = "<br>".join(f'<a href="/{name}.htm">{name}</a>' for name in ("Us", "News", "Boats", "Log", "Maps", "Links"))
    left = f'<td width="150">{menu}<p><font size="1">{ABOUT}</font></p></td>'
    lines = "".join(f"{text}<br><br>" for text in PARAGRAPHS)
    page_ = f"<table><tr>{left}<td><h2>{HEADLINE}</h2><font>{lines}</font></td></tr></table>"
    read_off = read(f"<html><head><title>{HEADLINE} | Harbour Club</title></head><body>{page_}</body></html>")
    assert read_off.article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_list_of_writings_with_links_to_their_files_is_part_of_the_text() -> None:
    papers = ("Oak, P. (2021): The drift of larvae in drying streams.", "Lind, A. (2019): Leaves, light and caddisflies of the lake.")
    listed = "".join(f'<li>{paper} <a href="/p.pdf">[PDF]</a></li>' for paper in papers)
    told = bare(f"<p>{PARAGRAPHS[0]}</p><div><ul>{listed}</ul></div>{paragraphs(*PARAGRAPHS[1:])}")
    assert told == [PARAGRAPHS[0], *(f"{paper} [PDF]" for paper in papers), *PARAGRAPHS[1:]]


def test_one_sentence_in_an_article_is_its_text() -> None:
    skip = '<a class="skip" href="#c">Skip to the content</a>'
    post = '<article class="post"><h1>Fog</h1><div class="entry-content"><p>This morning the jetty was gone.</p></div></article>'
    assert "the jetty was gone" in read(f"<html><head><title>Fog</title></head><body>{skip}{post}</body></html>").article_body


@pytest.mark.parametrize("line", ["Gefällt dir dieser Beitrag? Dann teile ihn!", "Ti è piaciuto questo articolo? Scrivimi."])
def test_a_question_whether_one_liked_the_text_is_none_of_it(line: str) -> None:
    assert line not in story(content(f"{paragraphs()}<p>{line}</p>")).article_body


def test_the_sentences_of_folds_below_the_headline_are_the_text_of_a_short_page() -> None:
    told = ("We get clocks ticking again, also those of towers.", "A bear that has lost an eye gets a new one, and keeps its character.")
    folds = "".join(
        f'<h2><button aria-expanded="false">And then?</button></h2><div class="fold"><div class="in">{text}</div></div>' for text in told
    )
    lines = bare(f'<section class="row">{folds}</section><p>{PARAGRAPHS[0]}</p>')
    assert lines == ["And then?", told[0], "And then?", told[1], PARAGRAPHS[0]]


def test_the_lives_on_a_page_about_a_team_are_its_text_and_those_of_a_storys_authors_are_not() -> None:
    lives = (
        "Began at sixteen on the church tower, and never quite came down again.",
        "Knows each bill by its name and each guest by the birthday.",
        "Climbs on Sundays, too, though with a rope.",
    )
    team = "".join(f'<div class="member"><h3>Member {number}</h3><p class="bio">{life}</p></div>' for number, life in enumerate(lives))
    assert [line for line in bare(f"<p>Who we are.</p>{team}") if line in lives] == list(lives)
    assert not any(life in story(content(), team).article_body for life in lives)


def test_a_list_that_ends_a_text_is_part_of_it() -> None:
    parts = "<ul><li>Raise the limit for ropes beyond fifty metres</li><li>Never set it to zero on a shared pier</li></ul>"
    steps = "".join(f'<h2>Part {number}</h2><div class="level2"><p>{text}</p></div>' for number, text in enumerate(PARAGRAPHS[:2]))
    lines = bare(f'{steps}<h2>Limits</h2><div class="level2"><p>A pier that does not answer in time is given up.</p>{parts}</div>')
    assert lines[-2:] == ["Raise the limit for ropes beyond fifty metres", "Never set it to zero on a shared pier"]


def test_the_times_of_a_race_in_a_table_are_text() -> None:
    rows = "".join(
        f"<tr><td>{place}.</td><td>{name}</td><td>41:0{place}</td></tr>" for place, name in ((1, "Oak"), (2, "Lind"), (3, "Reed"))
    )
    assert "41:02" in story(content(f"<p>{PARAGRAPHS[0]}</p><table>{rows}</table>{paragraphs(*PARAGRAPHS[1:])}")).article_body


def test_a_slogan_below_the_sites_name_is_no_text() -> None:
    head = f'<div class="top"><h1><a href="/">Harbour Club</a></h1><div class="line">{ABOUT}</div></div>'
    post = f"<h3>{HEADLINE}</h3>{PARAGRAPHS[0]}<br><br>{PARAGRAPHS[1]}"
    article = read(f"<html><head><title>{HEADLINE} | Harbour Club</title></head><body>{head}{post}</body></html>")
    assert (article.abstract, article.article_body.split("\n\n")) == (None, list(PARAGRAPHS[:2]))


def test_lines_in_boxes_within_the_texts_box_are_part_of_it() -> None:
    columns = '<div class="columns"><div class="column"><h3>When</h3><p>On Tuesdays from half past seven, but not in July</p></div></div>'
    assert bare(f'<div class="text"><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{columns}</div>')[2:] == [
        "When",
        "On Tuesdays from half past seven, but not in July",
    ]


def test_what_a_board_says_of_the_writers_of_its_posts_is_no_text() -> None:
    posts = "".join(
        f"<tr><td><b>{name}</b><br>Joined: 3 May 2005<br>Posts: 44</td><td>{text}</td></tr>"
        for name, text in zip(("bo", "pia"), PARAGRAPHS[:2], strict=True)
    )
    assert bare(f"<table>{posts}</table>") == list(PARAGRAPHS[:2])


@pytest.mark.parametrize("line", ["No part of this site may be reproduced.", "Nachdruck, auch auszugsweise, nur mit Genehmigung."])
def test_a_ban_on_copies_is_no_text(line: str) -> None:
    assert line not in story(content(f"{paragraphs()}<p>{line}</p>")).article_body


def test_the_lists_of_tiles_are_part_of_a_short_page() -> None:
    offers = (
        ("A shelf in the shed, dry and dark", "A room of four metres with a lock"),
        ("A berth with light", "A ramp for boats of all kinds"),
    )
    tiles = "".join(f'<div class="tile"><div class="box"><ul><li>{one}</li><li>{two}</li></ul></div></div>' for one, two in offers)
    lines = bare(f'<section class="row">{tiles}</section><p>{PARAGRAPHS[0]}</p>')
    assert lines == [*(line for pair in offers for line in pair), PARAGRAPHS[0]]


def test_reviews_of_buyers_and_what_is_in_stock_are_no_text() -> None:
    goods = f'<div class="copy"><h2>Description</h2>{paragraphs(*PARAGRAPHS[:2])}<p>In stock, ships within two days</p></div>'
    reviews = f'<div class="voices"><h2>Customer reviews (2)</h2><div><b>Ann</b><p>{ABOUT}</p></div></div>'
    text = "\n".join(bare(goods + reviews))
    assert PARAGRAPHS[1] in text and ABOUT not in text and "In stock" not in text


def test_the_author_in_a_posts_footer_is_read() -> None:
    footer = '<div class="post-footer"><p>Written by Pia Oak</p></div>'
    head = f'<h3 class="post-title entry-title">{HEADLINE}</h3>'
    post = f'<div class="post hentry">{head}<div class="post-body">{paragraphs()}</div>{footer}</div>'
    article = read(f"<html><head><title>Harbour Club: {HEADLINE}</title></head><body>{post}</body></html>")
    assert ([author.name for author in article.authors], article.article_body.split("\n\n")) == (["Pia Oak"], list(PARAGRAPHS))


def test_a_post_in_boxes_without_names_is_read_though_others_wrote_more_below_it() -> None:
    boxes = "".join(f"<div>{text}</div><div><br></div>" for text in PARAGRAPHS[:2])
    remarks = "".join(f"<dl><dt><a href='/b'>Bo</a> said:</dt><dd><p>{ABOUT} {number}.</p></dd></dl>" for number in range(5))
    post = f"<div><h3>{HEADLINE}</h3><div><div>{boxes}</div></div><h4>5 comments on “{HEADLINE}”</h4>{remarks}</div>"
    site = f'<div><div><h1><a href="/">Harbour Club</a></h1></div><div><p>{ABOUT}</p></div></div>'
    article = read(f"<html><head><title>{HEADLINE} - Harbour Club</title></head><body><div>{site}{post}</div></body></html>")
    assert article.article_body.split("\n\n") == list(PARAGRAPHS[:2])


def test_short_terms_and_facts_among_paragraphs_are_text() -> None:
    facts = "<dl><dt>Hour</dt><dd>8 to 12 pm</dd><dt>Entry</dt><dd>free, as long as there is room</dd></dl>"
    lines = bare(f"<p>{PARAGRAPHS[0]}</p>{facts}{paragraphs(*PARAGRAPHS[1:])}")
    assert lines[1:5] == ["Hour", "8 to 12 pm", "Entry", "free, as long as there is room"]


@pytest.mark.parametrize("sign", ["¶", "#", "\u200b"])
def test_the_sign_that_leads_to_a_heading_itself_is_none_of_it(sign: str) -> None:
    mark = f'<a class="headerlink" href="#part" title="Link to this heading">{sign}</a>'
    main = f'<h1>{HEADLINE}{mark}</h1>{paragraphs(*PARAGRAPHS[:2])}<h2 id="part">Way of the pump{mark}</h2>{paragraphs(*PARAGRAPHS[2:])}'
    article = read(page(main, title="Handbook"))
    assert article.headline == HEADLINE
    assert article.article_body.split("\n\n")[2] == "Way of the pump"


def test_the_posts_of_a_board_are_read_below_a_title_that_links_to_its_topic() -> None:
    asked = ("The gland drips once a second, and I wonder whether to repack it before spring.", "Tighten both nuts by a quarter of a turn.")
    posts = "".join(
        f'<div id="p{number}" class="post"><dl class="postprofile"><dt>'
        f'<a href="/u/{number}">gull{number}</a></dt><dd>Posts: 14{number}</dd></dl>'
        f'<div class="postbody"><div id="post_content{number}"><h3><a href="#p{number}">Re: {HEADLINE}</a></h3>'
        f'<p class="author">by <a href="/u/{number}">gull{number}</a> » Mon Mar 02, 2026 8:1{number} pm</p>'
        f'<div class="content">{text}</div></div></div></div>'
        for number, text in enumerate(asked)
    )
    main = f'<div class="page-body"><h2 class="topic-title"><a href="./viewtopic.php?t=88">{HEADLINE}</a></h2>{posts}</div>'
    assert read(page(main, title=f"{HEADLINE} - Boats")).article_body.split("\n\n") == list(asked)


def test_posts_below_their_writers_accounts_are_no_cards_of_other_stories() -> None:
    asked = (
        "I want to run a night line but the passengers never board, what am I missing?",
        "Set the timetable to repeat after midnight, it is off by default and cost me an evening.",
        "Also look whether the stop has a shelter, otherwise nobody waits there at night.",
    )
    posts = "".join(
        f'<article class="message"><section class="message-user"><h4><a href="/members/gull.{number}/">gull{number}</a></h4>'
        f'<h5>New member</h5></section><div class="message-cell"><header><a href="/threads/9/post-{number}">Feb 18, 2026</a></header>'
        f'<div class="message-content"><article class="message-body"><div class="text">{text}</div></article></div></div></article>'
        for number, text in enumerate(asked)
    )
    main = f'<div class="main"><h1>{HEADLINE}</h1><div class="block-body">{posts}</div></div>'
    assert read(page(main, title=f"{HEADLINE} | Boats")).article_body.split("\n\n") == list(asked)


@pytest.mark.parametrize(
    "contact",
    [
        "<p><strong>Pressekontakt:</strong><br>Stadtwerke Vale<br>Hauke Timm<br>Tel. 0999 555-12<br>presse@vale.example</p>",
        "<h3>Media contact</h3><p>Rosa Dell, +00 555 0142, media@board.example</p>",
        "<p>Contact presse :</p><p>Odette Prin</p><p>06 55 01 42 10</p>",
        '<div class="contact"><p>Press contact:</p><p>Vale Ferries AS<br>Ulla Brandt<br>+00 555 0199</p></div>',
    ],
)
def test_whom_journalists_may_ask_is_no_text_of_a_press_release(contact: str) -> None:
    notes = "The line was opened nine years ago and is used by four hundred people on an ordinary day of the week."
    assert bare(f"{paragraphs()}{contact}<h3>Notes</h3><p>{notes}</p>") == [*PARAGRAPHS, "Notes", notes]
    assert bare(f"{paragraphs()}{contact}") == list(PARAGRAPHS)


def test_a_sentence_about_a_press_contact_is_text() -> None:
    line = "Press contact: since Monday nobody at the company that runs the line has answered the telephone, the union said on Friday."
    assert bare(f"{paragraphs(*PARAGRAPHS[:3])}<p>{line}</p><p>{PARAGRAPHS[3]}</p>") == [*PARAGRAPHS[:3], line, PARAGRAPHS[3]]


@pytest.mark.parametrize(
    "label", ["Pressemitteilung vom 6. März 2026", "Comunicato stampa del 6 marzo 2026", "Communiqué de presse du 6 mars 2026"]
)
def test_the_day_of_a_press_release_is_no_text_of_it(label: str) -> None:
    assert bare(f'<p class="pm">{label}</p>{paragraphs()}') == list(PARAGRAPHS)
