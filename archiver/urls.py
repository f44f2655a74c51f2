"""Addresses: how they are written, which two are one story, what their shape tells, and which may be fetched at all."""

from __future__ import annotations

import base64
import ipaddress
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import idna

from archiver import settings
from archiver.errors import RefusedAddress

DEFAULT_PORT = {"http": 80, "https": 443}
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
KEPT = UNRESERVED | frozenset(b"!$&'()*+,;=:@/?%")  # written as they are; everything else is percent-encoded
KEPT_IN_QUERY = KEPT - frozenset(b"'")  # WHATWG URL, 1.3
PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&()*+,;=:@/?]*")  # nothing to encode
ABSOLUTE = re.compile(r"https?://[^/]", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")  # "_": forbidden, yet in use

# Parameters that tell where a reader came from, never what is shown. Of the help pages of analytics, mail and social services.
TRACKING = re.compile(
    r"(utm|at|pk|piwik|mtm|matomo|hsa|ns|wt|guce|fb|__cf_chl|amp_gsa|oly)_.*|wt\..*|"
    r"[fdy]bclid|[gdty]clid|gclsrc|wbraid|gbraid|msclkid|twclid|ttclid|yclid|srsltid|igshid?|mc_[ce]id|mkt_tok|_ga|_gl|_hsenc|_hsmi|"
    r"hsctatracking|vero_id|vero_conv|s_cid|s_kwcid|ocid|cmpid|cmp|icid|intcid|intcmp|ncid|smid|smtyp|smprod|sr_share|spref|spm|xtor|"
    r"ref_?src|ref_?url|referrer|refer|trk|trkcampaign|soc_src|soc_trk|__twitter_impression|guccounter|ito|ftag|tblci|taid|_amp_js_v|"
    r"amp_js_v|usqp|replytocom|unapproved|moderation-hash|like_comment|_wpnonce|share|nb|preview_nonce|nocache",
    re.IGNORECASE,
)
SESSION = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|sessionid|session_id|cfid|cftoken|sess", re.IGNORECASE)
# Java's, and ASP.NET's without cookies: /(S(lit3py55t21z5v55vlm25s55))/story
SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#;&]*|/\((?:[A-Z]\([\w-]{1,400}\))?S\([0-9a-z]{24}\)\)(?=/|$)", re.IGNORECASE)
SECOND_QUERY = re.compile(r"\?(?=(?:utm_\w+|fbclid|gclid)=)", re.IGNORECASE)  # of tools that hang "?utm_source=" on whatever they get

# --- the same story under another address
AMP_HOST = re.compile(r"(?:amp|m|mobile|mobil|touch)\.")
AMP_CACHE = re.compile(r"/(?:[cv]|amp)/s/(?P<rest>[^/]+\.[^/]+/.*)")  # cdn.ampproject.org and google.com/amp
GOOGLE = re.compile(r"(?:www\.)?google\.(?:com|(?:com?\.)?[a-z]{2})")  # and nobody else's host that begins with "google."
AMP_QUERY = re.compile(
    r"_?amp(=.*)?|(outputtype|output|view|mode|tpl|type|variant|render)=(amp|mobile)|(m|mobile|nonamp|noamp|no-amp|desktop)=(1|true|mobile|available)",
    re.IGNORECASE,
)
COMMENTS_QUERY = re.compile(r"(cpage|comment[-_]?page|commentid|comment[-_]?id|comments?)=.*|(page|paged|pg)=1", re.IGNORECASE)
# Joomla without rewriting: `id` names the story by its number; the menu item, the section and the frame are how a reader came to it.
OF_JOOMLA = re.compile(r"(?:^|&)option=com_\w+(?:&|$)")
JOOMLA_WAY = re.compile(r"(?:Itemid|catid)=.*|tmpl=component|layout=default", re.IGNORECASE)
JOOMLA_SLUG = re.compile(r"(?<=^id=)(\d+)(?::|%3A).*", re.IGNORECASE)
SAME_STORY_ENDS = re.compile(
    r"/amp/?$|/page/1/?$|/comment-page-\d+/?$|/comments?/?$|/print/?$|(?<=/)(?:index|default)\.(?:s?html?|php\d?|aspx?|jsp)$|(?<=[^/])/+$",
    re.IGNORECASE,
)
AMP_NAME = re.compile(r"\.amp(?P<ending>\.s?html?)?$", re.IGNORECASE)

# --- shapes
YEAR = r"(?:199\d|20\d\d)"
MONTH_BEFORE_NAME = re.compile(rf"/{YEAR}/(?:0[1-9]|1[0-2])/(?!page/)[^/]*[^\W\d_]{{2}}[^/]*/?$")  # a permalink of WordPress
MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
DATES = (
    re.compile(rf"(?<!\d)(?P<y>{YEAR})[/_.-](?P<m>\d\d?)[/_.-](?P<d>\d\d?)(?!\d)"),  # 2026/11/03, 2026-11-03, 2026-11/03
    re.compile(rf"(?<!\d)(?P<y>{YEAR})(?P<m>\d\d)(?P<d>\d\d)(?!\d)"),  # 20261103
    re.compile(rf"(?<!\d)(?P<y>{YEAR})(?P<m>\d\d)/(?P<d>\d\d)(?!\d)"),  # 202611/03
    re.compile(rf"/(?P<y>{YEAR})/(?P<m>\d\d)(?P<d>\d\d)(?=/)"),  # /2026/1103/
    re.compile(rf"/(?P<y>{YEAR})/[a-z._-]{{2,20}}/(?P<m>\d\d?)/(?P<d>\d\d?)/", re.IGNORECASE),  # /2026/politics/11/03/
    re.compile(rf"/(?P<y>{YEAR})/(?P<name>[a-z]{{3,9}})/(?P<d>\d\d?)(?=/|$)", re.IGNORECASE),  # /2026/nov/03
    re.compile(rf"(?<!\d)(?P<d>\d\d)[/_-](?P<m>\d\d)[/_-](?P<y>{YEAR})(?!\d)"),  # 03-11-2026: the day first, unless it cannot be one
)
FILE = re.compile(
    r"\.(jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|heic|pdf|docx?|xlsx?|pptx?|odt|ods|epub|csv|tsv|zip|gz|rar|7z|tar|exe|apk|dmg|iso|"
    r"mp[34]|m4[av]|mpe?g|mov|avi|webm|ogg|oga|ogv|wav|flac|m3u8?|pls|css|m?js|json|xml|rss|atom|rdf|txt|woff2?|ttf|eot|ics|vcf|swf|torrent)$",
    re.IGNORECASE,
)
FOLDER_PAGE = re.compile(r"(?:index|default)\.(?:s?html?|php|aspx?|jsp)", re.IGNORECASE)
PAGE_ENDING = re.compile(r"\.(s?html?|xhtml|php\d?|aspx?|jspx?|cfm|ece|do|story|article)$", re.IGNORECASE)


_lists = tomllib.loads(Path(__file__).with_name("url_words.toml").read_text(encoding="utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(_lists[name].split())


NEVER = _words("never")
TAXONOMY = _words("lists")
SERVICE = _words("service")
SECTION = _words("sections")
STORY_MARK = _words("story_marks")
SERVICE_WORDS = _words("service_words")
LOGIN_PAGES = _words("login_pages")
LOGIN_HOSTS = _words("login_hosts")
GLUE = _words("glue")
PRINT_QUERY = re.compile(
    rf"(?:{'|'.join(sorted(_words('print_parameters')))})(?:=(?:1|true|print|yes|on|si|ja|oui|tak|ano|evet|igen))?", re.IGNORECASE
)
STORY_PARAMETERS = re.compile(
    r"((?:\w{1,10}-)?(?:article|document|story|content)_?id|p|id|nid|aid|cid|sid|pid|art|article|articleid|article_id|artid|newsid|news_id|idnews|storyid|story|story_id|postid|post_id|cod|codigo|idnoticia|"
    r"id_noticia|noticia|noticiaid|nota|notaid|idnota|id_nota|id_articulo|item|itemid|doc|docid|no|nr|idx|idxno|newsno|artno|code|n)",
    re.IGNORECASE,
)
SPIP_STORY = re.compile(r"(?:article|breve)\d{1,9}", re.IGNORECASE)  # ?article8532: a name that holds the number, no value
STORY_NUMBER = re.compile(r"\d{1,24}(?:[:_][\w-]+)?")
SAME_STORY_QUERIES = (AMP_QUERY, COMMENTS_QUERY, PRINT_QUERY)
# Parameters that number the pages of a list or of a story, in the languages of news sites.
PAGE_PARAMETERS = (
    r"page|paged|pg|pn|page_?no|page_?num|pagenumber|pagina|p%C3%A1gina|pag|seite|strona|str|strana|stranka|stran|side|sida|sivu|"
    r"sayfa|halaman|oldal|puslapis|lapa|lehekylg|trang|pagen_\d{1,2}"  # the last one is Bitrix's
)
LIST_PARAMETERS = re.compile(
    rf"({PAGE_PARAMETERS}|s|q|query|search|buscar|busca|keyword|sort|sort_?by|order|order_?by|orderby|filter.*|facet.*|f\[.*|start|offset|cat|"
    r"category|tag|author|date|day|month|year|fecha|mes|dia|from|to|since|until|cal.*|tribe.*|ical|view|feed|format|lang|login|redirect.*|return.*|"
    r"action|add-to-cart|attachment_id|rest_route|doing_wp_cron|m|w|post_type|session|limit|per_page|size|color|calendar|next|dest(ination)?)",
    re.IGNORECASE,
)
PAGING_PATH = re.compile(r"^(page|pagina|seite|pag|p)$", re.IGNORECASE)
LANGUAGE = re.compile(r"[a-z]{2}([-_][a-z]{2}|-han[st])?", re.IGNORECASE)


# --- writing an address in one way


@lru_cache(maxsize=4_096)  # on its way through a crawl an address is looked at a dozen times
def normalise(url: str, base: str | None = None) -> str | None:
    """`url` as an absolute http(s) address, written in one way, or None where it is none. `base` resolves relative ones.

    Lower-case IDNA host, no default port, no fragment, no credentials (an address with them is None), dot segments resolved,
    percent-encoding as RFC 3986 6.2.2 has it, no tracking or session parameters. Order of the query and case of the path stay.
    """
    try:
        parts = urlsplit(_joined(url, base))
        host, port = _host_and_port(parts)
        path = _resolve_dots(SESSION_IN_PATH.sub("", _encode(parts.path)))
        asked = SECOND_QUERY.sub("&", SESSION_IN_PATH.sub("", _encode(parts.query, KEPT_IN_QUERY)))
        query = "&".join(part for part in asked.split("&") if part and not _is_tracking(part))
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORT or not host or "@" in parts.netloc:
        return None
    written = f"{parts.scheme}://{host}{port}{path or '/'}" + (f"?{query}" if query else "")
    return written if len(written) <= settings.MAX_URL_LENGTH else None


def _joined(url: str, base: str | None) -> str:
    """As browsers clean an address (WHATWG URL, 4.4): blanks at the ends, tabs and line breaks anywhere, backslashes."""
    if len(url) > 4 * settings.MAX_URL_LENGTH:
        raise ValueError("too long")
    url = re.sub(r"[\t\r\n]", "", url.strip(" \t\r\n\x0c\x00\u200b\ufeff"))
    if CONTROL.search(url):
        raise ValueError("control character")
    head, mark, tail = url.partition("?")
    url = head.replace("\\", "/") + mark + tail
    return urljoin(base, url) if base and not ABSOLUTE.match(url) else url


def _host_and_port(parts: SplitResult) -> tuple[str, str]:
    """("example.org", ":8080"); the port empty when it is the scheme's own. Raises ValueError."""
    host = _read_host(parts.hostname or "")
    port = parts.port
    if port == 0:
        raise ValueError("port 0")
    return host, "" if port is None or port == DEFAULT_PORT.get(parts.scheme) else f":{port}"


@lru_cache(maxsize=4_096)
def _read_host(host: str) -> str:
    """The host in ASCII: IDNA, an IP address in its usual spelling. Raises ValueError."""
    if ":" in host:
        if "%" in host:
            raise ValueError("zone in an IPv6 address")
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    host = unquote(host, errors="strict").rstrip(".").lower()
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")  # IDNAError is a ValueError
    if len(host) > 253 or not HOST.fullmatch(host):
        raise ValueError("no host name")
    last = host.rpartition(".")[2]
    return _read_ipv4(host) if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) else host


def _read_ipv4(host: str) -> str:
    """Dotted decimals of any spelling that C libraries take: 2130706433, 0x7f.1, 0177.0.0.1. Raises ValueError."""
    numbers = [_read_number(part) for part in host.split(".")]
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise ValueError("no IPv4 address")
    value = sum(number << 8 * (3 - place) for place, number in enumerate(numbers[:-1])) + numbers[-1]
    return str(ipaddress.IPv4Address(value))


def _read_number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8) if len(text) > 1 and text.startswith("0") else int(text)


def _encode(text: str, kept: frozenset[int] = KEPT) -> str:
    """Percent-encoding in one way: only what must be encoded is, in capitals. Raises ValueError for lone surrogates."""
    if PLAIN.fullmatch(text):
        return text
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    text = re.sub(r"%([0-9A-Fa-f]{2})", _decode_unreserved, text)
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in text.encode("utf-8"))


def _decode_unreserved(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte in UNRESERVED else f"%{match[1].upper()}"


def _resolve_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    return "/".join(kept) + ("/" if segments[-1] in (".", "..") and kept[-1:] != [""] else "")


def _is_tracking(part: str) -> bool:
    name, _, value = part.removeprefix("amp;").partition("=")
    if TRACKING.fullmatch(name) or SESSION.fullmatch(name):
        return True
    if name.lower() in ("ref", "source", "src", "from", "via"):
        return bool(value) and not any(char.isdigit() for char in value)  # ?ref=home; but ?ref=40312 is a story
    return name.lower() == "sid" and re.fullmatch(r"[0-9a-fA-F]{16,}", value) is not None  # ?sid=1207 is a story


# --- which two addresses are one story


@lru_cache(maxsize=4_096)
def identity(url: str) -> str:
    """The address that stands for the story: AMP, mobile, print and comment variants of it give the same one."""
    known = normalise(url)
    if known is None:
        return url
    while (further := _fold(known)) != known:
        known = normalise(further) or further
    return known


def story_address(url: str) -> str:
    """How a story's address is written that stands at `url`: variants folded, a slash at the end as it is."""
    address = normalise(url) or url
    plain = identity(address)
    return address if plain == address.rstrip("/") else plain


def _fold(url: str) -> str:
    """One step of `identity`; never longer than before."""
    parts = urlsplit(url)
    host, path = parts.netloc, parts.path
    if (cached := AMP_CACHE.fullmatch(path)) and (host.endswith(".cdn.ampproject.org") or GOOGLE.fullmatch(host)):
        return f"https://{cached['rest']}" + (f"?{parts.query}" if parts.query else "")
    if (prefix := AMP_HOST.match(host)) and _has_subdomain(host):
        host = host[prefix.end() :]
    path = path.removeprefix("/amp") if re.match(r"/amp/[^/]", path) else path
    path = AMP_NAME.sub(lambda match: match["ending"] or "", path)
    path = path if parts.query and re.search(r"\.(php\d?|aspx?|jsp)$", path) else SAME_STORY_ENDS.sub("", path)
    query = sorted(part for part in parts.query.split("&") if part and not any(view.fullmatch(part) for view in SAME_STORY_QUERIES))
    if OF_JOOMLA.search(parts.query) and _story_parameter(url):
        query = [JOOMLA_SLUG.sub(r"\1", part) for part in query if not JOOMLA_WAY.fullmatch(part)]
    return f"{parts.scheme}://{host}{path or '/'}" + (f"?{'&'.join(query)}" if query else "")


def _has_subdomain(host: str) -> bool:
    domain = registrable_domain(host)
    return host.partition(":")[0] != domain and "." in domain


@lru_cache(maxsize=4_096)
def article_key(identity_url: str) -> str:
    """A short name for the story: 12 letters and digits. http and https, with and without www., give the same one."""
    without_scheme = identity_url.partition("://")[2] or identity_url
    digest = sha256(without_scheme.removeprefix("www.").encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest)[:12].decode("ascii").lower()


def is_one_story(url: str, other: str) -> bool:
    """Whether two addresses are written differently, and stand for one story by themselves."""
    return article_key(identity(url)) == article_key(identity(other))


def grown_from(url: str) -> list[str]:
    """Addresses out of which this one may have grown: a relative link on a page of a server that answers whatever follows adds the folder
    once more each time. "/a/a/a/x" gives "/a/a/x" and "/a/x"; numbers stand twice for themselves ("/2026/02/02/x").
    """
    head, mark, query = url.partition("?")
    parts = head.split("/")
    shorter = []
    while (at := _repeat_in(parts)) is not None:
        del parts[at]
        shorter.append("/".join(parts) + mark + query)
    return shorter


def _repeat_in(parts: Sequence[str]) -> slice | None:
    """Where a folder, or several, stand twice in a row in an address that was parted at its slashes; the page's own name is none."""
    if len(set(parts)) == len(parts):
        return None
    end = len(parts) - (1 if parts[-1] else 2)
    for size in range(1, len(parts) // 2):
        for at in range(3, end - 2 * size + 1):
            again = parts[at : at + size]
            if again == parts[at + size : at + 2 * size] and any(part and not part.isdigit() for part in again):
                return slice(at, at + size)
    return None


# --- whose address it is


def registrable_domain(host_or_url: str) -> str:
    """ "example.co.uk" for any host below it, by the public suffix list; IP addresses and bare names: the host, with its port."""
    netloc = host_or_url
    if "/" in host_or_url:
        written = normalise(host_or_url)
        netloc = urlsplit(written).netloc if written else host_or_url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    return _domain_of(netloc)


@lru_cache(maxsize=4_096)
def _domain_of(netloc: str) -> str:
    host = netloc.lower() if netloc.startswith("[") else netloc.partition(":")[0].lower()
    if _is_ip(host) or "." not in host:
        return netloc.lower()
    labels = host.split(".")
    return ".".join(labels[max(0, _suffix_begins(labels) - 1) :])


def _suffix_begins(labels: Sequence[str]) -> int:
    """Index of the label where the public suffix begins (publicsuffix.org/list: the longest rule holds, "!" before all)."""
    rules = _suffix_rules()
    read = [read_punycode(label) for label in labels]
    for index in range(len(read)):
        name, parent = ".".join(read[index:]), ".".join(read[index + 1 :])
        if f"!{name}" in rules:
            return index + 1
        if name in rules or f"*.{parent}" in rules:
            return index
    return len(labels) - 1  # an unknown ending counts as one (rule "*")


def read_punycode(label: str) -> str:
    """ "xn--fiqs8s" as the list writes it."""
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except UnicodeError:
        return label


@cache
def _suffix_rules() -> frozenset[str]:
    """The snapshot that comes with tldextract, private domains too. The package itself would bring `requests`, 0.15 s a start."""
    package = find_spec("tldextract")
    assert package is not None and package.submodule_search_locations
    snapshot = Path(package.submodule_search_locations[0], ".tld_set_snapshot").read_text(encoding="utf-8")
    return frozenset(line.split()[0] for line in snapshot.splitlines() if line.strip() and not line.startswith("//"))


def _is_ip(host: str) -> bool:
    return host.startswith("[") or re.fullmatch(r"\d+\.\d+\.\d+\.\d+", host) is not None


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one registrable domain. Without one (IP address, localhost): to one host and port."""
    first, second = normalise(a), normalise(b)
    return first is not None and second is not None and registrable_domain(first) == registrable_domain(second)


# --- what the shape tells


def date_in_url(url: str) -> date | None:
    """The day that the path names: /2026/11/03/, /2026-11-03-, /20261103/, /2026/nov/03/. Calendar days only."""
    written = normalise(url)
    return _date_in_path(written) if written else None


def _date_in_path(url: str) -> date | None:
    path = unquote(urlsplit(url).path)
    return next((day for pattern in DATES for match in pattern.finditer(path) if (day := _day(match))), None)


def _day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = int(groups["m"]) if groups.get("m") else MONTHS.get(groups["name"][:3].lower(), 0)
    try:
        return date(int(groups["y"]), month, int(groups["d"]))
    except ValueError:
        return None


def _segments(url: str) -> list[str]:
    """Parts of the path, decoded, without empty ones, a leading language ("/en/") and the name of a folder's page ("/index.html")."""
    parts = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    parts = parts[:-1] if parts and FOLDER_PAGE.fullmatch(parts[-1]) else parts
    return parts[1:] if parts and LANGUAGE.fullmatch(parts[0]) and parts[0].lower() not in STORY_MARK | SECTION else parts


def _stem(segment: str) -> str:
    return PAGE_ENDING.sub("", segment).lower()


def path_words(url: str) -> list[str]:
    """The parts of the path in small letters, without a leading language and without .html: ["news", "local"]."""
    written = normalise(url)
    return [_stem(segment) for segment in _segments(written)] if written else []


def is_home(url: str) -> bool:
    """The front page, in any language: "/", "/en/", "/index.html"."""
    if normalise(url) is None:
        return False
    parts = urlsplit(identity(url))
    return not parts.query and not _segments(parts.geturl())


def is_file(url: str) -> bool:
    """A picture, document, feed or script by its ending, or a part of the machinery (/wp-json/, /feed/): never a page to read."""
    segments = [segment.lower() for segment in _segments(normalise(url) or "")]
    return bool(segments) and (FILE.search(segments[-1]) is not None or any(segment in NEVER for segment in segments))


def is_home_or_section(url: str, in_doubt: bool = True) -> bool:
    """Whether the address is a front page, a section, a list or one of their further pages. `in_doubt`: what of short names that say
    nothing: /gate-closed/, /local-sport/.
    """
    written = normalise(url)
    if written is None:
        return False
    segments = _segments(written)
    if _story_parameter(written):
        return False
    if not segments or _is_list(segments) or _is_date_archive(written):
        return True
    if len(segments) > 3 or looks_like_story(written):
        return False
    return all(_is_short_name(segment) if in_doubt else _stem(segment) in SECTION | SERVICE for segment in segments)


def is_login_page(url: str) -> bool:
    """Whether the address asks for a login or a subscription: /wp-login.php?redirect_to=…, login.example.org, /subscribe/."""
    address = urlsplit(url)
    segments = [_stem(segment) for segment in address.path.split("/") if segment]
    return bool(LOGIN_PAGES & set(segments[-2:])) or (address.hostname or "").partition(".")[0] in LOGIN_HOSTS


def _is_short_name(segment: str) -> bool:
    """ "sports", "world-news"; neither a slug nor an id."""
    name = _stem(segment)
    words = re.split(r"[-_+ ]+", name)
    return name in SECTION or name in SERVICE or (len(words) <= 2 and len(name) <= 24 and not any(char.isdigit() for char in name))


def _is_list(segments: list[str]) -> bool:
    """/category/x, /tag/x, /author/x, …/page/7"""
    last = [segment.lower() for segment in segments]
    if len(last) > 1 and PAGING_PATH.fullmatch(last[-2]) and last[-1].isdigit() and len(last[-1]) < 5 and last[-2] != "p":
        return True
    if last[-1] in TAXONOMY | {"index"}:
        return True
    depth = next((place for place, segment in enumerate(last, 1) if segment in TAXONOMY), len(last))
    return depth < len(last) and not (depth + 1 < len(last) and _judge_name(segments, last))  # /category/local/12345-a-story is none


def _is_date_archive(url: str) -> bool:
    """/2026/, /2026/11/, /2026/11/03/, /news/2026-11-03, /agenda/2026/11/3/-: a day or month, and no story behind it."""
    path = urlsplit(url).path.rstrip("/-")
    return (
        re.search(rf"(?:^|/)(?:{YEAR}(?:[/-]\d\d?(?:[/-]\d\d?)?)?|{YEAR}\d\d(?:\d\d)?|\d\d[/-]\d\d[/-]{YEAR})(?:/page/\d{{1,4}})?$", path)
        is not None
    )


def looks_like_story(url: str) -> bool | None:
    """Whether the shape of the address is a story's; None where it does not tell and the page must."""
    written = normalise(url)
    if written is None:
        return False
    segments = _segments(written)
    lower = [segment.lower() for segment in segments]
    if (lower and FILE.search(lower[-1])) or any(segment in NEVER for segment in lower):
        return False
    if _story_parameter(written):
        return True
    if _is_date_archive(written):
        return False
    if segments and (_date_in_path(written) or MONTH_BEFORE_NAME.search(urlsplit(written).path)):
        return True
    if not segments or _is_list(segments) or _list_parameter(written):
        return False
    return _judge_name(segments, lower)


def _judge_name(segments: list[str], lower: list[str]) -> bool | None:
    """By the last part of the path, and what stands before it."""
    name, parent = _stem(segments[-1]), lower[-2] if len(lower) > 1 else ""
    words = [word for word in re.split(r"[-_+ ]+", name) if word]
    if name in SERVICE or (SERVICE_WORDS & set(words) and len(words) <= 5):
        return False
    if _has_id(name, parent) or any(_is_slug(segment) for segment in lower[:-1]):
        return True
    if len(words) >= 3:
        return True if len(words) > 4 or len(name) >= 25 or not GLUE & set(words) else None
    if not name.isascii() and len(name) >= 12:
        return True
    if parent in STORY_MARK and len(words) > 1:
        return True
    return False if name in SECTION else None


def _is_slug(segment: str) -> bool:
    """A headline in the middle of a path: /a-long-headline-of-many-words/amp, /slug-1019241/artikel"""
    return segment.count("-") >= 5 or re.search(r"[a-z]-\d{6,}$", segment) is not None


def _has_id(name: str, parent: str) -> bool:
    """A number of a story: /news/12345, slug-1234567, abc_9876543, /article/ab12cd34."""
    if re.fullmatch(r"\d{4,}", name):
        return not re.fullmatch(YEAR, name) or parent in STORY_MARK
    if re.fullmatch(r"\d{1,3}", name):
        return parent in STORY_MARK and parent not in ("p", "a", "n")
    if re.search(r"(?:^|[-_.,a-z])\d{5,}$|^\d{5,}[-_.]|[a-z]-[a-z]-\d{4}$", name):
        return True
    mixed = re.search(r"\d", name) and re.search(r"[a-z]", name)
    if mixed and re.search(r"(?:^|[-_.~])(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{8,}$", name):
        return True
    return bool(mixed) and parent in STORY_MARK


def _parameters(url: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in urlsplit(url).query.split("&")) if name]


def _story_parameter(url: str) -> bool:
    """?p=123, story.php?id=45, Joomla's id=45:a-slug, SPIP's ?article45: a number that names a story, and no facet beside it."""
    parameters = _parameters(url)
    if OF_JOOMLA.search(urlsplit(url).query):
        parameters = [(name, value) for name, value in parameters if name != "Itemid"]  # the item of a menu
    named = any(
        STORY_NUMBER.fullmatch(unquote(value)) if STORY_PARAMETERS.fullmatch(name) else not value and SPIP_STORY.fullmatch(name)
        for name, value in parameters
    )
    return named and not any(
        name.lower() in ("s", "q", "attachment_id", "feed", "post_type") or (name.lower() == "view" and value.lower() in TAXONOMY)
        for name, value in parameters
    )


def _list_parameter(url: str) -> bool:
    return any(LIST_PARAMETERS.fullmatch(unquote(name)) for name, _ in _parameters(url))


# --- what may be fetched


def check_fetchable(url: str, allow_loopback: bool) -> None:
    """Raises RefusedAddress unless `url` is http(s) on a public host and a web port; this machine only when `allow_loopback`.

    Names are not looked up here: what a name leads to is checked where the connection is made.
    """
    try:
        parts = urlsplit(_joined(url, None))
        _refuse(
            parts.scheme not in DEFAULT_PORT,
            url,
            f"its scheme is {parts.scheme or 'missing'}",
            "Only http:// and https:// addresses are fetched.",
        )
        _refuse("@" in parts.netloc, url, "it carries a user name", "Give the address without user name and password.")
        host, port_text = _host_and_port(parts)
    except ValueError as error:
        raise _refusal(url, f"it cannot be understood: {error}", "Give it as a browser shows it: https://example.org/") from None
    port = int(port_text[1:]) if port_text else DEFAULT_PORT[parts.scheme]
    if is_loopback(host):
        _refuse(not allow_loopback, url, "it is this machine", "For a test server, set allow_loopback = true for the site.")
        return
    _refuse(_is_ip(host) and not is_public_address(host.strip("[]")), url, "it is no public address", "Private networks are not fetched.")
    _refuse(not _is_ip(host) and not _is_public_name(host), url, f"{host!r} is no public host name", "Give the full name: www.example.org")
    allowed = ", ".join(map(str, sorted(settings.PORTS)))
    _refuse(port not in settings.PORTS, url, f"port {port} is no web server's", f"Ports that are fetched: {allowed}.")


def _refuse(when: bool, url: str, why: str, advice: str) -> None:
    if when:
        raise _refusal(url, why, advice)


def _refusal(url: str, why: str, advice: str) -> RefusedAddress:
    shown = CONTROL.sub("?", url[:200]).encode("utf-8", "replace").decode("utf-8")
    return RefusedAddress(f"{shown!r} is not fetched: {why}.\n{advice}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its own name or address."""
    return is_loopback_address(host.strip("[]")) if _is_ip(host) else host == "localhost" or host.endswith(".localhost")


def is_loopback_address(ip: str) -> bool:
    """Whether an IP address is this machine's own."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _is_public_name(host: str) -> bool:
    return "." in host and not host.endswith((".local", ".internal", ".intranet", ".lan", ".home.arpa", ".onion"))


NOT_PUBLIC: tuple[Callable[[ipaddress.IPv4Address | ipaddress.IPv6Address], bool], ...] = (
    lambda ip: not ip.is_global,
    lambda ip: ip.is_private or ip.is_reserved or ip.is_multicast,
    lambda ip: ip.is_loopback or ip.is_link_local or ip.is_unspecified,
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
LOCAL_NETWORKS = tuple(
    ipaddress.IPv6Network(network) for network in ("64:ff9b:1::/48", "fec0::/10", "100::/64", "2001:db8::/32", "5f00::/16")
)


def is_public_address(ip: str) -> bool:
    """Whether an IP address is one of the open internet. IPv6 that carries an IPv4 address is judged by that one."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public_address(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_public_address(str(inner))
        if any(address in network for network in LOCAL_NETWORKS):
            return False
    return not any(test(address) for test in NOT_PUBLIC)
