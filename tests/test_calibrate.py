"""What several stories of a site teach `archiver add`."""

from __future__ import annotations

from archiver.calibrate import calibrate
from archiver.extract.page import Page, parse_page
from archiver.records import Capture, Selector
from tests.conftest import PARAGRAPHS
from tests.pages import FETCHED, jsonld, meta, page

STANDING = "This paper belongs to the people who read it."


def stories(markup: str, number: int = 4) -> list[Page]:
    found = []
    for n in range(number):
        texts = [f"{text} That was said in part {n} of the hearing, which went on for {n + 2} hours." for text in PARAGRAPHS]
        text = "".join(f"<p>{line}</p>" for line in texts)
        head = meta() + jsonld(headline=f"Hearing {n} on the bridge", articleBody=" ".join(texts))
        html = page(markup.format(n=n, text=text), head, title=f"Hearing {n} on the bridge")
        url = f"https://vale-courier.example/2026/03/0{n + 1}/hearing-{n}-on-the-bridge/"
        parsed = parse_page(Capture(url, FETCHED, 200, (), html.encode()), html.encode(), None)
        assert parsed is not None
        found.append(parsed)
    return found


def test_a_line_that_stands_on_most_stories_is_proposed_for_dropping() -> None:
    pages = stories("<article><h1>Hearing {n} on the bridge</h1>{text}<p>" + STANDING + "</p></article>")
    assert calibrate(pages).drop_text == (STANDING,)


def test_a_line_with_the_day_of_the_visit_is_not_proposed() -> None:
    today = "The reading room is open today, 6 March 2026, until nine."
    pages = stories("<article><h1>Hearing {n} on the bridge</h1>{text}<p>" + today + "</p><p>" + STANDING + "</p></article>")
    assert calibrate(pages).drop_text == (STANDING,)


def test_a_body_that_the_general_rules_miss_is_proposed_by_its_element() -> None:
    decoy = "<div class='promo-long'>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 3) + "</div>"
    pages = stories(
        "<h1>Hearing {n} on the bridge</h1>" + decoy + "<nav class='story-leaf' id='leaf-{n}00'><div class='leaf-text'>{text}</div></nav>"
    )
    assert Selector("body", "div.leaf-text") in calibrate(pages).selectors


def test_stories_that_are_read_well_teach_nothing() -> None:
    proposal = calibrate(stories("<article><h1>Hearing {n} on the bridge</h1>{text}</article>"))
    assert (proposal.drop_text, proposal.selectors) == ((), ())


def test_two_stories_are_too_few_to_learn_from() -> None:
    pages = stories("<article><h1>Hearing {n} on the bridge</h1>{text}<p>" + STANDING + "</p></article>", number=2)
    assert calibrate(pages).drop_text == ()
