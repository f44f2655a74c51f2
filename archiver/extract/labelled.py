"""Lines of labelled facts and names of reporters, as Chinese sites print them: "来源：新华社 作者：王五 责任编辑：李四"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from archiver.extract.words import read_words
from archiver.unspaced import UNSPACED

LINE_LENGTH = 200  # characters of a line that may hold facts
COLOPHON_LENGTH = 120  # of one that holds nothing else
VALUE_LENGTH = 30  # of a source or a name
TITLE_LENGTH = 80  # of another headline
SIGNED_LENGTH = 40  # of a line that names its reporters
ORIGINAL, ORIGINAL_WITHIN = "原", 6  # characters in which such a line has the first sign of its label
HEAD_LENGTH = 60  # in which the reporters of a dateline stand

HAN = r"\u3400-\u9fff"
OPENING, CLOSING = "（(【[［〔 　", " 　|｜（）()【】［］[]〔〕，,、。;；：:"
NAME = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]{{1,8}}(?:·[{HAN}]{{1,8}}){{1,3}}")
PARTS = re.compile(r"[\s、，,；;/／&＆]+")
SENTENCE = re.compile(r"[。！？!?，]")
DATE = re.compile(r"\d{4}\s?[-/.年]\s?\d|\d{1,2}:\d\d")
SLASH = re.compile(r"\s?[/／丨|｜]\s?")
TITLE_PARTS = re.compile(r"[_|｜]|--?|—+")
BRACKET = re.compile(r"[（(]([^（）()]{4,40})[）)]")
# What a bracket with reporters follows: "新华社北京3月4日电（记者 …）", "本报讯（记者 …）"; or it opens the text, or ends it
PHOTOGRAPHER = frozenset({"摄", "攝", "图", "圖"})
REPORTS = re.compile(rf"[{HAN}]{{0,6}}(?:綜合|综合|採訪)?(?:報導|报导|報道|报道)")  # from where, behind the name
FILED = re.compile(r"(?:讯|訊|电|電|消息|报道|報道)\s?$")


class Fact(NamedTuple):
    """One labelled value: "作者：王五" is ("author", "王五")."""

    kind: str  # author, source, editor, title, fact
    value: str


def grouped(name: str) -> Iterator[tuple[str, str]]:
    """(group, word) for each word of the lines "group: word, word" of words/<name>.txt."""
    for entry in read_words(name):
        group, _, words = entry.partition(": ")
        for word in words.split(","):
            yield group, word.strip()


@cache
def kinds() -> dict[str, str]:
    """Label ▶ kind."""
    return {label: kind for kind, label in grouped("line_labels")}


@cache
def label() -> re.Pattern[str]:
    labels = "|".join(re.escape(word) for word in sorted(kinds(), key=len, reverse=True))
    return re.compile(rf"(?P<label>{labels})(?P<sign>\s*[:：]\s*|\s?[/／|｜]\s?|[ \u3000]+)")


def read_facts(text: str) -> tuple[Fact, ...]:
    """The labelled facts of one short line, in their order; none where it has no label."""
    if len(text) > LINE_LENGTH or text.isascii() or not UNSPACED.search(text):
        return ()
    marks = [mark for mark in label().finditer(text) if is_label(mark, text)]
    if not marks:
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    facts = (Fact(kinds()[mark["label"]], text[mark.end() : end].strip(CLOSING)) for mark, end in zip(marks, ends, strict=True))
    return tuple(fact for fact in facts if fact.value or fact.kind != "fact")


def is_label(mark: re.Match[str], text: str) -> bool:
    """A colon makes a label of most words, a blank or a stroke only at the start of a line or behind a space. "数据来源：" is none."""
    before = text[mark.start() - 1] if mark.start() else " "
    sign, kind = mark["sign"].strip(" \u3000"), kinds()[mark["label"]]
    stands_apart = before in OPENING or before in "\n》|｜" or before.isdigit()
    if sign in (":", "："):
        return stands_apart or (kind != "source" and len(mark["label"]) > 1 and before not in "工原译")
    return stands_apart and (kind in ("author", "editor") or (kind == "source" and sign != "")) and text[mark.end() : mark.end() + 1] != ""


def sources_in(text: str) -> Iterator[str]:
    """Who supplied the text, as "来源：新华社" names it."""
    for fact in read_facts(text):
        value = fact.value.split("\n", 1)[0]
        date = DATE.search(value)
        value = (value[: date.start()] if date else value).strip(CLOSING)
        value = re.split(rf"(?<=[{HAN}])\s", value, maxsplit=1)[0].removesuffix("等")  # "来源: 新华社 举报": what follows is a button
        if fact.kind == "source" and 2 <= len(value) <= VALUE_LENGTH and not SENTENCE.search(value):
            yield value


def authors_in(text: str) -> tuple[str, ...]:
    """The names behind the label of an author."""
    return tuple(name for fact in read_facts(text) if fact.kind == "author" for name in names_in(fact.value))


def names_in(value: str) -> tuple[str, ...]:
    """ "本报记者 张三 李四 整理" gives ("张三", "李四"); names of other kinds and words stay, up to the first that is a sentence's."""
    found: list[str] = []
    date = DATE.search(value)
    for part in PARTS.split((value[: date.start()] if date else value).strip(CLOSING)):
        name = BEHIND_ROLE().sub("", part, count=1).strip(CLOSING)
        if not name or name in words_behind():
            continue
        if len(name) > VALUE_LENGTH or SENTENCE.search(name) or (found and UNSPACED.search(name) and not NAME.fullmatch(name)):
            break
        if found and not UNSPACED.search(name + found[-1]):
            found[-1] = f"{found[-1]} {name}"  # words of one name: "Ann Oak"
        else:
            found.append(name)
    return tuple(found)


@cache
def role_words(side: str) -> tuple[str, ...]:
    return tuple(word for group, word in grouped("reporter_words") if group == side)


@cache
def words_behind() -> frozenset[str]:
    return frozenset(role_words("behind"))


@cache
def BEHIND_ROLE() -> re.Pattern[str]:
    """What stands before a name up to the word that says what the person is: "新京报记者"."""
    return re.compile(rf"^.{{0,14}}?(?:{either('before')})[:：]*(?=.{{2,4}}$|$)")


def either(side: str) -> str:
    return "|".join(sorted(role_words(side), key=len, reverse=True))


def reporters_in(text: str) -> tuple[str, ...]:
    """The reporters whom a line names: as its whole ("扬子晚报记者 张三"), in a bracket of its dateline, or in the one that ends it."""
    if not UNSPACED.search(text):
        return ()
    if len(text) <= SIGNED_LENGTH and (names := signed_alone(text)):
        return names
    for bracket in BRACKET.finditer(text[:HEAD_LENGTH]):
        if (not bracket.start() or FILED.search(text[: bracket.start()])) and (names := signed(bracket[1], ROLE())):
            return names
    end = text[-SIGNED_LENGTH:].rstrip("。 ")
    last = next((bracket for bracket in BRACKET.finditer(end) if bracket.end() == len(end)), None)
    return (authors_in(last[1]) or signed(last[1], ROLE())) if last else ()


def signed_alone(text: str) -> tuple[str, ...]:
    """The names of a line that is nothing else: "扬子晚报记者 张三", "张三/扬子晚报", "張三／台北報導"."""
    names, _, outlet = SLASH.sub("/", text.strip(CLOSING)).partition("/")
    if outlet and (is_outlet(outlet) or REPORTS.fullmatch(outlet)) and all(map(NAME.fullmatch, parts := PARTS.split(names))):
        return tuple(parts)
    return signed(text, ROLE_APART())


def signed(text: str, role: re.Pattern[str]) -> tuple[str, ...]:
    """Names of persons behind a word that says that they are reporters, and nothing else; a photographer is none."""
    text = text.strip(CLOSING)
    opened = role.match(text)
    parts = [BEHIND_ROLE().sub("", part, count=1) for part in PARTS.split(text[opened.end() :])] if opened else []
    names = tuple(part for part in parts if part not in words_behind())
    whole = all(NAME.fullmatch(name) for name in names if name)
    return tuple(filter(None, names)) if whole and PHOTOGRAPHER.isdisjoint(parts) else ()


@cache
def ROLE() -> re.Pattern[str]:
    return re.compile(rf"[^\s，。：:（(]{{0,14}}?(?:{either('before')})[\s:：]*(?=[{HAN}]{{2,4}}(?:[\s、，,]|$))")


@cache
def ROLE_APART() -> re.Pattern[str]:
    """On a line of its own, where "记者手记" is a heading."""
    return re.compile(rf"[^\s，。：:（(]{{0,14}}?(?:{either('before')})[ \u3000]+")


def is_colophon(text: str) -> bool:
    """Whether a line is nothing but who wrote, edited and supplied the text: "（责任编辑：王五）", "编辑 李四", "本报记者 张三"."""
    if len(text) > COLOPHON_LENGTH or text.isascii() or not UNSPACED.search(text):
        return False
    line = text.strip().lstrip(OPENING)
    if len(line) <= SIGNED_LENGTH and signed_alone(line):
        return True
    if label().match(line) is None:
        return False
    facts = read_facts(line)
    return bool(facts) and facts[0].kind != "fact" and all(is_short(fact) for fact in facts)


def is_short(fact: Fact) -> bool:
    if fact.kind == "title":
        return len(fact.value) <= TITLE_LENGTH
    return len(fact.value) <= 2 * VALUE_LENGTH and not SENTENCE.search(fact.value)


def original_title(text: str) -> str | None:
    """The headline where the text comes from: "（原标题：…）"."""
    if ORIGINAL not in text[:ORIGINAL_WITHIN]:
        return None
    line = text.strip().lstrip(OPENING)
    mark = label().match(line) if len(line) <= COLOPHON_LENGTH else None
    if mark is None or kinds()[mark["label"]] != "title":
        return None
    return line[mark.end() :].strip().removesuffix("）").removesuffix(")").strip("《》 ") or None


def is_outlet(name: str) -> bool:
    """Whether a name in signs ends as outlets' names do: "新京报", "参考消息网"."""
    return ends_as(name, ("media",))


def is_body(name: str) -> bool:
    """Whether a name in signs ends as names of outlets, authorities and firms do."""
    return ends_as(name, ("media", "body"))


def ends_as(name: str, groups: tuple[str, ...]) -> bool:
    return len(name) > 2 and not name.isascii() and UNSPACED.search(name) is not None and name.endswith(endings(groups))


@cache
def endings(groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for group, word in grouped("outlet_endings") if group in groups)


def names_the_site(name: str, title: str) -> bool:
    """Whether the page's title ends with the name: "渡轮复航_要闻_苍鹭网", "…--苍鹭网" of "苍鹭网-要闻频道"."""
    if name.isascii() or not UNSPACED.search(name):
        return False
    parts = [part.strip() for part in TITLE_PARTS.split(title)[1:]]
    return any(len(part) > 1 and (part in name or name in part) for part in parts)
