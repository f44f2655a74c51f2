"""What the systems of larger publishers print around a story, in the markup that they write."""

import pytest

from archiver.records import Article
from tests.pages import read

SENTENCES = (
    "The council met for three hours on Tuesday and put off its vote on the old mill until the spring, officials said.",
    "Residents had asked for a decision before the school year ends, and several left the room in protest at the delay.",
    "A second hearing will be held in the old grange hall next month, with an interpreter present for the first time.",
    "The clerk said that 212 people had signed the petition by Friday evening, more than ever before in the valley.",
)


def story(
    before: str = "", between: str = "", behind: str = "", headline: str = "<h1>Council puts off its vote on the mill</h1>", head: str = ""
) -> Article:
    """A page with the story; `before` its text, `between` its paragraphs, `behind` them."""
    first, second, third, fourth = (f"<p>{sentence}</p>" for sentence in SENTENCES)
    return read(
        f"<html lang='en'><head><title>Council puts off its vote on the mill | Valley Post</title>{head}</head><body><main><article>"
        f"{headline}{before}<div class='body'>{first}{second}{between}{third}{fourth}{behind}</div></article></main></body></html>"
    )


PERSIAN = (
    "شورا پس از سه ساعت گفت‌وگو رأی‌گیری دربارهٔ آسیاب قدیمی را به بهار موکول کرد و خبرنگاران را فراخواند.",
    "ساکنان می‌خواستند پیش از تابستان تصمیم‌گیری شود و برخی به نشانهٔ اعتراض نشست را ترک کرده‌اند.",
    "نشست دوم ماه آینده در ساختمان قدیمی برگزار می‌شود و برای نخستین‌بار مترجم هم حضور خواهد داشت.",
)


def test_a_text_with_joiners_within_its_words_is_read_whole() -> None:
    text = "".join(f"<p>{sentence}</p>" for sentence in PERSIAN)
    page = f"<html lang='fa'><title>آسیاب قدیمی</title><body><article><h1>آسیاب قدیمی</h1><div>{text}</div></article></body></html>"
    assert read(page).article_body.split("\n\n") == list(PERSIAN)


@pytest.mark.parametrize(
    "line",
    [
        "[RELATED: <a href='/r'>Another mill</a>]",
        "(Lea también: <a href='/r'>Otro molino</a>)",
        "CITIȚI ȘI: <a href='/r'>Altă moară</a>",
        "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ: <a href='/r'>Άλλος μύλος</a>",
        "İLGİLİ HABER <a href='/r'>Başka değirmen</a>",
        "Читайте по теме: <a href='/r'>Мельница</a>",
        "קראו גם: <a href='/r'>טחנה אחרת</a>",
        "อ่านเพิ่มเติม: <a href='/r'>โรงสี</a>",
        "Juttu jatkuu mainoksen jälkeen",
        "Článek pokračuje pod reklamou",
    ],
)
def test_pointers_to_other_stories_are_no_text(line: str) -> None:
    assert story(between=f"<p>{line}</p>").article_body.split("\n\n") == list(SENTENCES)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Analysis by Ada Moss", ["Ada Moss"]),
        ("Eine Analyse von Ada Moss", ["Ada Moss"]),
        ("Articolo di Ada Moss", ["Ada Moss"]),
        ("Opracowanie: Ada Moss", ["Ada Moss"]),
        ("Interview: Ada Moss", ["Ada Moss"]),
        ("編集委員・山田花子", ["山田花子"]),
        ("记者 王明", ["王明"]),
        ("记者 王明 李红", ["王明", "李红"]),
        ("김하나·이두리 기자", ["김하나", "이두리"]),
        ("서울=김하나 특파원", ["김하나"]),
        ("글 김하나 사진 이두리", ["김하나"]),
        ("Par <a href='/signataires/1'>Ada Moss</a> <span>(envoyée spéciale à Kiev)</span>", ["Ada Moss"]),
    ],
)
def test_bylines_are_read_with_what_opens_them(line: str, names: list[str]) -> None:
    article = story(before=f"<div class='article-byline'>{line}</div>")
    assert [author.name for author in article.authors] == names


def test_a_name_in_capitals_behind_an_author_is_an_outlets() -> None:
    article = story(before="<div class='article-byline'>By Ada Moss, COAST TODAY</div>")
    assert [(author.name, author.kind) for author in article.authors] == [("Ada Moss", "person"), ("COAST TODAY", "organisation")]


def test_yesterday_in_a_sentence_of_the_text_is_no_day_of_publication() -> None:
    assert story(before="<p>The mill will stay closed, the council said yesterday.</p>").date_source != "relative"


def test_the_kicker_inside_a_heading_is_no_part_of_the_headline() -> None:
    heading = "<h1><span class='head__kicker'>Old mill</span> <span class='head__text'>Council puts off its vote on the mill</span></h1>"
    article = story(headline=heading)
    assert (article.kicker, article.headline) == ("Old mill", "Council puts off its vote on the mill")


@pytest.mark.parametrize("box", ["<p style='text-align:right'>Ada Moss</p>", "<p><i>Ada Moss</i></p>", "<p><b>Ada Moss</b></p>"])
def test_a_name_alone_at_the_end_signs_the_text_and_is_none_of_it(box: str) -> None:
    article = story(behind=box)
    assert [author.name for author in article.authors] == ["Ada Moss"]
    assert article.article_body.split("\n\n") == list(SENTENCES)


def test_the_paragraph_between_headline_and_byline_is_the_standfirst() -> None:
    told = "The old mill has stood empty for ten years. Its roof will not last another winter, the surveyor says."
    article = story(before=f"<div><p class='mt-4'>{told}</p><p>By Ada Moss</p><p>March 3, 2026</p></div>")
    assert (article.abstract, [author.name for author in article.authors]) == (told, ["Ada Moss"])
    assert article.article_body.split("\n\n") == list(SENTENCES)


def test_a_weekday_in_the_next_element_is_no_part_of_a_name() -> None:
    article = story(before="<div><span>By Ada Moss</span><span>Sat 7 Mar 2026 06.00 GMT</span></div>")
    assert [author.name for author in article.authors] == ["Ada Moss"]


def test_a_credit_in_a_field_with_a_label_of_its_own_is_the_pictures() -> None:
    picture = (
        "<div><article class='media'><div class='field--name-field-media-image'><img src='/mill.jpg'></div>"
        "<div class='field--name-field-caption field__item'>The old mill at dusk.</div><div class='field--name-field-credit'>"
        "<div class='field__label'>Credit</div><div class='field__item'>Bo Dahl/AFP</div></div></article></div>"
    )
    image = story(between=picture).images[0]
    assert (image.caption, image.creator, image.credit_agency) == ("The old mill at dusk.", "Bo Dahl", "AFP")


def test_the_name_of_a_newsletter_above_its_form_is_no_text() -> None:
    offer = "<div class='css-1x9k'><h3>The Morning Tide</h3><p>Start your day with stories.</p><form><input type='email'></form></div>"
    assert story(between=offer).article_body.split("\n\n") == list(SENTENCES)


def test_a_caption_alone_between_two_breaks_is_no_text() -> None:
    picture = "<span><div><img src='/mill.jpg'></div><em class='img_desc'>The old mill at dusk (AFP)</em></span><br><br>"
    text = "<br><br>".join(SENTENCES)
    page = f"<html lang='en'><title>The mill</title><body><article><h1>The mill</h1><div>{picture}{text}</div></article></body></html>"
    article = read(page)
    assert article.article_body.split("\n\n") == list(SENTENCES)
    assert (article.images[0].caption, article.images[0].credit_agency) == ("The old mill at dusk", "AFP")


def test_a_first_paragraph_in_boxes_like_all_others_stays_though_the_description_repeats_it() -> None:
    text = "".join(f"<div class='element'><div><p>{sentence}</p></div></div>" for sentence in SENTENCES)
    page = (
        f"<html lang='en'><head><title>The mill</title><meta name='description' content='{SENTENCES[0]}'></head>"
        f"<body><article><h1>The mill</h1>{text}</article></body></html>"
    )
    assert read(page).article_body.split("\n\n") == list(SENTENCES)


def test_a_breadcrumb_names_the_section_behind_the_general_one() -> None:
    trail = "<div class='breadcrumb'><a href='/'>Главная</a> / <a href='/news/'>Новости</a> / <a href='/news/o/'>Общество</a></div>"
    assert story(before=trail).article_section == "Общество"


def test_a_photograph_in_a_button_has_its_caption() -> None:
    picture = (
        "<div class='css-1a'><button aria-label='open'><img src='/mill.jpg' alt=''></button><button>Enlarge</button>"
        "<p>The old mill stands at the river at dusk.</p><p>BO DAHL/VALLEY POST</p></div>"
    )
    article = story(between=picture)
    assert article.article_body.split("\n\n") == list(SENTENCES)
    assert [(image.caption, image.creator) for image in article.images] == [("The old mill stands at the river at dusk.", "BO DAHL")]
