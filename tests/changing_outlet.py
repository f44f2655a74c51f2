"""A newspaper whose every edit is written down beforehand: what changes on which day, and what an archive should make of it.

All texts are invented. Every page differs in its advertisement each day, so that each is fetched whole and read again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

PUBLISHED = "2026-03-02T18:00:00+00:00"
DAYS = {number: f"2026-03-{number + 1:02}T20:00:00+00:00" for number in (1, 2, 3, 4)}
EDITED_AT = {number: f"2026-03-{number + 1:02}T15:00:00+00:00" for number in DAYS}


@dataclass(frozen=True)
class Text:
    """A story as it stands on a day."""

    headline: str
    paragraphs: tuple[str, ...]
    standfirst: str = ""
    modified: str = ""
    note: str = ""  # beside the text
    caption: str = "The old bridge seen from the mill."
    language: str = "en"


@dataclass(frozen=True)
class Expected:
    """A revision after the first."""

    change: str
    stealth: bool = False
    returns_to: int | None = None


Edit = Callable[[Text], Text]


@dataclass(frozen=True)
class Story:
    path: str
    first: Text
    edits: dict[int, Edit]  # by day, each of the text of the day before
    expected: tuple[Expected, ...] = ()

    def on(self, day: int) -> Text:
        text = self.first
        for number in range(2, day + 1):
            text = self.edits.get(number, lambda same: same)(text)
        return text


def words(old: str, new: str) -> Edit:
    """Other words in one place of the text."""

    def edit(text: Text) -> Text:
        assert sum(old in paragraph for paragraph in text.paragraphs) == 1, old
        return replace(text, paragraphs=tuple(paragraph.replace(old, new) for paragraph in text.paragraphs))

    return edit


def given(**fields: str) -> Edit:
    return lambda text: replace(text, **fields)


def as_it_was(text: Text) -> Text:
    return text


def added(*paragraphs: str) -> Edit:
    return lambda text: replace(text, paragraphs=(*text.paragraphs, *paragraphs))


def both(*edits: Edit) -> Edit:
    def edit(text: Text) -> Text:
        for each in edits:
            text = each(text)
        return text

    return edit


def punctuation(text: Text) -> Text:
    """Curly quotes, other dashes and spaces, a comma here and there."""
    signs = {'"': "”", " - ": " – ", "'": "’", ". ": ".  ", "。": "。 ", " que ": "  que "}
    changed = []
    for paragraph in text.paragraphs:
        for old, new in signs.items():
            paragraph = paragraph.replace(old, new)
        changed.append(paragraph)
    return replace(text, paragraphs=tuple(changed), headline=text.headline + "!")


STEALTH, TEXT = Expected("substantive", stealth=True), Expected("substantive")


@dataclass(frozen=True)
class Tongue:
    """A story in a language, one change of fact in it, and how a newsroom of the language owns up to that."""

    text: Text
    swap: tuple[str, str]
    correction: str
    update: str


def tongue(language: str, headline: str, paragraphs: tuple[str, ...], swap: tuple[str, str], correction: str, update: str) -> Tongue:
    return Tongue(Text(headline, paragraphs, language=language), swap, correction, update)


TONGUES = (
    tongue(
        "en",
        "Council decides on the mill bridge",
        (
            "The council of the valley voted 4-1 on Monday to approve the repair of the mill bridge before the autumn floods come again.",
            'The work will cost 400,000 dollars, "not a cent more", said the engineer Ada Quill, who saw the piers - and take a year.',
            "Farmers on the west bank had asked for years that heavy wagons be let across, as the way round is eleven miles long.",
            "A ferry will carry people, bicycles and small carts while the bridge is closed; it leaves every twenty minutes until ten.",
        ),
        ("approve", "reject"),
        "Correction: An earlier version of this story misstated the vote. The council did reject the repair.",
        "Update: This story now has the council's decision to reject the repair.",
    ),
    tongue(
        "de",
        "Gemeinderat stimmt über die Mühlbrücke ab",
        (
            "Der Gemeinderat hat am Montag nach langer Debatte beschlossen, die alte Mühlbrücke vor den Herbstfluten zu erneuern.",
            'Die Arbeiten kosten 400.000 Euro, "und keinen Cent mehr", sagte die Ingenieurin Ada Quill, die die Pfeiler geprüft hat.',
            "Bauern am Westufer hatten seit Jahren verlangt, dass schwere Wagen hinüber dürfen, denn der Umweg ist elf Meilen lang.",
            "Eine Fähre bringt Fußgänger und Fahrräder hinüber, solange die Brücke gesperrt ist; sie fährt alle zwanzig Minuten.",
        ),
        ("400.000 Euro", "900.000 Euro"),
        "Korrektur: In einer früheren Version stand eine falsche Summe. Die Arbeiten kosten 900.000 Euro.",
        "Aktualisierung: Dieser Text nennt jetzt die neue Summe von 900.000 Euro.",
    ),
    tongue(
        "fr",
        "Le conseil vote sur le pont du moulin",
        (
            "Le conseil de la vallée a décidé lundi de réparer le vieux pont du moulin avant le retour des crues de l'automne.",
            "Les travaux dureront un an, a dit l'ingénieure Ada Quill, qui a examiné les piles et la voûte pendant tout l'hiver.",
            "Les paysans de la rive ouest demandaient depuis des années que les chariots lourds puissent passer par le pont.",
            "Un bac transportera les piétons et les vélos tant que le pont sera fermé; il part toutes les vingt minutes.",
        ),
        ("a décidé lundi", "a décidé mardi"),
        "Rectificatif : le conseil a voté mardi et non lundi, comme nous l'avions écrit.",
        "Mise à jour : cet article précise que le vote a eu lieu mardi.",
    ),
    tongue(
        "es",
        "El concejo vota sobre el puente del molino",
        (
            "El concejo del valle decidió el lunes reparar el viejo puente del molino antes de que vuelvan las crecidas del otoño.",
            "Las obras durarán doce meses, dijo la ingeniera Ada Quill, que examinó los pilares y la bóveda durante el invierno.",
            "Los campesinos de la orilla oeste pedían desde hace años que los carros pesados pudieran cruzar por el puente.",
            "Una barca llevará a peatones y bicicletas mientras el puente esté cerrado; sale cada veinte minutos hasta las diez.",
        ),
        ("doce meses", "treinta meses"),
        "Fe de errores: las obras durarán treinta meses y no doce, como decía este artículo.",
        "Actualización: esta noticia incluye el nuevo plazo de treinta meses.",
    ),
    tongue(
        "pt",
        "Conselho vota sobre a ponte do moinho",
        (
            "O conselho do vale decidiu na segunda-feira reparar a velha ponte do moinho antes que voltem as cheias do outono.",
            "As obras vão custar 400 mil reais, disse a engenheira Ada Quill, que examinou os pilares durante todo o inverno.",
            "Os agricultores da margem oeste pediam há anos que as carroças pesadas pudessem atravessar pela ponte antiga.",
            "Uma balsa levará pedestres e bicicletas enquanto a ponte estiver fechada; ela sai a cada vinte minutos.",
        ),
        ("Ada Quill", "Ida Quell"),
        "Errata: a engenheira se chama Ida Quell, e não Ada Quill, como informado antes.",
        "Atualização: o texto traz agora o nome correto da engenheira, Ida Quell.",
    ),
    tongue(
        "sv",
        "Rådet röstar om kvarnbron",
        (
            "Dalens råd beslöt på måndagen att laga den gamla kvarnbron innan höstens översvämningar kommer tillbaka igen.",
            "Arbetet kostar 400 tusen kronor, sade ingenjören Ada Quill, som har undersökt bropelarna under hela vintern.",
            "Bönderna på västra stranden hade i många år begärt att tunga vagnar skulle få köra över den gamla bron.",
            "En färja tar över gående och cyklar medan bron är stängd; den går var tjugonde minut fram till klockan tio.",
        ),
        ("400 tusen", "40 tusen"),
        "Rättelse: Arbetet kostar 40 tusen kronor, inte 400 tusen, som det stod tidigare.",
        "Uppdatering: Texten har nu rätt summa, 40 tusen kronor.",
    ),
    tongue(
        "ja",
        "水車橋の修理を議会が決める",
        (
            "谷の議会は月曜日、秋の洪水が来る前に古い水車橋を修理することを決めた。工事は九月まで続く見通しだという。",
            "工事の費用は四百万円で、橋脚を調べた技師の話では、冬までに終わる予定だ。橋は明治時代に建てられた。",
            "西岸の農家は長年、重い荷車が橋を渡れるように求めていた。回り道は十八キロもあり、半日かかることもある。",
            "橋が閉鎖されている間は、渡し船が人と自転車を運ぶ。船は二十分ごとに出て、夜十時まで運航される。",
        ),
        ("四百万円", "九百万円"),
        "訂正：工事の費用は四百万円ではなく九百万円でした。",
        "更新：工事の費用が九百万円であることを加えました。",
    ),
)  # fmt: skip

EXTRA = "Nobody was hurt when a part of the railing fell into the river on Tuesday night, the harbour office said."


def stories_of(tongue: Tongue) -> list[Story]:
    name, swap = tongue.text.language, words(*tongue.swap)
    corrected, updated = both(swap, added(tongue.correction)), both(swap, added(tongue.update))
    return [
        Story(f"/{name}-swapped-in-silence", tongue.text, {2: swap}, (STEALTH,)),
        Story(f"/{name}-swapped-with-a-date", tongue.text, {2: both(swap, given(modified=EDITED_AT[2]))}, (TEXT,)),
        Story(f"/{name}-swapped-with-a-correction", tongue.text, {3: corrected}, (Expected("correction"),)),
        Story(f"/{name}-swapped-with-an-update", tongue.text, {3: updated}, (Expected("update"),)),
        Story(f"/{name}-with-other-punctuation", tongue.text, {2: punctuation}, (Expected("cosmetic"),)),
        Story(f"/{name}-as-it-was", tongue.text, {}),
    ]


EN = TONGUES[0].text
DATED = replace(EN, modified="2026-03-02T18:30:00+00:00")
SWAP = words("approve", "reject")
SPECIAL = [
    Story("/score-of-a-vote", EN, {2: words("4-1", "3-2")}, (STEALTH,)),
    Story("/a-number", EN, {2: words("400,000", "40,000")}, (STEALTH,)),
    Story("/a-decimal-point", EN, {2: words("eleven miles", "1.5 miles"), 3: words("1.5 miles", "15 miles")}, (STEALTH, STEALTH)),
    Story("/a-weekday", EN, {3: words("on Monday", "on Tuesday")}, (STEALTH,)),
    Story("/paragraphs-in-another-order", EN, {2: lambda text: replace(text, paragraphs=text.paragraphs[::-1])}, (STEALTH,)),
    Story("/a-paragraph-more", EN, {2: added(EXTRA)}, (STEALTH,)),
    Story("/a-paragraph-less", EN, {2: lambda text: replace(text, paragraphs=text.paragraphs[:-1])}, (STEALTH,)),
    Story("/headline-and-text", EN, {2: both(SWAP, given(headline="Council turns the mill bridge down"))}, (STEALTH,)),
    Story("/headline-alone", EN, {2: given(headline="Mill bridge: council votes")}, (Expected("headline"),)),
    Story(
        "/headline-tested",
        EN,
        {2: given(headline="Mill bridge: what now?"), 3: given(headline=EN.headline), 4: given(headline="Mill bridge: what now?")},
        (Expected("headline"), Expected("headline", returns_to=1), Expected("headline", returns_to=2)),
    ),
    Story(
        "/standfirst-alone",
        replace(EN, standfirst="A year of work lies before the valley, and a ferry will run."),
        {2: given(standfirst="A ferry will run, but nobody knows for how long it must.")},
        (Expected("standfirst"),),
    ),
    Story("/capitals-alone", EN, {2: lambda text: replace(text, headline=text.headline.upper())}, (Expected("cosmetic"),)),
    Story("/caption-alone", EN, {2: given(caption="The mill bridge in the floods of last year.")}),
    Story("/date-alone", EN, {2: given(modified=EDITED_AT[2]), 3: SWAP}, (STEALTH,)),
    Story("/date-spelled-otherwise", DATED, {2: given(modified="2026-03-02T10:30:00-08:00")}),
    Story("/text-and-date-spelled-otherwise", DATED, {2: both(SWAP, given(modified="2026-03-02T10:30:00-08:00"))}, (STEALTH,)),
    Story("/text-and-seconds", DATED, {2: both(SWAP, given(modified="2026-03-02T18:30:20+00:00"))}, (STEALTH,)),
    Story("/text-and-a-date-that-is-no-news", EN, {2: both(SWAP, given(modified=PUBLISHED))}, (STEALTH,)),
    Story(
        "/from-a-cache",
        DATED,
        {
            2: both(SWAP, given(modified=EDITED_AT[2])),
            3: lambda text: DATED,
            4: lambda text: both(SWAP, given(modified=EDITED_AT[2]))(text),
        },
        (TEXT, Expected("substantive", returns_to=1), Expected("substantive", returns_to=2)),
    ),
    Story("/taken-back", EN, {2: SWAP, 3: lambda text: EN}, (STEALTH, Expected("substantive", stealth=True, returns_to=1))),
    Story(
        "/corrected-beside-the-text",
        EN,
        {2: both(SWAP, given(note="Correction: An earlier version of this story said that the council would approve the repair."))},
        (Expected("correction"),),
    ),
    Story("/corrected-late", EN, {2: SWAP, 3: added(TONGUES[0].correction)}, (STEALTH, Expected("correction"))),
    Story("/changed-on-the-day-of-another-reader", EN, {4: words("eleven miles", "thirteen miles")}, (STEALTH,)),
    Story(
        "/declared-on-the-day-of-another-reader",
        EN,
        {4: both(words("eleven miles", "thirteen miles"), given(modified=EDITED_AT[4]))},
        (TEXT,),
    ),
]
STORIES = [story for tongue in TONGUES for story in stories_of(tongue)] + SPECIAL


def page(text: Text, day: int) -> str:
    """The page of a story: what surrounds it is another each day."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.paragraphs)
    modified = f"<meta property='article:modified_time' content='{text.modified}'>" if text.modified else ""
    standfirst = f"<p class='standfirst'>{text.standfirst}</p>" if text.standfirst else ""
    note = f"<div class='story-note'><p>{text.note}</p></div>" if text.note else ""
    return (
        f"<!DOCTYPE html><html lang={text.language}><head><title>{text.headline} - Valley Gazette</title>"
        f"<meta property='og:type' content='article'><meta property='article:published_time' content='{PUBLISHED}'>{modified}</head>"
        f"<body><header><a href='/'>Valley Gazette</a></header><div class='ad'>Buy boots number {day}! Boots for the rain.</div>"
        f"<article><h1>{text.headline}</h1>{standfirst}"
        f"<figure><img src='/bridge.jpg' width=800 height=500><figcaption>{text.caption}</figcaption></figure>{paragraphs}</article>{note}"
        f"<aside class='newsletter'><p>Sign up for letter number {day} of our newsroom, every morning at six.</p></aside>"
        f"<aside class='related'><h3>Read more</h3><ul><li><a href='/more-{day}'>The mayor of day {day} speaks</a></li></ul></aside>"
        f"<footer><p>Valley Gazette, copyright of day {day}</p></footer></body></html>"
    )


# --- stories that go away


@dataclass(frozen=True)
class Answer:
    """What stands at an address in a story's place."""

    status: int = 200
    page: str = ""
    leads_to: str = ""


@dataclass(frozen=True)
class Fate:
    """A story that is there on the first day, what stands at its address later, and what an archive should say on the last day."""

    path: str
    answers: dict[int, Answer | None]  # by day, each until the next; None: the story
    pubstatus: str
    kind: str | None  # of its absence
    confirmed_on: int | None = None
    may_be_told_on: int | None = None  # earlier, if things come in a lucky order
    ended_on: int | None = None
    new_home: str | None = None  # where its text is from day 2 on
    new_text: Edit = as_it_was

    def on(self, day: int) -> Answer | None:
        return next((self.answers[number] for number in range(day, 1, -1) if number in self.answers), None)


def own_text(path: str) -> Text:
    """A story with no sentence in common with another one."""
    name = path.rpartition("/")[2].replace("-", " ").title()
    return replace(
        EN, headline=f"{EN.headline} of {name}", paragraphs=tuple(f"In {name}, {each[0].lower()}{each[1:]}" for each in EN.paragraphs)
    )


def whole_page(title: str, text: str) -> str:
    return f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"


def teaser(path: str, plugin: bool = False) -> str:
    """The first paragraph and a wall: as the page's data declare it, or as a plugin of WordPress puts one up."""
    text = own_text(path)
    if plugin:
        wall = "<div class='mepr-unauthorized-message'><p>You are unauthorized to view this page.</p></div>"
        return page(replace(text, paragraphs=text.paragraphs[:1]), 2).replace("</article>", f"{wall}</article>")
    told = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s", "isAccessibleForFree": false}</script>'
    return page(replace(text, paragraphs=text.paragraphs[:1]), 2).replace("</head>", told % text.headline + "</head>")


GONE, FORBIDDEN, BROKEN, SILENT = Answer(404), Answer(403), Answer(500), Answer(0)
NOT_FOUND = Answer(page=whole_page("Page not found", "Sorry, the page you are looking for cannot be found."))
BOT_WALL = Answer(page=whole_page("Just a moment...", "Checking your browser. Please enable JavaScript and cookies."))
SECTION = whole_page("Politics", "Stories of the valley's politics.")
ABOUT = whole_page("About this newspaper", "The Valley Gazette has been printed since 1901.")
NOTHING_HERE = "/nothing-is-here-for-you-today"
OTHER_PAGES = {"/politics/": SECTION, "/about-us": ABOUT, NOTHING_HERE: NOT_FOUND.page}
FATES = [
    Fate("/answered-with-404", {2: GONE}, "gone", "not_found", confirmed_on=3),
    Fate("/answered-with-410", {2: Answer(410)}, "gone", "gone", confirmed_on=2),
    Fate("/a-page-that-says-not-found", {2: NOT_FOUND}, "gone", "soft_404", confirmed_on=3),
    Fate("/leads-to-the-front-page", {2: Answer(302, leads_to="/")}, "gone", "redirect_home", confirmed_on=3),
    Fate("/leads-to-a-section", {2: Answer(301, leads_to="/politics/")}, "gone", "redirect_section", confirmed_on=3),
    Fate("/leads-to-a-page", {2: Answer(301, leads_to="/about-us")}, "gone", "redirect_section", confirmed_on=3),
    Fate("/leads-to-another-story", {2: Answer(301, leads_to="/en-as-it-was")}, "gone", "redirect_elsewhere", confirmed_on=3),
    Fate(
        "/moved-with-a-redirect",
        {2: Answer(301, leads_to="/politics/the-same-under-a-new-name")},
        "moved",
        "moved",
        confirmed_on=2,
        new_home="/politics/the-same-under-a-new-name",
    ),
    Fate(
        "/moved-with-a-redirect-and-edited",
        {2: Answer(301, leads_to="/politics/edited-under-a-new-name")},
        "moved",
        "moved",
        confirmed_on=2,
        new_home="/politics/edited-under-a-new-name",
        new_text=words("eleven", "thirteen"),
    ),
    Fate("/moved-without-a-word", {2: GONE}, "moved", "moved", confirmed_on=2, new_home="/politics/now-called-otherwise"),
    Fate(
        "/moved-without-a-word-and-edited",
        {2: GONE},
        "moved",
        "moved",
        confirmed_on=3,
        may_be_told_on=2,  # where the new address is read before the old one is looked at
        new_home="/politics/moved-without-a-word-and-edited",
        new_text=words("eleven", "thirteen"),
    ),
    Fate("/behind-a-wall", {2: Answer(page=teaser("/behind-a-wall"))}, "live", "paywalled", confirmed_on=3),
    Fate("/behind-a-membership", {2: Answer(page=teaser("/behind-a-membership", plugin=True))}, "live", "paywalled", confirmed_on=3),
    Fate("/leads-to-a-login", {2: Answer(302, leads_to="/wp-login.php?redirect_to=there")}, "live", "paywalled", confirmed_on=3),
    Fate("/leads-to-a-page-that-says-not-found", {2: Answer(302, leads_to=NOTHING_HERE)}, "gone", "soft_404", confirmed_on=3),
    Fate("/closed/to-robots", {}, "live", "robots", confirmed_on=3),
    Fate("/forbidden-for-a-while", {2: FORBIDDEN}, "live", None),
    Fate("/on-a-broken-server", {2: BROKEN}, "live", None),
    Fate("/without-an-answer", {2: SILENT}, "live", None),
    Fate("/behind-a-bot-wall", {2: BOT_WALL}, "live", None),
    Fate("/away-for-a-day", {2: GONE, 3: None}, "live", "not_found", ended_on=3),
    Fate("/taken-down-and-put-back", {2: GONE, 4: None}, "live", "not_found", confirmed_on=3, ended_on=4),
    Fate("/behind-a-wall-for-a-day", {2: Answer(page=teaser("/behind-a-wall-for-a-day")), 3: None}, "live", "paywalled", ended_on=3),
    Fate("/there-all-the-time", {}, "live", None),
]
ROBOTS = {1: "User-agent: *\nDisallow: /private/\n", 2: "User-agent: *\nDisallow: /closed/\n"}
