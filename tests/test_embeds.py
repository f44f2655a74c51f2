"""Embeds of a story, and the lines that announce them."""

import json
from datetime import UTC, datetime

import pytest

from archiver.extract.body import read_body
from archiver.extract.embeds import read_embeds
from archiver.extract.page import parse_page
from archiver.records import Capture
from tests.test_captions import MORE, TEXT, page_of

FRAME = '<iframe src="https://www.youtube.com/embed/abcdefghijk" title="YouTube video player"></iframe>'


def embeds(markup, head=""):
    page = page_of(markup, head)
    body = read_body(page.outline, page.tree, ["Ferry leaves the old harbour"])
    found = read_embeds(page, body)
    return found.embeds, [block.text for block in body.blocks if block.index not in found.claimed]


@pytest.mark.parametrize(
    ("markup", "kind", "provider"),
    [
        (FRAME, "video", "youtube.com"),
        ('<iframe data-src="https://player.vimeo.com/video/1"></iframe>', "video", "player.vimeo.com"),
        ('<video><source src="/clip.mp4"></video>', "video", "daily.example"),
        ('<iframe src="https://open.spotify.com/embed/episode/1"></iframe>', "audio", "open.spotify.com"),
        ('<iframe src="/files/report.pdf"></iframe>', "document", "daily.example"),
        ('<iframe src="https://maps.example/embed/1"></iframe>', "iframe", "maps.example"),
        (
            '<blockquote class="twitter-tweet"><p>A word</p><a href="https://twitter.com/ana/status/1">June 5</a></blockquote>',
            "social",
            "twitter.com",
        ),
        ("<p>https://www.youtube.com/watch?v=abcdefghijk</p>", "video", "youtube.com"),
    ],
)
def test_an_embed_is_kept_with_kind_and_provider(markup, kind, provider):
    found, _ = embeds(TEXT + markup + MORE)
    assert [(embed.kind, embed.provider) for embed in found] == [(kind, provider)]


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe>',
        '<iframe src="https://pixel.example/p" width="1" height="1"></iframe>',
        '<iframe src="about:blank"></iframe>',
        '<iframe src="https://daily.example/newsletter/form"></iframe>',
    ],
)
def test_frames_without_content_are_left_out(frame):
    assert embeds(TEXT + frame + MORE)[0] == ()


@pytest.mark.parametrize("line", ["Watch the video:", "Video:", "VÍDEO:", "Veja o vídeo:", "Sehen Sie hier das Video", "Regardez la vidéo"])
def test_a_line_that_announces_a_video_and_its_title_leave_the_body(line):
    found, left = embeds(TEXT + MORE + f"<p>{line}</p><p>Ferry sails into the old harbour</p>" + FRAME)
    assert [(embed.kind, embed.title) for embed in found] == [("video", "Ferry sails into the old harbour")]
    assert left[-1].startswith("The next boat")
    assert len(left) == 4


def test_the_lines_leave_the_body_where_the_video_itself_is_gone():
    found, left = embeds(TEXT + MORE + "<p>Watch the video: Ferry sails into the old harbour</p>")
    assert [(embed.kind, embed.url, embed.title) for embed in found] == [("video", None, "Ferry sails into the old harbour")]
    assert len(left) == 4


@pytest.mark.parametrize("line", ["Video", "VIDEO:", "Vídeo", "Watch the video:"])
def test_the_title_of_a_video_below_an_announcement_of_one_word_leaves_the_body_without_the_video(line):
    found, left = embeds(TEXT + MORE + f"<p>{line}</p><p>Ferry sails into the old harbour</p>")
    assert [embed.title for embed in found] == ["Ferry sails into the old harbour"]
    assert len(left) == 4


def test_a_caption_of_a_video_is_its_title():
    found, _ = embeds(TEXT + f"<figure>{FRAME}<figcaption>The ferry in moving pictures</figcaption></figure>" + MORE)
    assert [embed.title for embed in found] == ["The ferry in moving pictures"]


def test_json_ld_gives_the_title_of_a_video_on_the_page():
    video = {"@type": "VideoObject", "name": "The ferry in moving pictures", "embedUrl": "https://www.youtube.com/embed/abcdefghijk"}
    story = {"@type": "NewsArticle", "headline": "Ferry leaves the old harbour", "video": video}
    head = f'<script type="application/ld+json">{json.dumps(story)}</script>'
    found, _ = embeds(TEXT + FRAME + MORE, head)
    assert [(embed.url, embed.title) for embed in found] == [("https://www.youtube.com/embed/abcdefghijk", "The ferry in moving pictures")]


@pytest.mark.parametrize(
    "paragraph",
    [
        "<p>Watch the video of the council's meeting, said the mayor on Friday, and see that nobody had asked for a new wall at all.</p>",
        "<p>Video of the storm was shown in court, and the judge asked for more of it before he would decide on the case in June.</p>",
        "<p>She will see the harbour again.</p>",
    ],
)
def test_paragraphs_about_videos_stay_in_the_body(paragraph):
    _, left = embeds(TEXT + MORE + paragraph)
    assert len(left) == 5


def test_a_page_without_a_story_has_no_embeds():
    post = "<blockquote class='twitter-tweet'><a href='http://['>x</a></blockquote><p>https://[youtube.com</p>"
    body = f"<html><body><iframe src='https://['></iframe><video></video>{post}</body></html>".encode()
    page = parse_page(Capture("https://daily.example/", datetime(2026, 6, 5, tzinfo=UTC), 200, (), body), body, None)
    assert read_embeds(page, read_body(page.outline, page.tree)).embeds == ()
