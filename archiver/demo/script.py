"""What the bundled outlet prints on each of its four days: the stories as they then are, and what a reader should find."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
FIRST_DAY = date(2026, 3, 2)
DAYS = 4
PER_PAGE = 8  # stories on the front page, and on the pages behind it
CRAWL_HOUR = 23  # local: each day is looked at when it is over


@dataclass(frozen=True, slots=True)
class Picture:
    markup: str  # figure, wp-caption, bare
    caption: str
    credit: str
    name: str  # file name


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it is on one day."""

    id: int  # WordPress post id
    slug: str
    section: str
    headline: str
    body: tuple[str, ...]
    published: datetime  # with zone
    modified: datetime  # as the outlet declares it
    label: str | None = None  # printed behind the headline: "… | the world"
    standfirst: str | None = None
    byline: str | None = None
    dateline: str | None = None
    agency: str | None = None
    language: str = "en"
    theme: str = "block"
    jsonld: bool = True
    keywords: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    video: str | None = None
    note: str | None = None  # update or correction
    wire_copy_of: str | None = None
    gone: str | None = None  # "gone" (410) or "home" (redirect)
    advert: int = 1  # which advertisement stands beside it
    front_headline: str | None = None  # another one, on the front page

    @property
    def path(self) -> str:
        return f"/{self.published:%Y/%m/%d}/{self.slug}/"

    @property
    def printed_headline(self) -> str:
        return f"{self.headline} | {self.label}" if self.label else self.headline

    @property
    def words_on_front_page(self) -> str:
        return self.front_headline or self.printed_headline


@dataclass(frozen=True, slots=True)
class Standing:
    """A story on the front page, from the first to the last day on which it stood there under the same words."""

    path: str
    words: str
    first_day: int
    last_day: int
    best_position: int
    last_position: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What an archive should know after the crawl of one day."""

    live: tuple[Story, ...]
    new: tuple[Story, ...]
    changed: tuple[tuple[Story, str], ...]  # with the kind of change: update, correction, stealth, headline
    vanished: tuple[Story, ...]  # up to this day


def crawl_time(day: int) -> datetime:
    """When the day's crawl is made, UTC."""
    return datetime.combine(FIRST_DAY + timedelta(days=day - 1), time(CRAWL_HOUR), ZONE).astimezone(UTC)


@cache
def stories_on(day: int) -> tuple[Story, ...]:
    """Every story that was ever online up to `day`, newest first, as it is on that day."""
    told = [_on_day(index, facts, day) for index, facts in enumerate(_script()) if facts["day"] <= day]
    return tuple(sorted(told, key=lambda story: story.published, reverse=True))


@cache
def truth(day: int) -> Truth:
    today = stories_on(day)
    facts = {item["slug"]: item for item in _script()}
    changed = tuple((story, kind) for story in today if (kind := _change_on(facts[story.slug], day)))
    return Truth(
        live=tuple(story for story in today if not story.gone),
        new=tuple(story for story in today if facts[story.slug]["day"] == day),
        changed=changed,
        vanished=tuple(story for story in today if story.gone),
    )


@cache
def front_page(day: int) -> tuple[Story, ...]:
    """Its stories, from the first down."""
    return truth(day).live[:PER_PAGE]


@cache
def standings(day: int) -> tuple[Standing, ...]:
    """What stood on the front page up to a day."""
    if day < 1:
        return ()
    found = list(standings(day - 1))
    for position, story in enumerate(front_page(day), 1):
        new = Standing(story.path, story.words_on_front_page, day, day, position, position)
        before = next((each for each in found if (each.path, each.words, each.last_day) == (new.path, new.words, day - 1)), None)
        if before:
            found.remove(before)
            new = replace(new, first_day=before.first_day, best_position=min(before.best_position, position))
        found.append(new)
    return tuple(found)


KINDS = {"update": "update", "correction": "correction", "stealth": "stealth", "headline_change": "headline"}


def _change_on(facts: dict, day: int) -> str | None:
    return next((kind for key, kind in KINDS.items() if facts.get(key, {}).get("day") == day), None)


@cache
def _script() -> tuple[dict, ...]:
    text = files("archiver.demo").joinpath("stories.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["story"])


def _on_day(index: int, facts: dict, day: int) -> Story:
    published = _at(facts["day"], facts["time"])
    pictures = tuple(
        Picture(item["markup"], item["caption"], item["credit"], f"{facts['slug']}-{number}.png")
        for number, item in enumerate(facts["images"], 1)
    )
    story = Story(
        id=100 + index,
        slug=facts["slug"],
        section=facts["section"],
        headline=facts["headline"],
        body=tuple(facts["body"]),
        published=published,
        modified=published + timedelta(minutes=4),
        pictures=pictures,
        keywords=tuple(facts["keywords"]),
        jsonld=facts["jsonld"],
        theme=facts["theme"],
        **{
            key: facts[key]
            for key in ("label", "standfirst", "byline", "dateline", "agency", "language", "video", "wire_copy_of")
            if key in facts
        },
    )
    for key, change in ((key, facts[key]) for key in (*KINDS, "gone", "to_home", "advert_change") if key in facts):
        if change["day"] <= day:
            story = _changed(story, key, change)
    shown = facts.get("front_page", {"days": ()})
    return replace(story, front_headline=shown["headline"]) if day in shown["days"] else story


def _changed(story: Story, key: str, change: dict) -> Story:
    if key in ("gone", "to_home"):
        return replace(story, gone="gone" if key == "gone" else "home")
    if key == "advert_change":
        return replace(story, advert=2)
    if key == "headline_change":
        return replace(story, headline=change["headline"], modified=_at(change["day"], "11:00"))
    old, new = change["replace"]
    body = tuple(paragraph.replace(old, new) for paragraph in story.body)
    if key == "stealth":
        return replace(story, body=body)
    return replace(story, body=body, note=change["note"], modified=_at(change["day"], "12:30"))


def _at(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(FIRST_DAY + timedelta(days=day - 1), time(hour, minute), ZONE)
