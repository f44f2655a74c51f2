"""Datelines: forms of many languages, what only looks like one, where they stand, who supplied the text."""

from datetime import UTC, date, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.dateline import Filed, read_dateline
from archiver.extract.infosource import find_infosource
from archiver.extract.page import Page, parse_page
from archiver.records import Capture, Site
from tests.patience import comes_to_an_end

PUBLISHED = date(2024, 3, 5)
WORDS = {
    "zh": "渔船今天早上带着四十只山羊和一架钢琴离开港口",
    "ja": "漁船は今朝、四十匹のヤギと一台のピアノを載せて港を出た",
    "ko": "어선이 오늘 아침 염소 마흔 마리와 피아노 한 대를 싣고 항구를 떠났다",
}
MORE = "Forty goats and one piano were on board when the boat left, its captain said to the harbour master."


def page(markup: str = "<p>x</p>", lang: str = "en", head: str = "", site: str = "Heron Post") -> Page:
    text = f'<html lang="{lang}"><head><meta property="og:site_name" content="{site}">{head}</head><body>{markup}</body></html>'
    body = text.encode()
    capture = Capture(
        "https://www.heron.example/news/ferry", datetime(2024, 3, 6, tzinfo=UTC), 200, (("Content-Type", "text/html; charset=utf-8"),), body
    )
    return parse_page(capture, body, None)


def sentence(lang: str) -> str:
    return WORDS.get(lang, "The ferry left the harbour this morning with forty goats and a piano on board.")


def read(opening: str, lang: str = "en", more: tuple[str, ...] = (MORE,), glue: str = " ") -> Filed | None:
    return read_dateline(page(lang=lang), None, [opening + glue + sentence(lang), *more], [], lang, PUBLISHED)


FORMS = [
    # opening, language, place, agency, date as printed
    ("LAGOS, Nigeria, Nov 3 (AP) —", "en", "LAGOS, Nigeria", "AP", "Nov 3"),
    ("BEIRUT/THE HAGUE, March 7 (Reuters) -", "en", "BEIRUT/THE HAGUE", "Reuters", "March 7"),
    ("KYIV/KHARKIV, Ukraine, March 5 (Reuters) -", "en", "KYIV/KHARKIV, Ukraine", "Reuters", "March 5"),
    ("HARRISBURG, Pa. (AP) _", "en", "HARRISBURG, Pa.", "AP", None),
    ("SEOUL, Aug. 20 (Yonhap) --", "en", "SEOUL", "Yonhap", "Aug. 20"),
    ("دمشق، سوريا (CNN) --", "ar", "دمشق، سوريا", "CNN", None),
    ("(Reuters) —", "en", None, "Reuters", None),
    ("(CNN)", "en", None, "CNN", None),
    ("CNN —", "en", None, "CNN", None),
    ("Washington CNN —", "en", "Washington", "CNN", None),
    ("Abu Dhabi, UAE CNN —", "en", "Abu Dhabi, UAE", "CNN", None),
    ("(KXYZ) –", "en", None, "KXYZ", None),
    ("WINNIPEG, Man. -", "en", "WINNIPEG, Man.", None, None),
    ("ATLANTA, Ga. -", "en", "ATLANTA, Ga.", None, None),
    ("ACCRA, Ghana, May 16, 2024/APO Group/ --", "en", "ACCRA, Ghana", "APO Group", "May 16, 2024"),
    ("Saint-Amé (Vosges) –", "fr", "Saint-Amé (Vosges)", None, None),
    ("VALE VERDE (MG) -", "pt", "VALE VERDE (MG)", None, None),
    ("Frankfurt a. M. (epd).", "de", "Frankfurt a. M.", "epd", None),
    ("भोपाल।", "hi", "भोपाल", None, None),
    ("लखनऊ, 16 मई (भाषा)", "hi", "लखनऊ", "भाषा", "16 मई"),
    ("بيروت - أ ف ب:", "ar", "بيروت", "أ ف ب", None),
    ("DENVER (KXYZ) —", "en", "DENVER", "KXYZ", None),
    ("BIRMINGHAM, Ala. (WXYZ) -", "en", "BIRMINGHAM, Ala.", "WXYZ", None),
    ("Dekalb, Ill. —", "en", "Dekalb, Ill.", None, None),
    ("McALLEN, Texas —", "en", "McALLEN, Texas", None, None),
    ("O'FALLON, Mo. —", "en", "O'FALLON, Mo.", None, None),
    ("COEUR D’ALENE, Idaho —", "en", "COEUR D’ALENE, Idaho", None, None),
    ("WINSTON-SALEM, N.C. —", "en", "WINSTON-SALEM, N.C.", None, None),
    ("ST. LOUIS —", "en", "ST. LOUIS", None, None),
    ("BERLIN --", "en", "BERLIN", None, None),
    ("WASHINGTON |", "en", "WASHINGTON", None, None),
    ("Indianapolis –", "en", "Indianapolis", None, None),
    ("HERONSFIELD —", "en", "HERONSFIELD", None, None),
    ("ABOARD THE SEA QUEEN (AP) —", "en", "ABOARD THE SEA QUEEN", "AP", None),
    ("NEW DELHI:", "en", "NEW DELHI", None, None),
    ("New Delhi:", "en", "New Delhi", None, None),
    ("Washington, DC, United States:", "en", "Washington, DC, United States", None, None),
    ("New Delhi, March 5 (PTI)", "en", "New Delhi", "PTI", "March 5"),
    ("Mumbai, Mar 5 (IANS):", "en", "Mumbai", "IANS", "Mar 5"),
    ("KUALA LUMPUR, March 5 (Bernama) --", "en", "KUALA LUMPUR", "Bernama", "March 5"),
    ("ACCRA, March 5, GNA -", "en", "ACCRA", "GNA", "March 5"),
    ("NAIROBI, Kenya, Mar 5 –", "en", "NAIROBI, Kenya", None, "Mar 5"),
    ("GENEVA (5 March 2024) –", "en", "GENEVA", None, "5 March 2024"),
    ("London, 5 March 2024 –", "en", "London", None, "5 March 2024"),
    ("5 March 2024, London –", "en", "London", None, "5 March 2024"),
    ("(Beirut) -", "en", "Beirut", None, None),
    ("NEW YORK, March 5, 2024 /PRNewswire/ --", "en", "NEW YORK", "PRNewswire", "March 5, 2024"),
    ("NEW YORK--(BUSINESS WIRE)--", "en", "NEW YORK", "BUSINESS WIRE", None),
    ("Berlin (dpa) -", "de", "Berlin", "dpa", None),
    ("Hamburg (dpa/lno) -", "de", "Hamburg", "dpa/lno", None),
    ("Wien/Graz (APA)", "de", "Wien/Graz", "APA", None),
    ("Frankfurt/Main (epd).", "de", "Frankfurt/Main", "epd", None),
    ("Bern (sda). –", "de", "Bern", "sda", None),
    ("BERLIN dpa |", "de", "BERLIN", "dpa", None),
    ("Graz.", "de", "Graz", None, None),
    ("Bad Homburg.", "de", "Bad Homburg", None, None),
    ("Neuss ·", "de", "Neuss", None, None),
    ("Asunción:", "de", "Asunción", None, None),
    ("Frankfurt (Oder) -", "de", "Frankfurt (Oder)", None, None),
    ("Neustadt an der Weinstraße –", "de", "Neustadt an der Weinstraße", None, None),
    ("Paris (AFP) –", "fr", "Paris", "AFP", None),
    ("PARIS, 5 mars (Reuters) -", "fr", "PARIS", "Reuters", "5 mars"),
    ("Paris, le 5 mars 2024 –", "fr", "Paris", None, "5 mars 2024"),
    ("(Ottawa)", "fr", "Ottawa", None, None),
    ("Madrid, 5 mar (EFE).-", "es", "Madrid", "EFE", "5 mar"),
    ("MADRID, 5 (EUROPA PRESS)", "es", "MADRID", "EUROPA PRESS", "5"),
    ("Ciudad de México, 5 de marzo de 2024.-", "es", "Ciudad de México", None, "5 de marzo de 2024"),
    ("Monterrey, NL.-", "es", "Monterrey, NL", None, None),
    ("LA PAZ.-", "es", "LA PAZ", None, None),
    ("MADRID / EFE.-", "es", "MADRID", "EFE", None),
    ("EFE / Madrid.-", "es", "Madrid", "EFE", None),
    ("March 5, 2024 – LODI, Calif. –", "en", "LODI, Calif.", None, "March 5, 2024"),
    ("Kiev, Ucrania | AFP |", "es", "Kiev, Ucrania", "AFP", None),
    ("AFP | Washington |", "es", "Washington", "AFP", None),
    ("São Paulo, 5 mar (EFE).-", "pt", "São Paulo", "EFE", "5 mar"),
    ("SÃO PAULO, SP (FOLHAPRESS) -", "pt", "SÃO PAULO, SP", "FOLHAPRESS", None),
    ("Lisboa, 05 mar 2024 (Lusa) -", "pt", "Lisboa", "Lusa", "05 mar 2024"),
    ("(ANSA) - ROMA, 5 MAR -", "it", "ROMA", "ANSA", "5 MAR"),
    ("AGI -", "it", None, "AGI", None),
    ("MILANO –", "it", "MILANO", None, None),
    ("DEN HAAG -", "nl", "DEN HAAG", None, None),
    ("AMSTERDAM (ANP) -", "nl", "AMSTERDAM", "ANP", None),
    ("OSLO (NTB):", "no", "OSLO", "NTB", None),
    ("(Heron Post):", "no", None, "Heron Post", None),
    ("STOCKHOLM (TT)", "sv", "STOCKHOLM", "TT", None),
    ("Warszawa (PAP) –", "pl", "Warszawa", "PAP", None),
    ("Praha 5. března (ČTK) -", "cs", "Praha", "ČTK", "5. března"),
    ("București, 5 mar /Agerpres/ -", "ro", "București", "Agerpres", "5 mar"),
    ("ZAGREB, 5. ožujka (Hina) -", "hr", "ZAGREB", "Hina", "5. ožujka"),
    ("МОСКВА, 5 марта – РИА Новости.", "ru", "МОСКВА", "РИА Новости", "5 марта"),
    ("МОСКВА, 5 марта. /ТАСС/.", "ru", "МОСКВА", "ТАСС", "5 марта"),
    ("Москва. 5 марта. INTERFAX.RU -", "ru", "Москва", "INTERFAX.RU", "5 марта"),
    ("Київ. 5 березня. УНН.", "uk", "Київ", "УНН", "5 березня"),
    ("ANKARA (AA) -", "tr", "ANKARA", "AA", None),
    ("JAKARTA, HERON.com -", "id", "JAKARTA", "HERON.com", None),
    ("HERON.CO, Jakarta -", "id", "Jakarta", "HERON.CO", None),
    ("Jakarta, Heron Post --", "id", "Jakarta", "Heron Post", None),
    ("(NLX) -", "vi", None, "NLX", None),
    ("TPX -", "vi", None, "TPX", None),
    ("नई दिल्ली, 5 मार्च (भाषा)", "hi", "नई दिल्ली", "भाषा", "5 मार्च"),
    ("القاهرة (أ ف ب) –", "ar", "القاهرة", "أ ف ب", None),
    ("新华社北京4月24日电", "zh", "北京", "新华社", "4月24日"),
    ("中新网3月5日电", "zh", None, "中新网", "3月5日"),
    ("河湾社3月5日消息 ", "zh", None, "河湾社", "3月5日"),
    ("河湾日报讯 ", "zh", None, "河湾日报", None),
    ("河湾科技讯（记者 王五）", "zh", None, "河湾科技", None),
    ("本报讯 ", "zh", None, None, None),
    ("（中央社記者王小明台北5日電）", "zh", "台北", "中央社", "5日"),
    ("〔記者王小明／台北報導〕", "zh", "台北", None, None),
    ("【ソウル＝山田太郎】", "ja", "ソウル", None, None),
    ("【ワシントン共同】", "ja", "ワシントン", "共同", None),
    ("[東京 5日 ロイター] -", "ja", "東京", "ロイター", "5日"),
    ("(서울=연합뉴스) 홍길동 기자 =", "ko", "서울", "연합뉴스", None),
    ("[매일일보=홍길동 기자]", "ko", None, "매일일보", None),
]


@pytest.mark.parametrize(("opening", "lang", "place", "agency", "printed_on"), FORMS, ids=[form[0] for form in FORMS])
def test_the_forms_of_many_newsrooms_are_read(opening, lang, place, agency, printed_on):
    filed = read(opening, lang)
    assert filed is not None
    dateline = filed.dateline
    assert (dateline.located, dateline.agency, dateline.date_printed) == (place, agency, printed_on)
    assert filed.rest == sentence(lang)
    assert (filed.position, filed.line) == ("lead", 0)


@pytest.mark.parametrize(
    ("opening", "lang"),
    [
        ("NEW YORK - based firms say that", "en"),
        ("DEAR ABBY:", "en"),
        ("GIRLS BASKETBALL —", "en"),
        ("WASHINGTON POST —", "en"),
        ("WARNING GRAPHIC DETAIL:", "en"),
        ("HARBOUR AGGRESSION:", "en"),
        ("EXCLUSIVE —", "en"),
        ("BREAKING:", "en"),
        ("UPDATE —", "en"),
        ("Updated March 5:", "en"),
        ("Monday, March 5 —", "en"),
        ("Climate change:", "en"),
        ("Opinion |", "en"),
        ("REBECCA Cooke, a captain of the ferry, said.", "en"),
        ("Jane Heron — The former captain —", "en"),
        ("Jane Heron: I never saw it.", "en"),
        ("JANE HERON:", "en"),
        ("Chelsea:", "en"),
        ("But wait —", "en"),
        ("Q: What happened? A:", "en"),
        ("London.", "en"),
        ("The White House — once quiet —", "en"),
        ("10 p.m. —", "en"),
        ("(Updated)", "en"),
        ("(Video) -", "en"),
        ("AI —", "en"),
        ("U.S. —", "en"),
        ("BIO.", "de"),
        ("Kommentar.", "de"),
        ("Interview -", "de"),
        ("Ja.", "de"),
        ("Freitag.", "de"),
        ("Hans Reiher.", "de"),
        ("Essen ist gut.", "de"),
        ("FC Bayern –", "de"),
        ("LE POINT SUR LA SITUATION -", "fr"),
        ("Redacción -", "es"),
        ("VÍDEO -", "es"),
        ("【速報】", "ja"),
        ("河湾公司通讯设备", "zh"),
        ("河湾日报北岸快讯说，渡轮", "zh"),
        ("本报讯息部", "zh"),
        ("据河湾社3月5日消息，", "zh"),
        ("[단독]", "ko"),
        ("JESHI la Polisi", "sw"),
    ],
)
def test_what_only_looks_like_a_dateline_is_left_alone(opening, lang):
    assert read(opening, lang, ("The harbour aggression of girls who play basketball. The situation was bad.", MORE)) is None


def test_lists_of_places_and_interviews_have_no_dateline():
    assert read("Leipzig:", "de", ("Dresden: Hier wurde auch eine Fähre mit Ziegen gesehen, sagt der Hafenmeister.",)) is None
    assert read("CHELSEA:", "en", ("HERON: I never saw a ferry with goats on it, and nor did my brother.",)) is None


def test_a_town_that_no_gazetteer_knows_is_believed_when_the_text_is_set_there():
    assert read("Gänsdorf -", "de", ("Die Fähre fährt seit 1920 in Gänsdorf ab, sagt der Hafenmeister.",)).dateline.located == "Gänsdorf"
    assert read("Gänsdorf -", "de", ("Die Fähre fährt seit 1920, sagt der Hafenmeister.",)) is None


def test_an_acronym_is_no_town():
    assert read("HERONEX —", "en", ("The agency HERONEX said so.",)) is None


def test_a_dateline_is_placed_and_dated():
    dateline = read("LAGOS, Nigeria, March 4 (AP) —").dateline
    assert dateline.printed == "LAGOS, Nigeria, March 4 (AP)"
    assert (dateline.country, dateline.on) == ("NG", date(2024, 3, 4))
    assert (dateline.lat, dateline.lon) == (pytest.approx(6.45, abs=0.2), pytest.approx(3.4, abs=0.2))


def test_a_bare_name_of_many_towns_is_kept_without_coordinates():
    dateline = read("SPRINGFIELD (AP) —").dateline
    assert (dateline.located, dateline.lat, dateline.country) == ("SPRINGFIELD", None, None)


@pytest.mark.parametrize(
    ("opening", "lang", "correspondent", "place"),
    [
        ("DALLA NOSTRA CORRISPONDENTE NEW YORK -", "it", "DALLA NOSTRA CORRISPONDENTE", "NEW YORK"),
        ("Von unserem Korrespondenten, Paris –", "de", "Von unserem Korrespondenten", "Paris"),
        ("De notre correspondant à Londres -", "fr", "De notre correspondant à", "Londres"),
        ("【ソウル＝山田太郎】", "ja", "山田太郎", "ソウル"),
        ("[매일일보=홍길동 기자]", "ko", "홍길동 기자", None),
        ("本报讯（记者 王五 通讯员 李在田）", "zh", "王五 李在田", None),
        ("新华社北京4月24日电（记者王五）", "zh", "王五", "北京"),
        ("河湾网上海讯（通讯员 王五）", "zh", "王五", "上海"),
        ("МОСКВА, 5 мар — РИА Новости, Иван Петров.", "ru", "Иван Петров", "МОСКВА"),
        ("Mehmet Kaya/İZMİR, (DHA)-", "tr", "Mehmet Kaya", "İZMİR"),
    ],
)
def test_what_is_said_of_the_writer_is_kept_apart(opening, lang, correspondent, place):
    dateline = read(opening, lang).dateline
    assert (dateline.correspondent, dateline.located) == (correspondent, place)


def test_a_dateline_opens_the_standfirst():
    filed = read_dateline(page(lang="de"), "Graz. Die Fähre fährt wieder, sagt der Hafenmeister.", [MORE, MORE], [], "de", PUBLISHED)
    assert (filed.position, filed.line, filed.rest) == ("standfirst", None, "Die Fähre fährt wieder, sagt der Hafenmeister.")


def test_a_standfirst_is_found_by_the_summary_that_the_page_declares():
    summary = "Die Fähre fährt wieder mit vierzig Ziegen und einem Klavier, sagt der Hafenmeister."
    head = f'<meta name="description" content="{escape(summary)}">'
    told = page(f"<h1>Fähre</h1><div>Graz. {summary}</div><p>{MORE}</p>", "de", head)
    filed = read_dateline(told, None, [MORE], [], "de", PUBLISHED)
    assert (filed.dateline.located, filed.position, filed.rest) == ("Graz", "standfirst", summary)


def test_key_points_may_stand_before_the_dateline():
    filed = read_dateline(page(), None, [MORE, MORE, MORE, "DUBAI, United Arab Emirates — " + sentence("en")], [], "en", PUBLISHED)
    assert (filed.dateline.located, filed.line) == ("DUBAI, United Arab Emirates", 3)


def test_a_byline_in_the_same_block_does_not_hide_it():
    filed = read("Por Ana Garza\nBRASÍLIA (Reuters) -", "pt")
    assert (filed.dateline.located, filed.dateline.agency, filed.rest) == ("BRASÍLIA", "Reuters", sentence("pt"))


def test_a_place_on_a_line_of_its_own():
    filed = read_dateline(page(), None, ["Ankara", MORE, MORE], [], "tr", PUBLISHED)
    assert (filed.dateline.located, filed.position, filed.rest, filed.line) == ("Ankara", "element", None, 0)


@pytest.mark.parametrize(
    ("label", "printed"), [("Ankara", "Ankara"), ("AUBURN, Wash. —", "AUBURN, Wash."), ("MADRID (EFE)", "MADRID (EFE)")]
)
def test_a_place_on_a_line_right_before_the_text(label, printed):
    told = page(f"<h1>Ferry sails</h1><div>5 March 2024</div><div>{label}</div><p>{MORE}</p>")
    filed = read_dateline(told, None, [MORE], [], "en", PUBLISHED)
    assert (filed.dateline.printed, filed.position, filed.rest, filed.line) == (printed, "element", None, None)


@pytest.mark.parametrize(
    "label", ['<a href="/x">Hamburg</a>', "Save", "Share", "Staff Reports", "Jane Heron", "Sport", "Heron Post", "Victoria"]
)
def test_labels_before_the_text_are_no_places(label):
    told = page(f"<h1>Ferry sails</h1><div>{label}</div><p>{MORE}</p>")
    assert read_dateline(told, None, [MORE], [], "en", PUBLISHED) is None


def test_a_list_of_cities_has_no_dateline():
    assert read_dateline(page(), None, ["Ankara", MORE, "Madrid", MORE], [], "en", PUBLISHED) is None


def test_an_element_that_is_named_for_it_needs_no_separator():
    told = page(f'<p><span class="article-dateline">Lagos</span> {MORE}</p>')
    filed = read_dateline(told, None, [f"Lagos {MORE}"], [], "en", PUBLISHED)
    assert (filed.dateline.located, filed.rest, filed.position) == ("Lagos", MORE, "lead")


def test_the_rule_is_told_in_evidence():
    (evidence,) = read("LAGOS, Nigeria (AP) —").evidence
    assert (evidence.field, evidence.method, evidence.locator) == ("dateline", "dateline:agency", "paragraph 1")
    assert evidence.value_raw.startswith("LAGOS, Nigeria (AP) — The ferry")


def infosource(paragraphs=(MORE,), authors=(), filed=None, told=None):
    return find_infosource(told or page(), filed, authors, paragraphs)[0]


def test_the_agency_of_the_dateline_supplied_the_text():
    assert infosource(filed=read("LAGOS, Nigeria (AP) —")) == "AP"


def test_the_site_itself_is_no_agency():
    assert infosource(filed=read("(Heron Post):", "no")) is None


def test_an_agency_among_the_authors_supplied_the_text():
    assert infosource(authors=("Jane Heron", "AFP")) == "AFP"
    assert infosource(authors=("Jane Heron",)) is None


@pytest.mark.parametrize(
    ("author", "agency"),
    [("Heron Post et AFP", "AFP"), ("AFP", "AFP"), ("AFP und dpa-infocom", "AFP und dpa-infocom"), ("The Associated Press",) * 2],
)
def test_an_outlet_beside_an_agency_did_not_supply_the_text(author, agency):
    value, evidence = find_infosource(page(), None, [author], [MORE])
    assert value == agency
    assert evidence[0].value_raw == author


@pytest.mark.parametrize(
    ("ending", "agency"),
    [
        ("Mehr war nicht zu erfahren. (dpa/lno)", "dpa/lno"),
        ("Quelle: APA", "APA"),
        ("Fuente: EFE", "EFE"),
        ("© dpa-infocom, dpa:240305-930-1234/1", "dpa-infocom"),
        ("© 2024 AFP", "AFP"),
        ("[Reuters]", "Reuters"),
        ("AFP", "AFP"),
    ],
)
def test_an_agency_in_the_closing_lines_supplied_the_text(ending, agency):
    assert infosource((MORE, ending)) == agency


@pytest.mark.parametrize(
    "ending", ["The harbour is closed (again)", "Source: the harbour master", "© 2024 Heron Post", "She joined the AP in 1990."]
)
def test_other_closing_lines_name_no_agency(ending):
    assert infosource((MORE, ending)) is None


PIECES = st.sampled_from(
    [
        "LAGOS",
        "Paris",
        " — ",
        " - ",
        ": ",
        ". ",
        "(AP)",
        "(",
        ")",
        "[",
        "/",
        ", ",
        "5 March",
        "\n",
        "=",
        "【",
        "】",
        "日",
        "电",
        "dpa",
        "’",
        "  ",
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_dateline_or_none(text):
    filed = read_dateline(page(lang="de"), text, [text, MORE], [text], "de", None)
    assert filed is None or filed.dateline.printed
    find_infosource(page(), filed, [text], [text, text])


@comes_to_an_end()
def test_a_hostile_line_costs_little():
    for text in ("A" * 50_000, "A " * 30_000, "(" * 20_000, "A, " * 20_000, "1 " * 20_000, "【ア" * 20_000, "A\n" * 20_000):
        read_dateline(page(), text, [text] * 5, [text], "de", None)


def test_initials_of_those_who_wrote_and_edited_a_text_are_no_agency():
    assert infosource((MORE, "ap/kam/bfi")) is None
    assert infosource((MORE, "dpa/kam")) == "dpa/kam"


def test_a_place_and_a_dash_on_a_line_of_their_own_are_the_dateline_whatever_the_lines_class():
    text = "".join(f"<p>{text}</p>" for text in (sentence("en"), MORE))
    markup = f'<h1>Goats</h1><div class="source"><cite><span>Lisbon</span> <span>—</span></cite></div>{text}'
    filed = read_dateline(page(markup), None, [sentence("en"), MORE], [], "en", PUBLISHED)
    assert filed.dateline.located == "Lisbon"
    assert read_dateline(page(markup.replace("—", "")), None, [sentence("en"), MORE], [], "en", PUBLISHED) is None


def test_an_agency_that_is_declared_the_author_is_not_the_site():
    facts = '"author": {"@type": "Organization", "name": "AFP"}, "publisher": {"name": "Heron Post"}'
    node = f'{{"@type": "NewsArticle", "headline": "Goats", {facts}}}'
    told = page(head=f'<script type="application/ld+json">{node}</script>')
    assert infosource(authors=("AFP",), told=told) == "AFP"


def test_a_mark_of_a_footnote_is_no_agency():
    assert read("Lisbon (*) -") is None


def test_the_publishers_address_below_a_text_is_no_dateline():
    line = "Lodi - CA - 1200 Mill Street - 95240-1234 - Postal box 421 - Phone: (209) 555-0133"
    assert read_dateline(page(), None, [sentence("en"), line], [], "en", None) is None


@pytest.mark.parametrize(
    ("opening", "language", "printed"),
    [
        ("Madrid, 16 may (EFE).-", "es", "Madrid, 16 may (EFE)"),
        ("Ciudad de México.-", "es", "Ciudad de México"),
        ("МОСКВА, 16 мая /ТАСС/.", "ru", "МОСКВА, 16 мая /ТАСС/"),
        ("МОСКВА, 16 мая — РИА Новости.", "ru", "МОСКВА, 16 мая — РИА Новости"),
        ("LA CROSSE, Wis. —", "en", "LA CROSSE, Wis."),
    ],
)
def test_a_full_stop_of_the_separator_is_none_of_the_dateline(opening, language, printed):
    assert read(opening, language).dateline.printed == printed


def test_the_region_in_brackets_is_no_agency_and_tells_which_place_is_meant():
    filed = read("Strasbourg (Bas-Rhin) –", "fr")
    assert (filed.dateline.country, filed.dateline.agency, round(filed.dateline.lat)) == ("FR", None, 49)
    assert read("Cédric Wermuth (SP) –", "de") is None


def test_an_agency_beside_the_names_of_a_byline_supplied_the_text():
    for byline in ("Autor: Anna Wrona (PAP)", "Par Élodie Vasseur, avec PAP", "Anna Wrona | PAP"):
        assert find_infosource(page(), None, ["Anna Wrona"], [MORE], byline)[0] == "PAP"
    assert find_infosource(page(), None, ["Ap Dijksterhuis"], [MORE], "Door Ap Dijksterhuis")[0] is None


def test_a_lead_in_signs_that_is_full_of_numbers_keeps_its_dateline():
    line = "苍鹭科技讯 北京时间9月11日凌晨消息，新款渡轮名为Vale 11，售价699美元（约合人民币4971元），有6种配色，长64米，今天起在旧港航行。"
    assert read_dateline(page(lang="zh"), None, [line, sentence("zh")], [], "zh", PUBLISHED).dateline.printed == "苍鹭科技讯"


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("With files from Reuters", "Reuters"),
        ("(Avec AFP)", "AFP"),
        ("Con información de EFE.", "EFE"),
        ("Com informações da Reuters", "Reuters"),
        ("Mit Material von dpa", "dpa"),
        ("With best wishes from Reuters Street", None),
        ("Avec le maire", None),
    ],
)
def test_a_line_below_the_text_tells_the_agency_that_it_is_from(line: str, agency: str | None) -> None:
    assert find_infosource(page(), None, [], [MORE, MORE, line])[0] == agency


def test_the_town_of_the_papers_own_name_is_no_person_of_the_story():
    headlines = ["A boat and its goats", "A boat and its goats - Calder Bay Courier"]
    filed = read_dateline(page(site="Calder Bay Courier"), None, [f"CALDER BAY — {sentence('en')}", MORE], headlines, "en", PUBLISHED)
    assert filed is not None and filed.dateline.located == "CALDER BAY"


@pytest.mark.parametrize(
    ("opening", "located", "on"),
    [
        ("Ratnapuri, March 4:", "Ratnapuri", date(2024, 3, 4)),
        ("Ratnapuri, 5 March –", "Ratnapuri", date(2024, 3, 5)),
    ],
)
def test_a_town_that_no_gazetteer_knows_is_believed_before_the_day_of_the_story(opening, located, on):
    filed = read(opening)
    assert filed is not None and (filed.dateline.located, filed.dateline.on) == (located, on)


@pytest.mark.parametrize("opening", ["Tuesday, March 5:", "Yesterday, March 4:", "Deadline, February 2:", "Harbour, March 5:"])
def test_other_words_before_a_day_are_no_towns(opening):
    assert read(opening) is None


def test_one_or_two_words_before_a_full_stop_in_hindi_are_the_dateline():
    text = "सड़क की मांग को लेकर सोनपुर गांव के ग्रामीणों ने बुधवार को तहसील कार्यालय के सामने प्रदर्शन किया।"
    filed = read_dateline(page(lang="hi"), None, [f"सोनापुरा। {text}", text], [], "hi", PUBLISHED)
    assert filed is not None and (filed.dateline.located, filed.rest) == ("सोनापुरा", text)


def test_the_full_stop_of_an_abbreviated_state_is_kept():
    filed = read("Zacualpilla, Gro.-", "es")
    assert filed is not None and (filed.dateline.located, filed.dateline.printed) == ("Zacualpilla, Gro.", "Zacualpilla, Gro.")


@pytest.mark.parametrize("opening", ["CASTELFRANCO VENETO (TREVISO) - ", "VILLANOVA BASSA (TREVISO) - "])
def test_a_province_in_brackets_is_no_agency(opening: str) -> None:
    filed = read(opening, "it")
    assert filed is not None and (filed.dateline.located, filed.dateline.agency) == (opening.removesuffix(" - "), None)


def test_a_place_with_a_joiner_in_its_name_is_one() -> None:
    filed = read("خرم\u200cآباد - ایرنا - ", "fa")
    assert filed is not None and (filed.dateline.located, filed.dateline.agency) == ("خرم\u200cآباد", "ایرنا")


def in_paper(opening: str, host: str, lang: str, country: str | None = None, more: tuple[str, ...] = (MORE,)) -> Filed | None:
    text = f'<html lang="{lang}"><head><meta property="og:site_name" content="Heron Post"></head><body><p>x</p></body></html>'
    body = text.encode()
    capture = Capture(f"https://{host}/news/ferry", datetime(2024, 3, 6, tzinfo=UTC), 200, (("Content-Type", "text/html"),), body)
    facts = Site("heron", f"https://{host}/", country=country) if country else None
    page = parse_page(capture, body, facts)
    return read_dateline(page, None, [f"{opening} {sentence(lang)}", *more], [], lang, PUBLISHED)


@pytest.mark.parametrize(
    ("opening", "host", "lang", "country", "lat"),
    [
        ("Kirchseeon.", "heron.de", "de", None, 48.07),  # 9,000 people
        ("Wolfegg.", "heron.example", "de", "DE", 47.82),
        ("Kirchseeon.", "heron.example", "de", None, None),  # nobody knows in which country the paper is
        ("Bolinas —", "heron.example", "en", "US", 37.91),
        ("SILJANSNÄS.", "heron.se", "sv", None, 60.78),
    ],
)
def test_a_small_town_is_believed_and_placed_in_the_paper_s_own_country(opening, host, lang, country, lat):
    filed = in_paper(opening, host, lang, country)
    assert filed is not None and filed.dateline.printed == opening.strip(". —")
    assert filed.dateline.lat == (None if lat is None else pytest.approx(lat, abs=0.05))


@pytest.mark.parametrize(
    ("opening", "more"),
    [
        ("Regen.", MORE),
        ("Wald.", MORE),
        ("Kirchseeoner.", MORE),
        ("Wolfegg.", "Der Wolfegg lief davon."),
    ],
)
def test_a_word_that_is_also_a_small_town_s_name_is_no_dateline(opening, more):
    assert in_paper(opening, "heron.de", "de", more=(more,)) is None


def test_a_small_town_of_another_country_is_no_dateline():
    assert in_paper("Bolinas —", "heron.example", "en", "GB") is None


def test_several_towns_of_one_name_in_the_paper_s_country_have_no_coordinates():
    filed = in_paper("WOODBRIDGE —", "heron.example", "en", "US")
    assert filed is not None and filed.dateline.lat is None


def test_the_time_zone_of_a_paper_tells_its_country():
    body = b"<html lang='en'><body><p>x</p></body></html>"
    capture = Capture("https://heron.example/news/ferry", datetime(2024, 3, 6, tzinfo=UTC), 200, (("Content-Type", "text/html"),), body)
    page = parse_page(capture, body, Site("heron", "https://heron.example/", timezone="America/Los_Angeles"))
    filed = read_dateline(page, None, [f"Bolinas \u2014 {sentence('en')}", MORE], [], "en", PUBLISHED)
    assert filed is not None and filed.dateline.country == "US"
