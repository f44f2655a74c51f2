"""The story's pictures: address, caption, credit line, size, which one leads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from archiver.extract.blocks import Element, Outline, Picture
from archiver.extract.body import Body
from archiver.extract.captions import BOX_LEVELS, COUNTER, FOREIGN_ZONES, Region, Unit, find_units, flat, leads_away, story_region
from archiver.extract.credits import Split, read_credit, split_runs, split_text, strip_label, tidy
from archiver.extract.evidence import clean
from archiver.extract.jsonld import Node, types_of
from archiver.extract.page import Page
from archiver.records import Evidence, Image

MAX_IMAGES = 200
LEAD_DISTANCE = 4  # blocks before the story's first one, for a picture that stands in no figure
SMALLEST = 100  # pixels; an image without caption that is smaller is an icon
DECLARED_DISTANCE = 12  # the same, for one that the page shows when it is shared
ALT_LENGTH = 1_000
REPEATED = 25  # characters of a paragraph that is a caption once more
LAZY = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-srcset",
    "data-lazy-srcset",
    "srcset",
    "src",
    "data-hi-res-src",
    "data-image",
    "data-url",
)
NOT_CONTENT = re.compile(
    r"(?:^|[/_.-])(?:logos?|icons?|favicon|avatars?|gravatar|sprites?|pixel|spacer|blank|placeholder|emoji|badge|1x1|transparent|lazy|loading|"
    r"author|profile|button|share|whatsapp|facebook|twitter|play)(?=[/_.-]|$)|/(?:ic|icn|ico|btn|i)[_-]\w{2,20}\.(?:png|gif|webp)$|\.svg(?:$|\?)|^data:|doubleclick|/pixel|scorecardresearch|s\.w\.org/images/core/emoji",
    re.IGNORECASE,
)
SIZE_SUFFIX = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|scaled|\d{3,4}w?|large|medium|small|thumb(?:nail)?)(?=\.|$)", re.IGNORECASE)
NUMBER = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$")


@dataclass(frozen=True, slots=True)
class Pictures:
    """The story's images in the order of the page. `claimed` are the blocks (Block.index) whose text is a caption or a credit."""

    images: tuple[Image, ...] = ()
    claimed: frozenset[int] = frozenset()
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What JSON-LD says of an image."""

    key: str
    caption: str
    credit: str


def read_images(page: Page, body: Body, headlines: Sequence[str] = ()) -> Pictures:
    """Images of the story that `body` was read of. `headlines` are never captions."""
    outline = page.outline
    region = story_region(outline, body)
    titles = {flat(title) for title in headlines if title}
    told = list(told_images(page))
    leads = lead_keys(page, told)
    found: list[tuple[int, Image]] = []
    claimed: set[int] = set()
    evidence: list[Evidence] = []
    pictured: set[Any] = set()
    repeated: dict[str, str] = {}  # captions with their credits by their first words; each width of screen may have one
    lazy = noscript_images(outline)
    for unit in find_units(outline, region):
        split = split_runs(unit.runs, known_texts(unit, told))
        if not split.line:
            split = with_attribute(unit, split)
        if split.line and flat(split.caption) == flat(strip_label(split.line)):
            split = split._replace(caption="")
        if flat(split.caption) in titles and not split.line:
            continue
        claimed.update(block.index for block in unit.blocks)
        pictured.update(picture.element for picture in unit.pictures)
        if (split.caption or split.line) and not is_video(page, unit, split, lazy):
            found.append((unit.index, image_of(page, unit, split, lazy)))
            line = COUNTER.sub("", printed(unit), count=1).strip()
            repeated[line[:REPEATED]] = flat(line)
            evidence.append(
                Evidence("images", printed(unit)[:500], f"{unit.rule}+{split.rule}", unit.anchor.tag, 0.9 if split.line else 0.8)
            )
    claimed.update(block.index for block in body.blocks if is_repeated(block.text, repeated))
    for picture in plain_pictures(page, region, pictured, leads):
        image = plain_image(page, picture)
        if image:
            found.append((picture.index, image))
    images = mark_lead(without_doubles(image for _, image in sorted(found, key=lambda pair: pair[0])), leads)
    return Pictures(tuple(with_told(images, told)[:MAX_IMAGES]), frozenset(claimed), tuple(evidence[:MAX_IMAGES]))


# --- captioned images


def is_repeated(text: str, captions: dict[str, str]) -> bool:
    told = captions.get(text[:REPEATED])
    return told is not None and len(text) >= REPEATED and flat(text) == told


def printed(unit: Unit) -> str:
    return clean(" ".join(run.text for run in unit.runs))


def known_texts(unit: Unit, told: Sequence[Told]) -> list[str]:
    texts = [picture.element.get(name) or "" for picture in unit.pictures[:3] for name in ("alt", "title")]
    return [text for text in [*texts, *(each.caption for each in told)] if text]


VIDEO_LABEL = re.compile(r"\W*(?:\w{2,12} )?v[ií]deo\b", re.IGNORECASE)


def is_video(page: Page, unit: Unit, split: Split, lazy: dict[Any, Element]) -> bool:
    """Whether a text belongs to something other than a picture: no address, and no credit of a picture."""
    if split.line and not VIDEO_LABEL.match(split.line):
        return False
    return unit.setting.figure not in lazy and not any(address_of(page, picture.element) for picture in unit.pictures)


CREDIT_ATTRIBUTES = ("data-credit", "data-copyright", "data-credits", "data-author", "data-photographer", "title", "alt")


def with_attribute(unit: Unit, split: Split) -> Split:
    """A credit that only an attribute of the picture gives: "Firemen at work | Bildquelle: Jan Kurz"."""
    for picture in unit.pictures[:1]:
        for name in CREDIT_ATTRIBUTES:
            value = picture.element.get(name)
            if not value or len(value) > ALT_LENGTH:
                continue
            told = split_text(value)
            if name.startswith("data-") and len(value) < 160:
                return Split(split.caption, told.line or clean(value), "attribute")
            if told.line and told.rule in ("label", "bracketed_label", "copyright_mark"):
                return Split(split.caption, told.line, "attribute")
    return split


def image_of(page: Page, unit: Unit, split: Split, lazy: dict[Any, Element]) -> Image:
    elements = [picture.element for picture in unit.pictures]
    element = next((each for each in elements if address_of(page, each)), None)
    if element is None:
        element = lazy.get(unit.setting.figure, elements[0] if elements else None)
    credit = read_credit(split.line) if split.line else None
    url, width, height, alt = facts_of(page, element)
    return Image(
        content_url=url,
        caption=split.caption or None,
        caption_printed=printed(unit) or None,
        creditline=credit.line if credit else None,
        creator=credit.creator if credit else None,
        credit_agency=credit.agency if credit else None,
        alt=alt,
        width=width,
        height=height,
    )


def facts_of(page: Page, element: Element | None) -> tuple[str | None, int | None, int | None, str | None]:
    """(address, width, height, alt text) of an <img>."""
    if element is None:
        return None, None, None, None
    alt = clean(unescape(element.get("alt") or ""), ALT_LENGTH) or None
    return address_of(page, element), pixels(element.get("width")), pixels(element.get("height")), alt


def pixels(text: str | None) -> int | None:
    found = NUMBER.match(text) if text else None
    return int(found[1]) or None if found else None


def address_of(page: Page, element: Element) -> str | None:
    """Of the picture itself, not of the placeholder that stands in its `src` until a script has run."""
    for name in LAZY:
        value = element.get(name)
        if value:
            address = largest(value) if name.endswith("srcset") else value
            if address and not address.startswith("data:") and not is_placeholder(address):
                return page.absolute(address)
    parent = element.getparent()
    if parent is not None and parent.tag == "picture":
        for source in parent.iter("source"):
            address = largest(source.get("srcset") or source.get("data-srcset") or "")
            if address and not address.startswith("data:"):
                return page.absolute(address)
    return None


def is_placeholder(address: str) -> bool:
    return re.search(r"placeholder|blank\.|spacer|transparent|1x1|lazy", address[-80:], re.IGNORECASE) is not None


def largest(srcset: str) -> str | None:
    """The address with the greatest width or density (HTML, srcset attribute)."""
    best, size = None, -1.0
    for candidate in re.split(r",\s+|,(?=https?:|/)", srcset[:20_000]):
        address, _, descriptor = candidate.strip().partition(" ")
        number = re.match(r"\s*(\d+(?:\.\d+)?)[wx]", descriptor)
        value = float(number[1]) if number else 1.0
        if address and value > size:
            best, size = address.rstrip(","), value
    return best


def noscript_images(outline: Outline) -> dict[Any, Element]:
    """Figure ▶ the <img> in its <noscript>, for pages that load pictures by script."""
    found: dict[Any, Element] = {}
    for noscript in outline.noscripts[:300]:
        image = noscript.find(".//img")
        if image is None:
            continue
        for level, ancestor in enumerate(noscript.iterancestors()):
            if level > BOX_LEVELS:
                break
            found.setdefault(ancestor, image)
            if ancestor.tag == "figure":
                break
    return found


# --- images without text


def plain_pictures(page: Page, region: Region, pictured: set[Any], leads: Sequence[str]) -> Iterator[Picture]:
    """Pictures without caption in the story's text, in a figure before it, or a little before it and declared as the story's."""
    for picture in page.outline.pictures:
        setting = picture.setting
        if picture.element in pictured or is_framed(picture, region):
            continue
        if leads_away(setting.link) and setting.link not in region.around:
            continue
        if region.articles and setting.article not in region.articles:
            continue
        nearest = region.first - (1_000 if setting.figure is not None else LEAD_DISTANCE)
        if nearest <= picture.index <= region.last or (
            region.first - DECLARED_DISTANCE <= picture.index < nearest and file_key(address_of(page, picture.element)) in leads
        ):
            yield picture


def is_framed(picture: Picture, region: Region) -> bool:
    zone = picture.setting.zone
    while zone is not None:
        if zone.name in FOREIGN_ZONES and zone.root not in region.around:
            return True
        zone = zone.outer
    return False


def plain_image(page: Page, picture: Picture) -> Image | None:
    element = picture.element
    width, height = pixels(element.get("width")), pixels(element.get("height"))
    if (width and width < SMALLEST) or (height and height < SMALLEST) or NOT_CONTENT.search(element.get("class") or ""):
        return None
    url = address_of(page, element)
    if not url or NOT_CONTENT.search(urlsplit(url).path):
        return None
    return Image(url, alt=clean(unescape(element.get("alt") or ""), ALT_LENGTH) or None, width=width, height=height)


# --- one of each


def file_key(address: str | None) -> str:
    """An image's file without the size it is served in, to compare addresses of one image."""
    if not address:
        return ""
    try:
        path = urlsplit(address).path
    except ValueError:  # "http://[": no address
        return ""
    name = path.rstrip("/").rpartition("/")[2]
    return SIZE_SUFFIX.sub("", name).lower() if "." in name or len(name) > 8 else path.lower()


def without_doubles(images: Iterable[Image]) -> list[Image]:
    """Galleries stand on a page twice, for two widths of screen; a picture whose caption is told is not told again without."""
    kept: list[Image] = []
    texts: set[tuple[str, str]] = set()
    keys: set[str] = set()
    for image in sorted_by_text(images):
        key, text = file_key(image.content_url), flat(image.caption or "")
        if text and (text, "") in texts and (not key or key in keys or (text, key) in texts):
            continue
        if not text and key and key in keys:
            continue
        if text:
            texts.update({(text, ""), (text, key)})
        if key:
            keys.add(key)
        kept.append(image)
    return kept


def sorted_by_text(images: Iterable[Image]) -> list[Image]:
    """In their order, save that an image whose text stands elsewhere on the page leaves its place to that one."""
    images = list(images)
    told = {file_key(image.content_url) for image in images if image.caption or image.creditline}
    return [image for image in images if image.caption or image.creditline or file_key(image.content_url) not in told]


def lead_keys(page: Page, told: Sequence[Told]) -> list[str]:
    addresses = [value for _, value in page.told("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")]
    return [key for key in [*(file_key(address) for address in addresses), *(each.key for each in told)] if key]


def mark_lead(images: list[Image], leads: Sequence[str]) -> list[Image]:
    """The image that the page shows when it is shared, else the first one."""
    position = next((index for index, image in enumerate(images) if file_key(image.content_url) in leads), 0)
    return [replace(image, is_lead=True) if index == position else image for index, image in enumerate(images)]


# --- JSON-LD


def told_images(page: Page) -> Iterator[Told]:
    """ImageObjects of the story."""
    members: list[Any] = [*page.graph.many(page.article.get("image")), *page.graph.typed("ImageObject")[:100]]
    for member in members[:150]:
        if isinstance(member, dict) and "imageobject" in types_of(member):
            address = member.get("url") or member.get("contentUrl") or ""
            yield Told(file_key(address) if isinstance(address, str) else "", text_in(member, "caption", "description"), credit_in(member))
        elif isinstance(member, str):
            yield Told(file_key(member), "", "")


def text_in(node: Node, *names: str) -> str:
    return next((clean(unescape(value)) for name in names if isinstance(value := node.get(name), str) and value.strip()), "")


def credit_in(node: Node) -> str:
    for name in ("creditText", "creator", "author", "copyrightHolder", "copyrightNotice"):
        value = node.get(name)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip() and "://" not in value:
            return clean(unescape(value), 300)
    return ""


def with_told(images: list[Image], told: Sequence[Told]) -> list[Image]:
    """Credits that only JSON-LD gives. A caption that only JSON-LD gives is not on the page, and stays out."""
    credits = {each.key: each.credit for each in told if each.key and each.credit and len(each.credit) < 160}
    if not credits:
        return images
    mended = []
    for image in images:
        line = credits.get(file_key(image.content_url)) if not image.creditline else None
        if line and strip_label(line) and tidy(line):
            credit = read_credit(line)
            image = replace(image, creditline=credit.line, creator=credit.creator, credit_agency=credit.agency)
        mended.append(image)
    return mended
