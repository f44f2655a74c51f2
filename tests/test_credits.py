"""Credit lines of captions: which words are the credit, who is named in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.credits import Run, read_credit, split_runs, split_text
from tests.patience import comes_to_an_end

SPLITS = [
    ("Boats leave the harbour. – Photo: Ana Lima/AFP", "Boats leave the harbour.", "Photo: Ana Lima/AFP"),
    ("Boats leave the harbour (Foto: Jan Kurz/dpa)", "Boats leave the harbour", "(Foto: Jan Kurz/dpa)"),
    ("Boats leave the harbour. Photo by Ana Lima", "Boats leave the harbour.", "Photo by Ana Lima"),
    ("Boats leave the old harbour © Ana Lima", "Boats leave the old harbour", "© Ana Lima"),
    ("Boats leave the old harbour (AP)", "Boats leave the old harbour", "(AP)"),
    ("Boats leave the old harbour. (Port Museum)", "Boats leave the old harbour.", "(Port Museum)"),
    ("Boats leave on Sunday. Ana Lima (dpa/picture alliance)", "Boats leave on Sunday.", "Ana Lima (dpa/picture alliance)"),
    ("Boats leave on Sunday. HANDOUT / AFP", "Boats leave on Sunday.", "HANDOUT / AFP"),
    ("Boats leave on Sunday. AP", "Boats leave on Sunday.", "AP"),
    ("Boats leave on Sunday. Supplied", "Boats leave on Sunday.", "Supplied"),
    (
        "Boats leave with Michael D. Kramer. | Ana Lima/PA Images via Getty Images",
        "Boats leave with Michael D. Kramer.",
        "Ana Lima/PA Images via Getty Images",
    ),
    ("Boats in the old harbour / Ana Lima", "Boats in the old harbour", "Ana Lima"),
    ("Los barcos salen del puerto. Crédito: Ana Lima", "Los barcos salen del puerto.", "Crédito: Ana Lima"),
    ("Les bateaux quittent le port. Crédit photo : Ana Lima", "Les bateaux quittent le port.", "Crédit photo : Ana Lima"),
    ("배가 항구를 떠나고 있다. 인천=연합뉴스", "배가 항구를 떠나고 있다.", "인천=연합뉴스"),
    ("渡轮离开港口。 河湾日报记者王五 摄", "渡轮离开港口。", "河湾日报记者王五 摄"),
    ("渡轮离开港口。港务局供图", "渡轮离开港口。", "港务局供图"),
    ("资料图：渡轮离开港口。王五 摄", "资料图：渡轮离开港口。", "王五 摄"),
    ("渡轮离开港口 （视频截图）", "渡轮离开港口", "（视频截图）"),
    ("图片来源：河湾日报记者 王五 摄", "", "图片来源：河湾日报记者 王五 摄"),
    ("港を出る船＝代表撮影", "港を出る船", "代表撮影"),
    ("港を出る船（Ｃ）共同通信社", "港を出る船", "（Ｃ）共同通信社"),
    ("배가 항구를 떠나고 있다. [사진 출처 = 김하나]", "배가 항구를 떠나고 있다.", "[사진 출처 = 김하나]"),
    ("배가 항구를 떠나고 있다. 연합뉴스", "배가 항구를 떠나고 있다.", "연합뉴스"),
    ("Foto: Ana Lima", "", "Foto: Ana Lima"),
    (
        "FILE PHOTO: Boats leave the harbour. REUTERS/Ana Lima/File Photo",
        "FILE PHOTO: Boats leave the harbour.",
        "REUTERS/Ana Lima/File Photo",
    ),
    ("Boats leave the harbour. Credit...Ana Lima for The Port Times", "Boats leave the harbour.", "Credit...Ana Lima for The Port Times"),
    ("Boats leave the harbour. Ana Lima for PBN", "Boats leave the harbour.", "Ana Lima for PBN"),
    ("Les bateaux quittent le port. ANA LIMA POUR « LE PORT »", "Les bateaux quittent le port.", "ANA LIMA POUR « LE PORT »"),
    ("Los barcos salen del puerto. Ana Lima (EL PUERTO)", "Los barcos salen del puerto.", "Ana Lima (EL PUERTO)"),
    ("Boats leave the harbour. (Staff photo by Ana Lima)", "Boats leave the harbour.", "(Staff photo by Ana Lima)"),
    ("Boats leave the harbour. Gazette photo by Ana Lima", "Boats leave the harbour.", "Gazette photo by Ana Lima"),
    ("Barcos deixam o porto ao amanhecer - Divulgação", "Barcos deixam o porto ao amanhecer", "Divulgação"),
    ("배가 항구를 떠나고 있다. [항만공사 제공. 재판매 및 DB 금지]", "배가 항구를 떠나고 있다.", "[항만공사 제공]"),
    ("港を出る船＝５日、東京都港区、山田花子撮影", "港を出る船＝５日、東京都港区", "山田花子撮影"),
    ("กำลังออกจากท่าเรือ (ภาพ: ธนา ใจดี)", "กำลังออกจากท่าเรือ", "(ภาพ: ธนา ใจดี)"),
    ("قایق‌ها بندر را ترک می‌کنند. عکس: نیما رستگار", "قایق‌ها بندر را ترک می‌کنند.", "عکس: نیما رستگار"),
]


@pytest.mark.parametrize(("printed", "caption", "line"), SPLITS)
def test_a_credit_is_taken_off_the_caption(printed, caption, line):
    split = split_text(printed)
    assert (split.caption, split.line) == (caption, line)


@pytest.mark.parametrize(
    "printed",
    [
        "Boats leave the harbour and more.",
        "The source of the river, seen from above",
        "Photo of Ana Lima at the harbour",
        "Ana Lima (left) and Jan Kurz (right)",
        "Picture shows the harbour (centre) in May",
        "FILE: boats leave the harbour in May 2021, when the quay was closed for repairs to the old wall.",
        "The boats left either/or not",
        "孩子们在堤坝上。他画了一张草图",
    ],
)
def test_words_that_only_look_like_a_credit_stay_in_the_caption(printed):
    assert split_text(printed).caption == printed


@pytest.mark.parametrize(
    ("line", "creator", "agency"),
    [
        ("Photo: Ana Lima/AFP", "Ana Lima", "AFP"),
        ("© dpa | Ana Lima", "Ana Lima", "dpa"),
        ("Photo by ANA LIMA /AFP via Getty Images", "ANA LIMA", "AFP via Getty Images"),
        ("(Ana Lima via AP)", "Ana Lima", "AP"),
        ("Ana Lima, AFP", "Ana Lima", "AFP"),
        ("Ana Lima (REUTERS)", "Ana Lima", "REUTERS"),
        ("Foto: Ana Lima", "Ana Lima", None),
        ("Getty Images", None, "Getty Images"),
        ("Foto: Screenshot/Kanal", None, "Screenshot/Kanal"),
        ("Foto / Ana Lima", "Ana Lima", None),
        ("(Ana Lima/The Port Times via AP)", "Ana Lima", "The Port Times/AP"),
        ("© Ana Lima/dpa | ANA LIMA", "Ana Lima", "dpa"),
        ("Bildrechte: XYR/Ana Lima", "Ana Lima", "XYR"),
        ("Staff photo by Ana Lima", "Ana Lima", None),
        ("사진=김하나 기자", "김하나", None),
        ("（圖／記者王五攝）", "王五", None),
        ("新华社记者 王五 摄", "王五", "新华社"),
        ("Foto: Especial", None, None),
    ],
)
def test_photographer_and_agency_are_told_apart(line, creator, agency):
    credit = read_credit(line)
    assert (credit.line, credit.creator, credit.agency) == (line, creator, agency)


def test_what_markup_calls_a_credit_is_the_credit():
    split = split_runs([Run("Boats in the harbour"), Run("Lima Ana Estate", credit=True, apart=True)])
    assert (split.caption, split.line) == ("Boats in the harbour", "Lima Ana Estate")


def test_photographer_and_agency_in_elements_of_their_own_are_two():
    runs = [Run("Boats in the harbour"), Run("Ana Lima", credit=True, apart=True), Run("Port Radio", credit=True, apart=True)]
    credit = read_credit(split_runs(runs).line)
    assert (credit.creator, credit.agency) == ("Ana Lima", "Port Radio")


def test_a_label_before_a_marked_credit_belongs_to_it():
    split = split_runs([Run("Boats in the harbour. Photo: "), Run("Ana Lima", credit=True, apart=True)])
    assert (split.caption, split.line) == ("Boats in the harbour.", "Photo: Ana Lima")


def test_a_label_in_an_element_of_its_own_is_joined_with_the_name():
    split = split_runs([Run("Boats in the harbour", apart=True), Run("Image Credits:", apart=True, slanted=True), Run(" Ana Lima")])
    assert (split.caption, split.line) == ("Boats in the harbour", "Image Credits: Ana Lima")


def test_an_agency_behind_a_full_stop_is_the_agency_and_initials_end_no_name():
    credits = [read_credit(line) for line in ("(Photo Ana Lima. AFP)", "Photo: J. K. Oak. Reuters", "Photo Ana P. Reuters")]
    assert [(credit.creator, credit.agency) for credit in credits] == [
        ("Ana Lima", "AFP"), ("J. K. Oak", "Reuters"), (None, "Ana P. Reuters")
    ]  # fmt: skip


def test_a_label_alone_is_no_credit_though_the_page_marks_it_as_one():
    split = split_runs([Run("The captain on the bridge. | Sea News"), Run("Photos", credit=True, apart=True)])
    assert (split.caption, split.line) == ("The captain on the bridge.", "Sea News")


def test_a_name_in_italics_within_the_sentence_is_no_credit():
    split = split_runs([Run("Crew of the ferry "), Run("Santa Ana", apart=True, slanted=True)])
    assert (split.caption, split.line) == ("Crew of the ferry Santa Ana", None)


def test_what_follows_the_alt_text_is_the_credit():
    split = split_runs([Run("Boats leave the old harbour Ana Lima")], ["Boats leave the old harbour"])
    assert (split.caption, split.line) == ("Boats leave the old harbour", "Ana Lima")


def test_words_of_the_page_are_no_part_of_a_caption():
    assert split_runs([Run("Boats in the harbour. Foto: Ana Lima Vis mer")]).line == "Foto: Ana Lima"


@pytest.mark.parametrize("credit", ["(AP Photo/Jane Doe)", "(Jane Doe/Reuters)", "(AFP/Max)"])
def test_a_name_before_a_whole_credit_is_the_caption_of_a_portrait(credit):
    assert split_text(f"Ana Lima {credit}")[:2] == ("Ana Lima", credit)
    assert split_text("Ana Lima (Reuters)")[:2] == ("", "Ana Lima (Reuters)")


def test_a_credit_that_stands_in_the_caption_and_beside_it_is_told_once():
    runs = [Run("Boats leave the old harbour. (AP Photo/Ana Lima)", apart=True), Run("Ana Lima/AP", apart=True)]
    assert split_runs(runs)[:2] == ("Boats leave the old harbour.", "Ana Lima/AP")


def test_a_caption_that_was_left_empty_leaves_no_full_stop_before_the_credit():
    assert split_text(". Imagen: EFE")[:2] == ("", "Imagen: EFE")


def test_a_caption_that_is_given_twice_is_kept_once():
    whole = "Boats leave the old harbour at the first light of a day in May."
    split = split_runs([Run(whole[:40] + "…", apart=True), Run(whole, apart=True), Run("Ana Lima", credit=True, apart=True)])
    assert split.caption == whole


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_caption_and_a_credit(text):
    split = split_text(text)
    read_credit(split.line or text)
    split_runs([Run(text, apart=True), Run(text[::-1], apart=True, credit=True)], [text[:50]])


@pytest.mark.parametrize("piece", ["Photo: ", "(", "Foto by ", "A. ", " / ", "© ", "AP/", "a b", "．"])
def test_long_hostile_texts_are_read_in_bounded_time(piece):
    with comes_to_an_end():
        split_text(piece * 5_000)


@pytest.mark.parametrize(
    ("printed", "caption", "creator", "agency"),
    [
        ("Workers clear the trail on Tuesday. (AP Photo/Jane Doe, File)", "Workers clear the trail on Tuesday.", "Jane Doe", "AP Photo"),
        ("Workers clear the trail on Tuesday. REUTERS/Jane Doe/File Photo", "Workers clear the trail on Tuesday.", "Jane Doe", "REUTERS"),
        ("Workers clear the trail on Tuesday. Photo by Jane Doe for The Post", "Workers clear the trail on Tuesday.", "Jane Doe", None),
        ("Workers clear the trail on Tuesday. Submitted photo", "Workers clear the trail on Tuesday.", None, None),
        ("Zamknięty wjazd na most w Zalesiu Fot. Piotr Nowicki / PAP", "Zamknięty wjazd na most w Zalesiu", "Piotr Nowicki", "PAP"),
        ("A ponte do vale (Foto: Divulgação)", "A ponte do vale", None, None),
        ("Jembatan di lembah. KOMPAS.com/SITI RAHMA", "Jembatan di lembah.", "SITI RAHMA", "KOMPAS.com"),
        ("جسر في الوادي (تصوير: ليلى حداد - رويترز)", "جسر في الوادي", "ليلى حداد", "رويترز"),
        ("جسر في الوادي (أ ف ب)", "جسر في الوادي", None, "أ ف ب"),
        ("घाटी का पुल। फोटो- पीटीआई", "घाटी का पुल।", None, "पीटीआई"),
    ],
)
def test_a_credit_names_persons_and_agencies_in_any_script_and_nobody_else(
    printed: str, caption: str, creator: str | None, agency: str | None
) -> None:
    split = split_text(printed)
    assert split.line is not None
    assert (split.caption, read_credit(split.line)[1:]) == (caption, (creator, agency))


@pytest.mark.parametrize(
    ("printed", "creator", "agency"),
    [
        ("(Luis Ferrer/AP) Parents react after the vote.", "Luis Ferrer", "AP"),
        ("Photo: Luis Ferrer/AP | Parents react after the vote.", "Luis Ferrer", "AP"),
        ("Parents react after the vote. (Submitted by Luis Ferrer)", "Luis Ferrer", None),
        ("Parents react after the vote. Photo courtesy of the Millbrook Fire Department.", "Millbrook Fire Department", None),
    ],
)
def test_a_credit_may_stand_before_the_caption_or_thank_somebody(printed: str, creator: str, agency: str | None) -> None:
    split = split_text(printed)
    assert split.line is not None
    assert (split.caption, read_credit(split.line)[1:]) == ("Parents react after the vote.", (creator, agency))


def test_two_linked_names_with_a_word_between_are_one_credit() -> None:
    split = split_runs([Run("Photo by Luis Ferrer", apart=True), Run("on"), Run("Unsplash", apart=True)])
    assert (split.caption, read_credit(split.line or "")[1:]) == ("", ("Luis Ferrer", "Unsplash"))
