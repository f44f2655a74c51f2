"""Pictures of a story: captions, credits, addresses, and what is no picture of it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.body import read_body
from archiver.extract.images import read_images
from archiver.extract.page import parse_page
from archiver.records import Capture

TEXT = (
    "<p>The ferry to the islands left the old harbour on Friday with forty passengers, the first since the quay was closed in spring.</p>"
    "<p>Masons had to rebuild a wall of two hundred metres that a storm had broken, and the town council paid for most of the work.</p>"
)
MORE = (
    "<p>Fishermen of the north shore say that they lost half of the season, and that they will ask the ministry for help again.</p>"
    "<p>The next boat leaves on Monday at eight, the company said, and two more will follow before July.</p>"
)


def page_of(markup, head=""):
    story = f"<main><article><h1>Ferry leaves the old harbour</h1>{markup}</article></main>"
    body = f"<html><head><title>Ferry leaves</title>{head}</head><body>{story}</body></html>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture("https://daily.example/2026/06/ferry", datetime(2026, 6, 5, tzinfo=UTC), 200, headers, body)
    return parse_page(capture, body, None)


def pictures(markup, head=""):
    page = page_of(markup, head)
    body = read_body(page.outline, page.tree, ["Ferry leaves the old harbour"])
    return page, body, read_images(page, body, ["Ferry leaves the old harbour"])


def captions(markup, head=""):
    return [(image.caption, image.creditline) for image in pictures(markup, head)[2].images if image.caption or image.creditline]


BOATS = ("Boats wait in the old harbour", "Photo: Ana Lima/AFP")
IMG = '<img src="/a.jpg">'
PRINTED = "Boats wait in the old harbour – Photo: Ana Lima/AFP"
OTHER = "<figcaption>Another story of the day</figcaption>"
CAPTION = f"<figcaption>{BOATS[0]}</figcaption>"
FORMS = {
    "figcaption": f"<figure>{IMG}<figcaption>{PRINTED}</figcaption></figure>",
    "wp-caption": f'<div class="wp-caption">{IMG}<p class="wp-caption-text">{PRINTED}</p></div>',
    "paragraph": f"<p>{IMG}</p><p>{PRINTED}</p>",
    "paragraph after a figure": f"<figure>{IMG}</figure><p>{PRINTED}</p>",
    "same paragraph": f"<p>{IMG}<br>{PRINTED}</p>",
    "span in the figcaption": f"<figure>{IMG}<figcaption>{BOATS[0]} <span>{BOATS[1]}</span></figcaption></figure>",
    "credit class": f'<figure>{IMG}{CAPTION}<div class="credit">{BOATS[1]}</div></figure>',
    "two figcaptions": f"<figure>{IMG}{CAPTION}<figcaption>{BOATS[1]}</figcaption></figure>",
    "names that say nothing": f'<div><div class="x2">{IMG}</div><div class="x3">{BOATS[0]}</div><div class="x4">{BOATS[1]}</div></div>',
    "how many pictures there are": f'<div><div class="x2">{IMG}<div class="x5">7</div></div><div class="x3">{PRINTED}</div></div>',
    "a box named for advertisements": f'<div class="ads-top"><figure>{IMG}<figcaption>{PRINTED}</figcaption></figure></div>',
}


@pytest.mark.parametrize("form", FORMS)
def test_a_caption_and_its_credit_are_read_in_every_form(form):
    assert captions(TEXT + FORMS[form] + MORE) == [BOATS]


@pytest.mark.parametrize("form", FORMS)
def test_a_caption_is_claimed_so_that_the_body_does_not_repeat_it(form):
    _, body, found = pictures(TEXT + FORMS[form] + MORE)
    left = " ".join(block.text for block in body.blocks if block.index not in found.claimed)
    assert "Boats wait" not in left
    assert "Ana Lima" not in left
    assert "Masons had to rebuild" in left
    assert "The next boat leaves" in left


def test_the_record_holds_address_size_printed_caption_and_names():
    image = pictures(TEXT + FORMS["figcaption"].replace("<img", '<img alt="Boats" width="800" height="450px"') + MORE)[2].images[0]
    assert (image.content_url, image.width, image.height, image.alt) == ("https://daily.example/a.jpg", 800, 450, "Boats")
    assert image.caption_printed == "Boats wait in the old harbour – Photo: Ana Lima/AFP"
    assert (image.creator, image.credit_agency) == ("Ana Lima", "AFP")


def test_a_paragraph_that_repeats_the_alt_text_is_the_caption():
    markup = '<div><img src="/a.jpg" alt="Boats wait in the old harbour of the town"></div><p>Boats wait in the old harbour of the town</p>'
    assert captions(TEXT + markup + MORE) == [("Boats wait in the old harbour of the town", None)]


def test_a_paragraph_after_a_picture_stays_in_the_body():
    _, _, found = pictures('<p><img src="/a.jpg"></p>' + TEXT + '<p><img src="/b.jpg"></p>' + MORE)
    assert not found.claimed
    assert [image.caption for image in found.images] == [None, None]


def test_a_gallery_that_stands_there_twice_is_read_once():
    gallery = "".join(f'<figure><img src="/{n}.jpg"><figcaption>Boat number {n} leaves the harbour</figcaption></figure>' for n in range(3))
    assert len(captions(TEXT + f"<div>{gallery}</div><div>{gallery}</div>" + MORE)) == 3


@pytest.mark.parametrize(
    "markup",
    [
        f'<a href="/other-story"><figure>{IMG}{OTHER}</figure></a>',
        f"<nav><figure>{IMG}{OTHER}</figure></nav>",
        f'<div class="related"><p>More stories for you to read</p><figure>{IMG}{OTHER}</figure></div>',
        "<figure><blockquote><p>We lost half of the season</p></blockquote><figcaption>Jan Kurz, fisherman</figcaption></figure>",
        f'<figure><a href="/author/ana">{IMG}</a><figcaption>By Ana Lima 05.06.2026, 10:30</figcaption></figure>',
        f'<figure><iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>{OTHER}</figure>',
    ],
)
def test_what_is_no_caption_of_the_story_is_left_out(markup):
    assert captions(TEXT + markup + MORE) == []


def test_a_link_to_the_picture_in_large_is_no_link_elsewhere():
    markup = '<figure><a href="/a-large.jpg"><img src="/a.jpg"></a><figcaption>Boats wait in the old harbour</figcaption></figure>'
    assert captions(TEXT + markup + MORE) == [("Boats wait in the old harbour", None)]


def test_a_picture_with_a_credit_and_no_caption_is_kept():
    assert captions(TEXT + '<figure><img src="/a.jpg"><figcaption>Photo: Ana Lima</figcaption></figure>' + MORE) == [
        (None, "Photo: Ana Lima")
    ]


def test_a_credit_that_only_json_ld_gives_is_used():
    image = {"@type": "ImageObject", "url": "https://daily.example/a.jpg", "creditText": "Ana Lima/AFP"}
    story = {"@type": "NewsArticle", "headline": "Ferry leaves the old harbour", "image": image}
    head = f'<script type="application/ld+json">{json.dumps(story)}</script>'
    assert captions(TEXT + '<figure><img src="/a.jpg"><figcaption>Boats wait</figcaption></figure>' + MORE, head) == [
        ("Boats wait", "Ana Lima/AFP")
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        'src="data:image/gif;base64,AAAA" data-src="/real.jpg"',
        'src="/placeholder.png" data-lazy-src="/real.jpg"',
        'srcset="/small.jpg 300w, /real.jpg 1200w, /middle.jpg 600w"',
        'data-srcset="/small.jpg 1x, /real.jpg 2x" src="/placeholder.gif"',
        'src="/real.jpg"',
    ],
)
def test_the_address_is_that_of_the_largest_real_picture(attributes):
    images = pictures(TEXT + f"<figure><img {attributes}></figure>" + MORE)[2].images
    assert [image.content_url for image in images] == ["https://daily.example/real.jpg"]


def test_a_picture_in_noscript_gives_the_address_of_a_lazy_figure():
    markup = '<figure><noscript><img src="/real.jpg"></noscript><figcaption>Boats wait in the old harbour</figcaption></figure>'
    assert pictures(TEXT + markup + MORE)[2].images[0].content_url == "https://daily.example/real.jpg"


def test_icons_logos_and_trackers_are_no_images():
    markup = '<p><img src="/share-icon.png"><img src="/logo.png"><img src="/t.gif" width="1" height="1"><img src="/avatar/ana.jpg"></p>'
    assert pictures(TEXT + markup + MORE)[2].images == ()


def test_the_image_that_is_shared_leads():
    markup = TEXT + '<figure><img src="/a.jpg"></figure><figure><img src="/b-800x600.jpg"></figure>' + MORE
    head = '<meta property="og:image" content="https://cdn.example/b.jpg">'
    assert [image.is_lead for image in pictures(markup, head)[2].images] == [False, True]


def test_addresses_that_are_none_do_no_harm():
    head = (
        '<meta property="og:image" content="http://["><script type="application/ld+json">{"@type":"ImageObject","url":"http://["}</script>'
    )
    assert len(pictures(TEXT + '<figure><img src="http://["><img src="/a.jpg"></figure>' + MORE, head)[2].images) == 1


def test_there_is_an_end_to_the_images_of_a_page():
    markup = "".join(f'<figure><img src="/{n}.jpg"></figure>' for n in range(500))
    assert len(pictures(TEXT + markup + MORE)[2].images) == 200


PIECES = st.sampled_from(
    ["<figure>", "</figure>", "<figcaption>", "</figcaption>", '<img src="a.jpg" alt="x y">', "<p>", "</p>", '<a href="b">', "</a>",
     "text / AP", "Foto: A", "(", '<div class="caption credit">', "</div>", '<img srcset=", ,">', "<br>", "<button>", "<table><td>",
     '<img src="http://[" width="-1">', "©"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_markup_gives_pictures(parts):
    page = page_of(TEXT + "".join(parts))
    read_images(page, read_body(page.outline, page.tree), [])


def test_a_picture_inside_a_button_that_opens_a_viewer_has_its_caption():
    button = (
        '<button type="button" aria-haspopup="dialog"><div><figure><img src="/ferry.jpg" alt="" width="640" height="400">'
        "<div><span>View 6 Images</span></div></figure></div>"
        "<figcaption><span>The ferry at the quay<cite>(Image: Port Museum)</cite></span></figcaption></button>"
    )
    assert captions(TEXT + button + MORE) == [("The ferry at the quay", "(Image: Port Museum)")]
    share = "<button>Share this story <img src='/share.svg' width='16' height='16'></button>"
    assert captions(TEXT + share + MORE) == []


TABLE = f'<table class="tr-caption-container"><tr><td>{IMG}</td></tr><tr><td class="tr-caption">{PRINTED}</td></tr></table>'
NESTED = f'<figure>{IMG}<figcaption><div class="caption">{BOATS[0]}</div><figcaption>{BOATS[1]}</figcaption></figcaption></figure>'
OFFER = '<div class="subscription-widget"><p class="cta-caption">Join our readers and have every story by mail.</p></div>'


@pytest.mark.parametrize("markup", [TABLE, NESTED, f"<figure>{IMG}<figcaption>{PRINTED}</figcaption></figure>{OFFER}"])
def test_captions_in_tables_and_in_each_other_are_read_and_an_offer_below_is_none(markup):
    assert captions(markup + TEXT + MORE) == [BOATS]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<p><a href='/a.jpg'>{IMG}</a><br><em>Boats wait in the harbour. (Courtesy photo)</em></p>", "Courtesy photo"),
        (
            f"<figure>{IMG}<figcaption><span>Boats wait in the harbour. Photo by </span><a href='/k'>Kim Vale</a><span> / </span>"
            "<a href='/u'><span>Unsplash</span></a></figcaption></figure>",
            "Photo by Kim Vale / Unsplash",
        ),
        (
            f'<figure class="Figure">{IMG}<div class="c"><figcaption>Boats wait in the harbour.</figcaption><div>'
            '<div class="Figure-credit">'
            'Eva Stone</div><span>/</span><div class="Figure-source">Public Radio</div></div></div></figure>',
            "Eva Stone / Public Radio",
        ),
    ],
    ids=["italics in the picture's paragraph", "names that are links", "credit and source with a stroke between"],
)
def test_credits_of_several_parts_stay_whole(markup, expected):
    caption, line = captions(TEXT + markup + MORE)[0]
    assert (caption, line.strip("()")) == ("Boats wait in the harbour.", expected)


def test_photographer_and_agency_in_a_box_named_after_the_credit_are_no_caption():
    box = (
        '<div class="image-credit"><span class="image-photo-credit">Ana Lima</span><span class="image-copyright">Getty Images</span></div>'
    )
    image = pictures(f"<div><div>{IMG}</div>{box}</div>{TEXT}{MORE}")[2].images[0]
    assert (image.caption, image.creditline, image.creator, image.credit_agency) == (
        None,
        "Ana Lima / Getty Images",
        "Ana Lima",
        "Getty Images",
    )


def test_the_title_and_summary_of_a_film_are_no_caption():
    film = (
        f'<div>{IMG}<div class="caption"><h4><a href="/video/1">Headlines of the day</a></h4><p>See what the day brought.</p></div></div>'
    )
    assert captions(f"{film}{TEXT}{MORE}") == []


def test_signs_of_networks_are_no_pictures_of_the_story():
    signs = '<img src="/img/ic_kakaostory.png"><img src="/img/btn-share2.png">'
    assert pictures(f"{TEXT}<p>{signs}</p>{MORE}")[2].images == ()


LINE = "Fishing boats lie idle behind the new harbour wall"


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{IMG}</p><p>{LINE}</p>",
        f"<p>{IMG}<br>{LINE}</p>",
        f"<p>{IMG}<br><i>{LINE}.</i></p>",
        f"<div>{IMG}<p>{LINE}</p></div>",
        f"<div>{IMG}<div>1 / 1</div><div>{LINE}.</div></div>",
        f"<div>{IMG}<h6>{LINE}</h6></div>",
        f"<section>{IMG}<p>{LINE}</p></section>",
        f"<ul><li>{IMG}<p>{LINE}</p></li></ul>",
        f"<table><tr><td>{IMG}<br>{LINE}</td></tr></table>",
    ],
)
def test_a_line_below_a_picture_that_is_no_sentence_of_the_text_is_its_caption(markup):
    _, body, read = pictures(TEXT + markup + MORE)
    assert [(image.caption or "").rstrip(".") for image in read.images] == [LINE]
    assert read.claimed >= {block.index for block in body.blocks if LINE in block.text}


@pytest.mark.parametrize("line", [f"{LINE}.", "<strong>What the masons found behind the wall</strong>", "The masons say:"])
def test_sentences_and_subheads_below_a_picture_stay_in_the_text(line):
    _, body, read = pictures(f"{TEXT}<p>{IMG}</p><p>{line}</p>{MORE}")
    assert len(body.blocks) == 5
    assert not read.claimed


def test_a_caption_with_a_credit_may_stand_above_its_picture():
    assert captions(f"{TEXT}<div><p>{PRINTED}</p>{IMG}</div>{MORE}") == [BOATS]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{IMG}</p><p><i>{LINE}</i></p>",
        f"<table><tr><td>{IMG}<br>{LINE}.</td></tr></table>",
        f"<div>{IMG}<p>{BOATS[1]} | {LINE}</p></div>",
    ],
    ids=["slanted, before the text", "a table for the picture alone", "credit before the caption"],
)
def test_a_caption_may_be_the_first_line_of_the_column(markup):
    _, body, read = pictures(f"<div>{markup}{TEXT}{MORE}</div>")
    assert [(image.caption or "").rstrip(".") for image in read.images] == [LINE]
    assert read.claimed.isdisjoint(block.index for block in body.blocks[1:])
