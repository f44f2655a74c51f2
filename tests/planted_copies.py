"""Invented stories for finding copies: originals, what other desks made of them, and what only looks like a copy."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import combinations

from archiver.records import Article
from archiver.store import Archive, CaptureRow, Reading

DAY_1 = datetime(2026, 3, 2, 6, tzinfo=UTC)
SITES = [f"site_{number}" for number in range(12)]
SMALL_WORDS = {
    language: tuple(words.split())
    for language, words in (
        ("en", "the of and to in a that it was on for with as at by from his her their an is are said has had were not but who will"),
        ("de", "der die das und in zu den mit von auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach"),
        ("es", "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque"),
    )
}
MARKS = [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("‘", "’")]

Text = list[list[str]]  # paragraphs of sentences


@dataclass(frozen=True)
class Planted:
    """A story, and which text it is a copy of."""

    name: str
    site: str
    published: datetime
    text: str
    of: str  # stories of one value are copies of each other

    def article(self) -> Article:
        words = self.text.split() if " " in self.text else list(self.text)
        return Article(
            url=f"https://{self.site.replace('_', '-')}.example/{self.name}",
            headline=f"Story {self.name}",
            article_body=self.text,
            word_count=len(words),
            text_hash=sha256(f"Story {self.name}\n{self.text}".encode()).hexdigest(),
            date_published_utc=f"{self.published:%Y-%m-%dT%H:%M:%SZ}",
            date_precision="second",
        )


class Desk:
    """Writes sentences; two desks of one seed write the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.topics = [[self.word() for _ in range(160)] for _ in range(12)]
        self.signs = [[chr(self.random.randrange(0x4E00, 0x9000)) for _ in range(160)] for _ in range(3)]

    def word(self) -> str:
        return "".join(self.random.choice("bdfgklmnprstvz") + self.random.choice("aeiou") for _ in range(self.random.randint(2, 4)))

    def sentence(self, topic: int, language: str = "en") -> str:
        r = self.random
        if language == "zh":
            return "".join(r.choice(self.signs[topic % 3]) for _ in range(r.randint(12, 30))) + "。"
        words = [
            r.choice(SMALL_WORDS[language]) if r.random() < 0.45 else self.topics[topic][min(int(r.expovariate(0.03)), 159)]
            for _ in range(r.randint(8, 24))
        ]
        return " ".join([words[0].capitalize(), *words[1:]]) + "."

    def text(self, topic: int, language: str = "en", paragraphs: tuple[int, int] = (6, 14)) -> Text:
        return [[self.sentence(topic, language) for _ in range(self.random.randint(1, 3))] for _ in range(self.random.randint(*paragraphs))]

    def edited(self, text: Text, share: float, topic: int, language: str = "en") -> Text:
        """Another desk's form: of `share` of the sentences a third each is cut, replaced and reworded; at times another lead, a
        paragraph of its own, and no tail.
        """
        r = self.random
        places = [(p, s) for p, sentences in enumerate(text) for s in range(len(sentences))]
        changed = {place: r.choice(("cut", "replaced", "reworded")) for place in r.sample(places, round(share * len(places)))}
        edited = [
            [told for s, sentence in enumerate(sentences) if (told := self.edit(sentence, changed.get((p, s)), topic, language))]
            for p, sentences in enumerate(text)
        ]
        if share and r.random() < 0.5:
            edited[0] = [self.sentence(topic, language), *edited[0][1:]]
        if share and r.random() < 0.5:
            edited.insert(r.randrange(1, len(edited)), [self.sentence(topic, language), self.sentence(topic, language)])
        if share and r.random() < 0.3:
            edited = edited[:-1]
        return [sentences for sentences in edited if sentences]

    def edit(self, sentence: str, how: str | None, topic: int, language: str) -> str:
        if how == "cut":
            return ""
        if how == "replaced":
            return self.sentence(topic, language)
        if how == "reworded":
            r = self.random
            if language == "zh":
                return "".join(r.choice(self.signs[topic % 3]) if r.random() < 0.3 else sign for sign in sentence)
            return " ".join(r.choice(self.topics[topic]) if r.random() < 0.3 else word for word in sentence.split())
        return sentence


def as_body(text: Iterable[Sequence[str]]) -> str:
    return "\n\n".join(" ".join(sentences) for sentences in text)


def copies(desk: Desk, originals: int = 300) -> list[Planted]:
    """Originals, most of them with one to four copies in other outlets within a week; their words come from twelve topics."""
    r, told = desk.random, []
    for number in range(originals):
        topic, language = number % 12, ("en", "en", "en", "de", "es", "zh")[number % 6]
        text = desk.text(topic, language)
        at = DAY_1 + timedelta(minutes=r.randrange(60 * 24 * 60))
        sites = r.sample(SITES, 5)
        told.append(Planted(f"{number}-0", sites[0], at, as_body(text), f"text {number}"))
        for copy in range(1, r.randint(1, 5)):
            share = r.choice((0.0, 0.1, 0.2, 0.3))
            later = at + timedelta(minutes=r.randrange(7 * 24 * 60))
            body = as_body(desk.edited(text, share, topic, language))
            told.append(Planted(f"{number}-{copy}", sites[copy], later, body, f"text {number}"))
    return told


def look_alikes(desk: Desk) -> list[Planted]:
    """Stories that share much and are no copies: long quotations, what a site prints under each of its stories, forms filled in."""
    return [*shared_quotations(desk), *shared_boilerplate(desk), *forms(desk)]


def shared_quotations(desk: Desk, conferences: int = 20) -> list[Planted]:
    """Three reporters at one press conference: the same quotations, in the marks that their papers use, each in words of their own."""
    told = []
    for number in range(conferences):
        topic, at = number % 12, DAY_1 + timedelta(days=2 * number)
        said = [" ".join(desk.sentence(topic) for _ in range(4)) for _ in range(4)]
        for reporter in range(3):
            before, after = MARKS[(number + reporter) % len(MARKS)]
            parts = [[part] for quotation in said for part in (desk.sentence(topic), f"{before}{quotation}{after} said the mayor.")]
            own = as_body([*parts, *desk.text(topic, paragraphs=(1, 2))])
            told.append(Planted(f"quoted-{number}-{reporter}", SITES[reporter], at, own, f"quoted {number} {reporter}"))
    return told


def shared_boilerplate(desk: Desk) -> list[Planted]:
    """Briefs with what their site prints under each story, which is longer than the brief; an agency's lines stand on all sites."""
    agency, told = desk.sentence(1) + " " + desk.sentence(1), []
    for number, site in enumerate(SITES[:4]):
        footer = [[desk.sentence(topic) for topic in (1, 2, 3, 4, 5)], [agency]]
        for day in range(12):
            brief = desk.text(day % 12, paragraphs=(2, 2))
            name = f"brief-{number}-{day}"
            told.append(Planted(name, site, DAY_1 + timedelta(days=day), as_body([*brief, *footer]), name))
    return told


def forms(desk: Desk) -> list[Planted]:
    """Weather, results, obituaries: the same sentences each day, with other numbers and names in them."""
    told = []
    for kind, fixed in (("weather", 6), ("results", 4), ("obituary", 5)):
        for site in SITES[:3]:
            form = [[desk.sentence(7).split(), desk.sentence(8).split()] for _ in range(fixed)]
            for day in range(10):
                text = [[" ".join(filled(desk, words, 6)) for words in sentences] for sentences in form]
                text.append([desk.sentence(9), desk.sentence(9)])
                name = f"{kind}-{day}"
                told.append(Planted(name, site, DAY_1 + timedelta(days=day), as_body(text), f"{kind} {site} {day}"))
    return told


def filled(desk: Desk, words: Sequence[str], every: int) -> list[str]:
    """A form's sentence with something of the day in every so many words."""
    return [desk.word() if place % every == every - 1 else word for place, word in enumerate(words)]


def save(archive: Archive, stories: Iterable[Planted]) -> dict[str, int]:
    """Stores them as if crawled, each by itself. Returns their article ids by url."""
    ids = {}
    for story in stories:
        article = story.article()
        at = story.published
        place = {"warc_filename": article.url, "warc_offset": int(at.timestamp()), "warc_length": 1}
        row = CaptureRow(article.url, story.site, at, 200, "kept", **place)
        (capture_id,) = archive.save_captures([row])
        (saved,) = archive.save_articles([Reading(replace(row, id=capture_id), article, "reader/1")], at)
        ids[article.url] = saved.article_id
    return ids


def true_pairs(stories: Sequence[Planted]) -> set[frozenset[str]]:
    groups: dict[str, list[str]] = {}
    for story in stories:
        groups.setdefault(story.of, []).append(story.article().url)
    return {frozenset(pair) for urls in groups.values() for pair in combinations(urls, 2)}


def found_clusters(archive: Archive) -> set[frozenset[str]]:
    """Addresses of the stories of each cluster."""
    rows = archive.db.execute("select cluster_id, url from copies join articles on articles.id = article_id").fetchall()
    clusters: dict[int, set[str]] = {}
    for cluster_id, url in rows:
        clusters.setdefault(cluster_id, set()).add(url)
    return {frozenset(urls) for urls in clusters.values()}


def found_pairs(archive: Archive) -> set[frozenset[str]]:
    return {frozenset(pair) for cluster in found_clusters(archive) for pair in combinations(sorted(cluster), 2)}
