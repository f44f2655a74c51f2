"""Which text of a page belongs to which picture, and which pictures are the story's.

By markup first (figcaption, class names), then by place and wording: a text beside a picture that repeats its alt text, ends
in a credit, or stands alone with it in one box. Everything is read off the page's outline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from archiver.extract.blocks import (
    BLOCK_TAGS,
    BREAK,
    HEADS,
    SILENT_TAGS,
    Block,
    Element,
    Frame,
    Outline,
    Picture,
    Setting,
    is_blank,
    marks_of,
)
from archiver.extract.body import Body
from archiver.extract.credits import Run, is_credit, is_label, is_name_like, split_text
from archiver.extract.evidence import weight
from archiver.extract.noise import ENDS_SENTENCE, is_byline, is_date_line, is_promo, names_only

# Parts of a page whose pictures are not the story's. Softer zones (aside, widget, meta, ui …) hold pictures of the story on many sites.
FOREIGN_ZONES = frozenset(["related", "newsletter", "comments", "nav", "footer", "below", "bio", "ads", "form", "share", "audio"])
FRAME_ZONES = frozenset(["nav", "footer", "comments"])
MAX_CAPTION = 1_200  # characters; a longer text in a figure is a story of its own
MAX_SLANTED = 200  # characters of a caption that nothing but its slanted letters tell
LEAST_OPEN = 20  # characters of a caption that only its missing full stop tells
LEAST_SHARED = 40  # characters of a caption above the text, in one paragraph with its picture
FINISHED = 0.8  # of a story's paragraphs that end as sentences do
LEAST_TAKEN = 4  # blocks of a text among which a short one may be a caption
MAX_BARE = 420  # characters of a caption that only its place tells
BOX_LEVELS = 6  # from a picture up to the box that it shares with its text
CONTROL = 25  # characters of a button's text
THIN = 20  # characters of other text, a counter or a label, that a picture's own box may hold
IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)|/(?:photo|image|gallery|galerie|bild|foto)s?/", re.IGNORECASE)
ZOOM = re.compile(r"zoom|lightbox|fancybox|gallery|galerie|enlarge|full-?screen|popup", re.IGNORECASE)
# Class names of boxes whose picture and text are no picture with its caption.
OTHER_BOX = re.compile(
    r"teaser|info-?box|related|promo|author|autor|profile|avatar|card|icon|logo|newsletter|crosslink|byline|reporter|recommend|product|rating",
    re.IGNORECASE,
)
BY = re.compile(r"(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]a|[Aa]f|[Aa]v|[Dd]oor|Text|Written by|Words by)\s+[A-ZÀ-Ž]")
BYLINE = re.compile(BY.pattern + r"[\w.'’-]+(?:\s(?:(?:von|van|de|und|and|y|et)\s)?[A-ZÀ-Ž][\w.'’-]+){0,5}")
ONLY_TIME = re.compile(r"\d\d?[./]\d\d?[./]\d{2,4}[,\s].{0,60}|.{0,40}\d\d?:\d\d(?:\s\w{1,4}\.?)?")
SIGNED = re.compile(r"[＝=／][^＝=／]{2,20}(?:撮影|提供)[。）)]?$")  # "… ＝田所亮撮影": as Japanese papers sign pictures
POINTERS = frozenset("▲△↑")  # to the picture above, as Chinese papers set captions
COUNTER = re.compile(r"\d{1,3}\s*(?:of|/|von|de|di|av|из)\s*\d{1,3}\s*\|?")  # of a slide show: "1 of 12 |"
PLAYER = re.compile(r"(?:audio|podcast)\W{0,3}\d{1,2}:\d\d\b", re.IGNORECASE)
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b\d{4}\b")
SLANTED = frozenset({"em", "i", "a", "b", "strong", "q", "mark", "u", "abbr", "time"})
WHOLE_PAGE = frozenset({"body", "html", "main"})
NO_BOX = frozenset({"article", "header", "a"})
PARTS = frozenset({"section", "li"})
SLANT = {"em": 1, "/em": -1}
SMALL = {"credit": 1, "/credit": -1}  # as the outline marks <small>
TITLES = frozenset({"h2", "h3", "h4"})
SMALL_HEADS = frozenset({"h5", "h6"})  # in use for their small print
LATE_PICTURES = ("noscript", "picture", "amp-img")  # where an <img> comes by a script
LABEL_TAGS = frozenset({"cite", "small"})


@dataclass(slots=True)
class Unit:
    """A picture's text: where it stands and which rule found it."""

    anchor: Element = field(repr=False)
    setting: Setting = field(repr=False)
    index: int  # place on the page
    rule: str
    pictures: list[Picture] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """What stands in one figure, in order."""

    element: Element
    blocks: list[Block] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)


@dataclass
class Region:
    """Where the story's text is."""

    outline: Outline

    first: int
    last: int
    taken: frozenset[int]  # index of each block of the body
    around: frozenset[Any]  # elements that hold story text: a class name among them says nothing
    articles: frozenset[Any]
    box: Any  # the smallest element with the whole body in it

    @cached_property
    def is_illustrated(self) -> bool:
        """Whether a third of the text stands right behind pictures, a step of a recipe or a place to see each."""
        return 3 * sum(picture.index + 1 in self.taken for picture in self.outline.pictures) > len(self.taken)

    @cached_property
    def is_finished(self) -> bool:
        """Whether nearly all paragraphs of the text end as sentences do: a line that does not is none of them."""
        told = [block for block in self.outline.blocks if block.index in self.taken and block.tag not in HEADS]
        return sum(ENDS_SENTENCE.search(block.text) is not None for block in told) >= FINISHED * len(told) - 1

    @cached_property
    def forms(self) -> tuple[Counter[Form], Counter[Form]]:
        """How often the text's blocks have each form: short ones right behind a picture, and the others."""
        behind = {picture.index + 1 for picture in self.outline.pictures}
        told = [block for block in self.outline.blocks if self.first < block.index <= self.last and not block.is_link]
        below = [block for block in told if block.index in behind and len(block.text) <= MAX_SLANTED]
        others = [block for block in told if block.index in self.taken and not (block.index in behind and len(block.text) <= MAX_SLANTED)]
        return Counter(map(form_of, below)), Counter(map(form_of, others))

    @cached_property
    def thin(self) -> frozenset[Any]:
        """Zones that hold hardly more than captions: "ads" in a class name of a picture's own box."""
        return thin_zones(self.outline)


def story_region(outline: Outline, body: Body) -> Region:
    blocks = body.blocks
    if not blocks:
        return Region(outline, 0, 1 << 30, frozenset(), frozenset(), frozenset(), None)
    around: set[Any] = set()
    articles: set[Any] = set()
    for block in blocks:
        zone = block.setting.zone
        while zone is not None:
            around.add(zone.root)
            zone = zone.outer
        articles.add(block.setting.article)
    for article in list(articles):
        if article is not None:
            articles.update(article.iterancestors("article"))
    around |= crowded(blocks)
    ends = set(blocks[-1].owner.iterancestors())
    box = next((element for element in blocks[0].owner.iterancestors() if element in ends), None)
    taken = frozenset(block.index for block in blocks)
    return Region(outline, blocks[0].index, blocks[-1].index, taken, frozenset(around), frozenset(articles), box)


def thin_zones(outline: Outline) -> frozenset[Any]:
    weights: dict[Any, int] = {}
    for block in outline.blocks:
        setting = block.setting
        zone = setting.zone
        if zone is None:
            continue
        weight = 0 if setting.caption is not None or setting.credit is not None else len(block.text)
        while zone is not None:
            weights[zone.root] = weights.get(zone.root, 0) + weight
            zone = zone.outer
    return frozenset(root for root, weight in weights.items() if weight <= THIN)


def crowded(blocks: Sequence[Block]) -> set[Any]:
    """Figures and captions by class name that hold three blocks of the story, or links around one: they are its layout."""
    counts: dict[Any, int] = {}
    for block in blocks:
        for element in {block.setting.figure, block.setting.caption, block.setting.link}:
            if element is not None and element.tag != "figcaption":
                counts[element] = counts.get(element, 0) + 1
    return {element for element, count in counts.items() if count >= 3 or (count > 1 and element.tag not in ("figure", "a"))}


# --- units


def find_units(outline: Outline, region: Region) -> list[Unit]:
    """Texts of the story's pictures, in the order of the page."""
    groups = figure_groups(outline, region)
    used: set[int] = set()
    units: list[Unit] = []
    for unit in [*captioned(outline, groups, region), *figures_without_caption(groups)]:
        used.update(block.index for block in unit.blocks)
        if unit.runs and not is_foreign(unit, region):
            units.append(unit)
    units += bare_units(outline, region, used)
    units += opening_unit(outline, region, used)
    return joined(sorted(units, key=lambda unit: unit.index), outline)


def joined(units: Sequence[Unit], outline: Outline) -> list[Unit]:
    """A picture may have one element for the caption and another of the same kind for the credit."""
    kept: list[Unit] = []
    for unit in units:
        last = kept[-1] if kept else None
        if last is not None and is_second_part(last, unit):
            last.runs += [run._replace(apart=True) for run in unit.runs]
            last.blocks += unit.blocks
        else:
            kept.append(unit)
    return kept


def is_second_part(first: Unit, second: Unit) -> bool:
    if second.blocks[0].index != first.blocks[-1].index + 1 or first.anchor is second.anchor:
        return False
    figure = first.setting.figure
    near = (figure is not None and figure is second.setting.figure) or distance(first.anchor, second.anchor) in (0, 1, 2)
    text = " ".join(run.text for run in second.runs)
    return near and (is_credit(" ".join(text.split())) or second.setting.credit is not None)


def figure_groups(outline: Outline, region: Region) -> dict[Any, Group]:
    groups: dict[Any, Group] = {}
    for item in outline.items:
        element = item.setting.figure
        if element is None or element in region.around:
            continue
        group = groups.get(element)
        if group is None:
            group = groups[element] = Group(element)
        if type(item) is Block:
            group.blocks.append(item)
        elif type(item) is Picture:
            group.pictures.append(item)
        elif type(item) is Frame:
            group.frames.append(item)
    return groups


def captioned(outline: Outline, groups: dict[Any, Group], region: Region) -> Iterator[Unit]:
    """Elements that are captions by tag or class name."""
    found: dict[Any, list[Block]] = {}
    for block in outline.blocks:
        if block.setting.caption is not None and block.setting.caption not in region.around and not is_control(block):
            found.setdefault(block.setting.caption, []).append(block)
    shared: dict[Any, int] = {}
    for blocks in found.values():
        shared[blocks[0].setting.figure] = shared.get(blocks[0].setting.figure, 0) + 1
    for element, blocks in found.items():
        group = groups.get(blocks[0].setting.figure)
        if is_no_caption(element, blocks, outline) or (group is not None and (is_quote(group) or (group.frames and not group.pictures))):
            continue
        alone = group is not None and shared[group.element] == 1
        pictures = (
            group.pictures
            if group is not None and alone and (group.pictures or group.element.tag == "figure")
            else pictures_of(element, blocks, outline, region)
        )
        if group is None and not pictures:
            continue
        extra = credits_beside(group) if group is not None and alone else []
        extra = extra or credits_about(element, blocks, outline)
        unit = Unit(element, blocks[0].setting, blocks[0].index, "figcaption" if element.tag == "figcaption" else "caption_class")
        unit.pictures, unit.blocks = list(pictures), [*blocks, *extra]
        unit.runs = runs_of(element, blocks) + [Run(block.text, True, True) for block in extra]
        if not is_author(unit):
            yield unit


def is_control(block: Block) -> bool:
    """A button beside a caption: "Buy this photo" as a link in a list."""
    return block.is_link and block.setting.list is not None and len(block.text) <= CONTROL


def is_no_caption(element: Element, blocks: Sequence[Block], outline: Outline) -> bool:
    """A class name that tells of something else: "has-caption" of a whole header, "text-caption" as a size of type."""
    if sum(len(block.text) for block in blocks) > MAX_CAPTION or any(block.tag == "h1" for block in blocks):
        return True
    if any(block.is_link and block.tag in TITLES for block in blocks):
        return True  # the title of another page, of a film mostly
    if element.tag == "figcaption":
        before = outline.items[blocks[0].index - 1] if blocks[0].index else None
        return type(before) is Block and before.setting.quote is not None and before.setting.figure is not None
    if element.tag in ("table", "td", "th") and len(blocks) == 1:
        return False  # a table made to hold a picture and its caption: Blogger
    return any(block.setting.quote not in (None, element) or block.setting.table is not None for block in blocks) or (
        len(blocks) > 1 and element.find(".//img") is not None and not is_caption_with_credit(blocks)
    )


def is_caption_with_credit(blocks: Sequence[Block]) -> bool:
    """Two lines below a picture in one box, one of them marked as a credit from its first word."""
    return len(blocks) == 2 and sum(block.pieces[:1] == [("credit",)] for block in blocks) == 1


def credits_beside(group: Group) -> list[Block]:
    """Blocks of a figure that stand outside its caption and are its credit."""
    beside = [block for block in group.blocks if block.setting.caption is None]
    return [
        block
        for block in beside
        if len(block.text) <= 160
        and (
            block.text in ("/", "|")
            or block.setting.credit is not None
            or is_credit(block.text)
            or (is_name_like(block.text) and len(beside) == 1)
        )
    ]


def credits_about(element: Element, blocks: Sequence[Block], outline: Outline) -> list[Block]:
    """The line right before or behind a caption, in the same box, whose class name says credit."""
    box = element.getparent()
    for index in (blocks[0].index - 1, blocks[-1].index + 1):
        item = outline.items[index] if 0 <= index < len(outline.items) else None
        if type(item) is not Block or item.setting.credit is None or item.setting.caption is not None or len(item.text) > 160:
            continue
        if box is not None and box in (item.owner.getparent(), item.setting.credit.getparent()):
            return behind_label(item, outline)
    return []


def behind_label(block: Block, outline: Outline) -> list[Block]:
    """A credit, without the block before it that is its label: Drupal's fields ("Credit" / "Jane Doe")."""
    following = outline.items[block.index + 1] if block.index + 1 < len(outline.items) else None
    if type(following) is Block and following.setting.credit is block.setting.credit and is_label(block.text):
        return [following]
    return [block]


def is_author(unit: Unit) -> bool:
    """A portrait with name and time beside it, the story's byline; or the still picture of an audio player with its running time."""
    text = " ".join(" ".join(run.text for run in unit.runs).split())
    if PLAYER.match(text):
        return True
    if any(block.tag == "address" for block in unit.blocks) or ONLY_TIME.fullmatch(text) or BYLINE.fullmatch(text) or is_date_line(text):
        return True
    if not BY.match(text) or len(text) > 160:
        return False
    return CLOCK.search(text) is not None or any(alt and alt in text for alt in (picture.element.get("alt") for picture in unit.pictures))


def is_quote(group: Group) -> bool:
    """A quotation, table or code with its source: figures, but no pictures."""
    return (
        any(block.setting.quote is not None or block.setting.table is not None or block.tag == "pre" for block in group.blocks)
        and not group.pictures
    )


def pictures_of(element: Element, blocks: Sequence[Block], outline: Outline, region: Region) -> list[Picture]:
    """The picture beside a caption: the nearest one before it, else after it, in a small box and with no paragraph between."""
    boxes = {element, *boxes_around(element, BOX_LEVELS)}
    items = outline.items
    before = range(blocks[0].index - 1, max(-1, blocks[0].index - 6), -1)
    inside = range(blocks[0].index, blocks[-1].index)
    after = range(blocks[-1].index + 1, min(len(items), blocks[-1].index + 5))
    for places in (inside, before, after):
        for index in places:
            item = items[index]
            if type(item) is Picture:
                if any(box in boxes for box in boxes_around(item.element, BOX_LEVELS)):
                    return [item]
            elif type(item) is Block and (index in region.taken or item.tag in HEADS) and places is not inside:
                break
    return []


def boxes_around(element: Element, levels: int) -> Iterator[Element]:
    """Block elements around `element`, inner ones first, up to the page's own. (`source` holds its siblings in lxml's tree.)"""
    for ancestor in element.iterancestors():
        if ancestor.tag in WHOLE_PAGE or not levels:
            return
        if ancestor.tag in BLOCK_TAGS:
            levels -= 1
            yield ancestor


def figures_without_caption(groups: dict[Any, Group]) -> Iterator[Unit]:
    for group in groups.values():
        if any(block.setting.caption is not None for block in group.blocks) or not group.blocks or group.frames:
            continue
        if not group.pictures and not may_have_picture(group):
            continue
        if is_quote(group) or sum(len(block.text) for block in group.blocks) > MAX_BARE or len(group.pictures) > 3:
            continue
        if any(block.tag in HEADS and block.setting.link is not None for block in group.blocks):
            continue
        first = group.blocks[0]
        unit = Unit(group.element, first.setting, first.index, "figure_text", group.pictures, group.blocks)
        unit.runs = [run for block in group.blocks for run in runs_of(block.owner, [block])]
        if not is_author(unit) and (group.element.tag == "figure" or any(len(block.text) > 15 for block in group.blocks)):
            yield unit


def may_have_picture(group: Group) -> bool:
    """A <figure> whose picture comes by a script, with a short text: a caption, not the summary of a film."""
    short = len(group.blocks) <= 2 and sum(len(block.text) for block in group.blocks) <= MAX_SLANTED
    return short and group.element.tag == "figure" and next(group.element.iter(*LATE_PICTURES), None) is not None


def is_foreign(unit: Unit, region: Region) -> bool:
    """Of another story, of the page's frame, or a link to something else."""
    setting = unit.setting
    above = set(unit.anchor.iterancestors())
    figure = setting.figure
    zone = setting.zone
    while zone is not None:
        inside = (
            zone.root is unit.anchor
            or zone.root not in above
            or (figure is not None and (zone.root is figure or figure in set(zone.root.iterancestors())))
        )
        if (
            zone.name in FOREIGN_ZONES
            and zone.root not in region.around
            and not inside
            and (zone.name in FRAME_ZONES or zone.root not in region.thin or is_apart(unit, zone.root))
        ):
            return True
        zone = zone.outer
    link = setting.link
    if link is not None and link not in region.around and leads_away(link) and (link in above or link is figure):
        return True
    if region.articles and setting.article not in region.articles and not is_inner_article(setting.article, region):
        return True
    return unit.index > region.last and region.box is not None and region.box not in above and unit.index > region.last + 8


def is_apart(unit: Unit, root: Element) -> bool:
    """Whether a box around a text has none of the pictures that the text was found for: an offer under a picture."""
    return bool(unit.pictures) and not any(root in picture.element.iterancestors() for picture in unit.pictures)


def leads_away(link: Element | None) -> bool:
    """Whether a link around a picture goes to another page, not to the picture in large."""
    if link is None:
        return False
    href = (link.get("href") or "").strip().lower()
    if not href or href.startswith(("#", "javascript:")):
        return False
    return not IMAGE_FILE.search(href) and not ZOOM.search(f"{link.get('class') or ''} {link.get('data-fancybox') or ''}")


def is_inner_article(article: Element, region: Region) -> bool:
    """An <article> around one picture within the story (Drupal's media), or none where the story has one: before the text."""
    if article is None:
        return True
    around = set(article.iterancestors())
    within = region.box in around or any(story in around for story in region.articles if story is not None)
    return within and next(article.iter("h1", "h2", "h3", "h4"), None) is None


# --- texts that only their place tells


def bare_units(outline: Outline, region: Region, used: set[int]) -> Iterator[Unit]:
    items = outline.items
    for picture in outline.pictures:
        if (
            leads_away(picture.setting.link)
            or OTHER_BOX.search(picture.element.get("class") or "")
            or not region.first - 12 <= picture.index <= region.last + 1
        ):
            continue
        for block in neighbours(picture, items):
            if block.index in used or block.setting.caption is not None:
                break
            following = credit_after(block, items)
            rule = bare_rule(picture, block, items, region, bool(following))
            if rule:
                blocks = [block, *following]
                unit = Unit(block.owner, block.setting, block.index, rule, [picture], blocks)
                unit.runs = [run for each in blocks for run in runs_of(each.owner, [each])]
                if not is_foreign(unit, region) and not is_author(unit):
                    used.update(each.index for each in blocks)
                    yield unit
                break


def opening_unit(outline: Outline, region: Region, used: set[int]) -> Iterator[Unit]:
    """The story's first line, all in italics, with a credit: the caption of the picture above the headline."""
    items = outline.items
    block = items[region.first] if region.taken and region.first < len(items) else None
    if type(block) is not Block or block.index in used or len(block.text) > MAX_BARE or not is_slanted(block):
        return
    above = [item for item in items[max(0, block.index - 12) : block.index] if type(item) is Picture]
    if above and not leads_away(above[-1].setting.link) and split_text(block.text).rule in STRONG_RULES:
        unit = Unit(block.owner, block.setting, block.index, "slanted_opening", [above[-1]], [block], runs_of(block.owner, [block]))
        if not is_foreign(unit, region) and not is_author(unit):
            yield unit


def neighbours(picture: Picture, items: Sequence[Any]) -> list[Block]:
    """The block after the picture, then the one before it; another picture between ends the search."""
    near: list[Block] = []
    for index in (picture.index + 1, picture.index - 1):
        if 0 <= index < len(items) and type(items[index]) is Block:
            near.append(items[index])
    following = items[picture.index + 2] if picture.index + 2 < len(items) else None
    if near and is_counter(near[0].text) and type(following) is Block:
        near.insert(0, following)
    return near


def is_counter(text: str) -> bool:
    """ "1 of 12", or "12": how many pictures there are."""
    return len(text) <= THIN and (COUNTER.fullmatch(text) is not None or (text.isdecimal() and len(text) <= 3))


def bare_rule(picture: Picture, block: Block, items: Sequence[Any], region: Region, credited: bool) -> str | None:
    """Name of the rule by which `block` is the picture's caption; None where it is not."""
    levels = distance(picture.element, block.owner)
    if levels is None or len(block.text) > MAX_BARE or block.setting.link is not None or block.is_link:
        return None
    other = OTHER_BOX.search(f"{block.owner.get('class') or ''} {classes_around(picture.element)}") is not None
    if not other and levels <= 3 and is_apart_by_form(picture, block, region):
        return "form"
    if block.tag in HEADS and not (
        block.tag in SMALL_HEADS and (split_text(block.text).line or is_boxed(picture, block, items, in_cell=False))
    ):
        return None
    if is_told(picture, block.text) and block.setting.list is None:
        if other and not split_text(block.text).line:
            return None
        return None if is_name_like(block.text) and not region.first < picture.index < region.last else "alt_text"
    behind = block.index > picture.index
    if other:
        return None
    split = split_text(block.text)
    signed = split.rule == "label_behind" and SIGNED.search(block.text) is not None
    if behind and (split.rule in STRONG_RULES or signed or (credited and levels <= 4)):
        return "credit_behind"
    if picture.index == block.index - 1 and block.text[0] in POINTERS and len(block.text) <= MAX_SLANTED and "\n" not in block.text:
        return "pointed"
    if not behind and split.rule in STRONG_RULES and block.index < region.last and is_boxed(picture, block, items, in_cell=True):
        return "credit_above"
    opens_text = block.owner is picture.owner and block.index == region.first and is_slanted(block)  # may be the standfirst
    unfinished = picture.index < region.last and behind and not opens_text and is_unfinished(block, region)
    if unfinished and is_line_below(picture, block, levels, region):
        return "unfinished"
    if behind and block.owner is picture.owner and block.index < region.first and LEAST_SHARED <= weight(block.text) <= MAX_SLANTED:
        return "same_paragraph"
    if behind and block.tag == "p" and (is_slanted(block) or is_slanted(block, SMALL)) and not is_promo(block.text):
        if block.owner is picture.owner and split.line:
            return "slanted"  # a picture and its text in one paragraph, as classic editors leave them
        if split.line and block.index == region.first and is_slanted(block) and levels <= 3:
            return "slanted"  # the picture that opens the text
        if is_slanted(block, SMALL) and len(block.text) <= MAX_SLANTED and levels <= 3:
            return "small"
        if (
            region.first < picture.index < region.last
            and is_slanted(block)
            and len(block.text) <= MAX_SLANTED
            and levels <= 3
            and is_lone(block, items)
        ):
            return "slanted"
    if (block.setting.list is not None and not (unfinished and block.setting.item is picture.setting.item)) or is_zoned(block, region):
        return None
    told = unfinished or (block.setting.table is not None and is_boxed(picture, block, items, in_cell=False))
    if block.index in region.taken and not told and (not stands_apart(block, split.line is not None, region) or tells_of_film(block.owner)):
        return None
    if not behind or picture.index >= region.last or weight(block.text) < 12 or is_promo(block.text):
        return None
    return "box" if is_boxed(picture, block, items, in_cell=split.line is not None or unfinished, in_part=unfinished) else None


@dataclass(frozen=True, slots=True)
class Form:
    """How a style sheet or the page itself sets a block: its element and the one around all of its words."""

    tag: str
    attributes: tuple[str, ...]  # class, style, align, size
    inner: Form | None = None

    @property
    def is_marked(self) -> bool:
        """Whether it is small, slanted or in the middle."""
        classes, style, align, size = self.attributes
        if self.tag in MARKED_TAGS or align == "center" or size in SMALL_SIZES or (self.inner is not None and self.inner.is_marked):
            return True
        return MARKED_CLASS.search(classes) is not None or MARKED_STYLE.search(style) is not None


MARKED_TAGS = frozenset({"center", "small", "em", "i", "h5", "h6"})
SMALL_SIZES = frozenset({"1", "2", "-1", "-2"})
MARKED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:small(?:er)?|tiny|fine-?print|italics?|kursiv|klein|centered|centre|center|aligncenter|text-xs|text-sm)(?=$|[\s_-])"
)
MARKED_STYLE = re.compile(
    r"font-style:\s*(?:italic|oblique)|text-align:\s*center|font-size:\s*(?:smaller|(?:x-)*small|0?\.\d+r?em|[1-9]\d%|(?:[89]|1[0-3])(?:\.\d+)?px)",
    re.I,
)


def form_of(block: Block) -> Form:
    return form_of_element(block.owner, 0)


def form_of_element(element: Element, depth: int) -> Form:
    get = element.get
    attributes = tuple((get(name) or "").strip().lower()[:200] for name in ("class", "style", "align", "size"))
    alone = len(element) == 1 and depth < 3 and is_blank(element.text) and is_blank(element[0].tail) and element[0].tag in FORMING_TAGS
    return Form(element.tag, attributes, form_of_element(element[0], depth + 1) if alone else None)


FORMING_TAGS = frozenset({"font", "span", "small", "big", "em", "i", "b", "strong", "center"})


def is_apart_by_form(picture: Picture, block: Block, region: Region) -> bool:
    """Whether a sentence right below a picture amid the text is set otherwise than all that stands below none: small, slanted, in the
    middle, or in a way of its own below each of several pictures."""
    if block.index != picture.index + 1 or not region.first < picture.index < block.index < region.last or len(block.text) > MAX_SLANTED:
        return False
    setting = block.setting
    if setting.list is not None or setting.table is not None or setting.quote is not None or block.links or block.strong:
        return False
    if "\n" in block.text or not ENDS_SENTENCE.search(block.text) or weight(block.text) < LEAST_OPEN or region.is_illustrated:
        return False
    if is_byline(block.text) or is_promo(block.text) or tells_of_film(block.owner):
        return False
    form = form_of(block)
    behind, others = region.forms
    if others[form] or len(region.taken) < LEAST_TAKEN:
        return False
    repeated = behind[form] >= REPEATED and behind[form] == behind.total()
    return repeated or (form.is_marked and (block.index in region.taken or block.tag == "center"))


REPEATED = 2  # pictures with a sentence of one form below each


def is_unfinished(block: Block, region: Region) -> bool:
    """Whether a line without a full stop stands among paragraphs that have one, and is no subhead, byline or pointer."""
    if ENDS_SENTENCE.search(block.text) or not LEAST_OPEN <= weight(block.text) <= MAX_SLANTED:
        return False
    plain = not block.links and not block.strong and block.setting.quote is None and "\n" not in block.text
    if not plain or is_byline(block.text) or is_date_line(block.text) or is_promo(block.text):
        return False
    following = region.outline.items[block.index + 1 : block.index + 2]
    opens = block.index < region.first or any(type(item) is Block and is_date_line(item.text) for item in following)
    if opens and names_only(block.text):  # the authors, beside their pictures
        return False
    return region.is_finished and not region.is_illustrated and not tells_of_film(block.owner)


def is_line_below(picture: Picture, block: Block, levels: int, region: Region) -> bool:
    """Whether a line of the text stands right below a picture of the same column; the first line may be the standfirst."""
    if block.index != picture.index + 1 or block.setting.list is not None or block.tag in HEADS:
        return False
    inside = block.index in region.taken
    return (inside and block.owner is picture.owner) or (levels <= 2 and ((inside and block.index != region.first) or is_slanted(block)))


def stands_apart(block: Block, credited: bool, region: Region) -> bool:
    """Whether a text of the body, alone with a picture in a box, may be its caption: it has a credit, or is short and not the first."""
    if len(region.taken) < LEAST_TAKEN or len(block.text) > MAX_SLANTED or block.tag in HEADS:
        return False
    if credited:
        return True
    plain = block.setting.quote is None and not block.links and not is_promo(block.text)
    return plain and block.index != region.first and not region.is_illustrated


def tells_of_film(element: Element) -> bool:
    """Whether a film is declared right beside a text: the picture above it is the film's."""
    around = [outer for outer in (element, element.getparent()) if outer is not None]
    return any("VideoObject" in (script.text or "") for outer in around for script in outer.findall("script"))


def is_lone(block: Block, items: Sequence[Any]) -> bool:
    """Whether the text goes on in upright letters."""
    following = items[block.index + 1] if block.index + 1 < len(items) else None
    return type(following) is Block and not is_slanted(following)


def is_slanted(block: Block, marks: Mapping[str, int] = SLANT) -> bool:
    """Whether the whole text is in italics (or in small print, as `marks` say)."""
    depth, told = 0, False
    for piece in block.pieces:
        if type(piece) is not str:
            depth += marks.get(piece[0], 0)
        elif piece.strip() and piece != BREAK:
            told = True
            if not depth:
                return False
    return told


STRONG_RULES = frozenset(
    {"bracketed_label", "label", "copyright_mark", "bracketed_agency", "credit_alone", "behind_stroke", "signed", "label_before"}
)


def classes_around(element: Element) -> str:
    return " ".join(box.get("class") or "" for box in boxes_around(element, 2))


def is_zoned(block: Block, region: Region) -> bool:
    zone = block.setting.zone
    while zone is not None:
        if zone.root not in region.around and zone.name not in ("widget",):
            return True
        zone = zone.outer
    return False


def is_told(picture: Picture, text: str) -> bool:
    """Whether the text is the picture's alt text (or title), or that and a credit."""
    text = flat(text)
    if len(text) < 6:
        return False
    for name in ("alt", "title", "data-caption"):
        value = picture.element.get(name) or ""
        told = flat(value)
        if len(told) >= 15 and (told == text or ((text.startswith(told) or text.endswith(told)) and len(text) - len(told) < 80)):
            return True
        if " - " in value and flat(value.rpartition(" - ")[0]) == text:
            return True  # "Caption - Site"
    return False


def flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def distance(first: Element, second: Element) -> int | None:
    """Blocks from one element up to the one that it shares with the other; None where there is none near."""
    boxes = {second, *boxes_around(second, BOX_LEVELS)}
    near = next((level for level, box in enumerate(boxes_around(first, BOX_LEVELS)) if box in boxes), None)
    if near is None and second.getprevious() in (first, first.getparent()) and second.getprevious() is not None:
        return 1  # neighbours right in <body> or <main>
    return near


def is_boxed(picture: Picture, block: Block, items: Sequence[Any], in_cell: bool, in_part: bool = False) -> bool:
    """Whether a box holds the picture, this block and at most a counter and a credit: sites whose class names tell nothing.

    `in_cell`: the box may be the cell of a table, as on pages older than style sheets; `in_part`: a section or an item of a list.
    """
    boxes = {block.owner, *boxes_around(block.owner, BOX_LEVELS)}
    box = next((each for each in boxes_around(picture.element, BOX_LEVELS) if each in boxes), None)
    if box is not None and box.tag == "td" and not in_cell:
        box = block.setting.table  # made for the picture alone
    if box is None or box.tag in NO_BOX or (box.tag in PARTS and not in_part):
        return False
    for index in range(max(0, picture.index - 3), min(len(items), picture.index + 6)):
        item = items[index]
        if type(item) is not Block or item is block or (item.index == block.index + 1 and is_name_like(item.text)):
            continue
        if is_counter(item.text):
            continue
        if box is item.owner or box in set(item.owner.iterancestors()):
            return False
    return True


def credit_after(block: Block, items: Sequence[Any]) -> list[Block]:
    """A line right behind a caption that is its credit."""
    following = items[block.index + 1] if block.index + 1 < len(items) else None
    if type(following) is not Block or following.tag in HEADS or following.is_link or len(following.text) > 160:
        return []
    same = following.owner.getparent() is block.owner.getparent() and following.tag == block.tag != "p"
    if is_credit(following.text) or (same and is_name_like(following.text)):
        return [following] if distance(block.owner, following.owner) in (0, 1) else []
    return []


# --- runs


def runs_of(element: Element, blocks: Sequence[Block]) -> list[Run]:
    """The pieces of a caption, split where an element of its own begins."""
    runs = [run for run in walk_runs(element, False, False, True, 0) if run.text.strip()]
    whole = "".join("".join(run.text.split()) for run in runs)
    if whole != "".join("".join(block.text.split()) for block in blocks):
        return [Run(line, block.setting.credit is not None, True) for block in blocks for line in block.text.split("\n")]
    return [Run(" / ".join(run.text.strip() for run in runs), True, True)] if is_credit_box(element, runs) else runs


def is_credit_box(element: Element, runs: Sequence[Run]) -> bool:
    """A box named after the credit with the photographer in one element and the agency in the next."""
    marks = marks_of(element.get("class"), element.get("id"))
    if not marks.credit or marks.caption or len(runs) < 2:
        return False
    return all(run.apart and (is_credit(run.text) or is_name_like(run.text)) for run in runs)


def walk_runs(element: Element, credit: bool, slanted: bool, apart: bool, depth: int) -> Iterator[Run]:
    yield Run(element.text or "", credit, apart, slanted)
    for child in element:
        tag = child.tag
        if type(tag) is str and tag not in SILENT_TAGS and tag != "noscript" and depth < 30:
            if tag == "br":
                yield Run(child.tail or "", credit, True)
                continue
            marks = marks_of(child.get("class"), child.get("id"))
            if marks.zone != "ui" or tag in BLOCK_TAGS:
                yield from walk_runs(child, credit or marks.credit or tag in LABEL_TAGS, slanted or tag in SLANTED, True, depth + 1)
        if child.tail:
            yield Run(child.tail, credit, False)
