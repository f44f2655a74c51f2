"""Every knob, with its default and its reason. This module alone reads the environment."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver import __version__
from archiver.errors import WrongUse

DAY_S = 86_400

# Who we are. An operator sets a contact (address or page), so that a webmaster can reach a person.
CONTACT = os.environ.get("ARCHIVER_CONTACT", "")
TELL = os.environ.get("ARCHIVER_TELL", "")  # a command that gets what `archiver run` has to say of sites in trouble: mail, a chat's hook
ROBOTS_NAME = "news-archiver"  # the product token that robots.txt may name


def user_agent(contact: str = CONTACT) -> str:
    """Honest user agent: product, version, and how to reach the operator (RFC 9110, 10.1.5)."""
    return f"{ROBOTS_NAME}/{__version__} (+{contact})" if contact else f"{ROBOTS_NAME}/{__version__} (contact not set)"


def proxies() -> dict[str, str]:
    """The variables that name the operator's proxy, as Scrapy reads them; what starts the archiver by the clock needs them, too."""
    names = ("https_proxy", "http_proxy", "no_proxy")
    return {name: value for plain in names for name in (plain, plain.upper()) if (value := os.environ.get(name))}


def data_dir() -> Path:
    """`--data` overrides it."""
    return Path(os.environ.get("ARCHIVER_DATA", "data"))


def trust_authorities() -> None:
    """Makes known who vouches for servers' certificates: the system's list, or where there is none (macOS, bare containers) Mozilla's."""
    if "SSL_CERT_FILE" not in os.environ and not any(Path(place).exists() for place in AUTHORITIES):
        import certifi

        os.environ["SSL_CERT_FILE"] = certifi.where()


def utc_now() -> datetime:
    """The clock, UTC, whole seconds. ARCHIVER_NOW (ISO 8601; UTC where it names no zone) sets it, for the demo and for rehearsals of
    later days. Raises WrongUse where that is no moment."""
    fixed = os.environ.get("ARCHIVER_NOW")
    now = _moment(fixed) if fixed else datetime.now(UTC)
    return now.replace(microsecond=0)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"ARCHIVER_NOW is {text!r}, which is no moment.\nWrite it as 2026-03-05T07:00:00Z, or unset it.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


# --- fetching

AUTHORITIES = (  # where Linux keeps the certificates of authorities: Debian, Fedora, openSUSE, RHEL; all of them known to pyOpenSSL
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
)

# Between two requests to one host. Never 0: at 0, Scrapy 2.19 does not hold the per-host limit.
DELAY_S = float(os.environ.get("ARCHIVER_DELAY_S") or 2)
MIN_DELAY_S = 0.01
MAX_CRAWL_DELAY_S = 120  # a longer Crawl-delay is honoured as this, by name in the log: one request a minute ends no run
MAX_RETRY_AFTER_S = DAY_S
ALLOW_LOOPBACK = os.environ.get("ARCHIVER_ALLOW_LOOPBACK", "") not in ("", "0")
PORTS = frozenset({80, 443, 8000, 8008, 8080, 8443})  # on public hosts; loopback by explicit setting takes any
SIDE_BY_SIDE = 16  # sites crawled at the same time
MAX_BODY_BYTES = 16 << 20  # as sent; a news page is 50 kB (median), 2.2 MB (largest of 439)
MAX_PICTURE_BYTES = 8 << 20  # as sent; a photograph in a story is 50 to 500 kB, one as it left the camera some MB
MAX_PICTURES = 100  # of one story
NO_TEXT_AGAIN = (timedelta(days=1), timedelta(days=7))  # looks at what a list of stories names and that had no text: an outage passes
PICTURE_ATTEMPTS = 3  # at a picture whose server fails, over several runs
MAX_DECODED_BYTES = 32 << 20  # after Content-Encoding; where inflating stops
TIMEOUT_S = float(os.environ.get("ARCHIVER_TIMEOUT_S") or 60)  # for the whole answer, however it drips
MAX_REDIRECTS = 5
MAX_REQUESTS = 5_000  # of one site in one run
MEAN_BODY_BYTES = 1 << 20  # of all answers of one run, on average: a site that sends more does not fill the disk; real ones send a tenth
LEAST_RUN_BYTES = 256 << 20  # that a run may take, however small its budget of requests
MAX_LINKS_PER_PAGE = 2_000
MAX_PLACINGS = 300  # stories of a front page whose places are noted
MAX_SITEMAP_ENTRIES = 100_000
MAX_SECTION_PAGES = 10  # how far paging of a section is followed in one run
MAX_URL_LENGTH = 2_000
PATTERN_S = 0.2  # for a site's own regular expression on one address; usual ones take microseconds
MAX_CHILDREN = 50  # child sitemaps, or next pages, that one index page may lead to in one run
MAX_INDEX_DEPTH = {"sitemap": 3, "wordpress": 10, "section": MAX_SECTION_PAGES, "front_page": 1}
FLUSH_S = 1.0  # how long a capture waits, at most, for the row that speaks of it

# --- rechecking: (age of the story, interval between two looks), seconds. Young stories change; old ones hardly ever.
RECHECK = (
    (6 * 3_600, 3_600),  # in its first six hours: hourly
    (2 * DAY_S, 6 * 3_600),
    (7 * DAY_S, DAY_S),
    (30 * DAY_S, 7 * DAY_S),
    (180 * DAY_S, 30 * DAY_S),
)  # after half a year: never
EVERY_S = 3_600  # between two runs of a site
PICTURES_S = EVERY_S  # of one run for pictures: the next look at the news, and other sites, do not wait for a host of pictures that drips
GONE_AFTER = 2  # looks that must agree before a story counts as gone
LOOKS_APART = timedelta(hours=20)  # between two such looks at least: a site that is broken for an evening has lost nothing
ATTEMPTS = 8  # of a link whose server fails, over several runs, before it is given up by name: five days

# --- reading

READ_TIMEOUT_S = 20  # of one page in a worker
READ_MEMORY_BYTES = 2 << 30  # address space of one worker
MAX_PAGES = 20  # of one story
MAX_PAGE_BYTES = 6 << 20  # of decoded HTML that is read
WORKERS = max(1, os.cpu_count() or 1)
BATCH = 100  # stories in one transaction

# --- keeping

WARC_MAX_BYTES = 1 << 30  # a new file is begun after this


def pace_s(own_s: float | None) -> float:
    """Seconds between two requests to a site: as its facts have it (None: DELAY_S), but never none at all."""
    return max(own_s or DELAY_S, MIN_DELAY_S)


def retry_after(tries: int) -> timedelta:
    """How long after this many failures in a row a link is due again: an hour, two, four …"""
    return timedelta(hours=2 ** (tries - 1))


def run_interval(own_s: float | None, learned_s: float | None = None) -> timedelta:
    """How long from one run of a site to the next: its own interval (None: EVERY_S), or the shorter one that was learned."""
    own_s = own_s or EVERY_S
    return timedelta(seconds=min(own_s, learned_s or own_s))


def recheck_after(age: timedelta, ladder: tuple[tuple[float, float], ...] = RECHECK) -> timedelta | None:
    """How long until a story of this age is looked at again; None = never."""
    for until_s, interval_s in ladder:
        if age.total_seconds() < until_s:
            return timedelta(seconds=interval_s)
    return None


# --- Scrapy (scrapy.cfg names this module). What is not here is Scrapy's default.

BOT_NAME = "news-archiver"
SPIDER_MODULES = ["spiders"]
COMMANDS_MODULE = "archiver.scrapy_commands"
USER_AGENT = user_agent()
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = ROBOTS_NAME
# Of one site, over all its hosts: one under way, one ready. More would still be sent after a server has asked to wait, or Ctrl-C.
CONCURRENT_REQUESTS = 2
CONCURRENT_REQUESTS_PER_DOMAIN = 1
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # the newest story first, as the queue gives them
CONCURRENT_ITEMS = 1  # Scrapy 2.19 starts this many tasks for every response; our pipelines never wait for anything
DOWNLOAD_DELAY = DELAY_S
DOWNLOAD_DELAY_JITTER = 0  # a delay that a site asks for is never undercut
DOWNLOAD_TIMEOUT = TIMEOUT_S
DOWNLOAD_MAXSIZE = MAX_BODY_BYTES
DOWNLOAD_WARNSIZE = 0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0  # begins at DOWNLOAD_DELAY, grows with the server's latency
AUTOTHROTTLE_MAX_DELAY = 60
RETRY_TIMES = 1  # within a run; later runs try again
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 and 503 say when: see middlewares.HonourRetryAfter
REDIRECT_MAX_TIMES = MAX_REDIRECTS
COOKIES_ENABLED = False
COMPRESSION_ENABLED = False  # bodies are kept as they came
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
}
METAREFRESH_ENABLED = False  # it decodes every page; see discover.find_refresh
WARN_ON_GENERATOR_RETURN_VALUE = False  # it parses the callback's source again for every answer (Scrapy 2.19): 0.3 ms a page
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # nothing listens while a crawl runs
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy takes any; a site with `accept_bad_certificate` is the exception
DNS_TIMEOUT = 20
TWISTED_DNS_RESOLVER = "archiver.middlewares.PublicAddressResolver"
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # Guard knows which addresses are the site's
    # Off by the settings above; not even imported: CookiesMiddleware brings `requests`, 0.15 s a start.
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "archiver.middlewares.Guard": 90,
    "archiver.middlewares.Robots": 100,
    "archiver.middlewares.HonourRetryAfter": 540,  # nearer to the network than RetryMiddleware (550) would see it
    "archiver.middlewares.OperatorsProxy": 750,
    "archiver.middlewares.SharedPace": 900,  # behind robots.txt, which has its own turn before
    "archiver.middlewares.KeepCapture": 950,  # nearest to the network: sees each answer as it came, redirects too
}
SPIDER_MIDDLEWARES = {  # each takes every item of every answer in its hands; the spider counts, bounds and names by itself
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {
    "archiver.pipelines.SaveLinks": 100,
    "archiver.pipelines.SaveOutcomes": 200,
}
EXTENSIONS_BASE = {  # Scrapy's own, without those that only cost time to import (RemoteControl brings aiohttp, 0.3 s a start)
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
EXTENSIONS = {
    "archiver.pipelines.Ledger": 10,
    "archiver.pipelines.ReadBeside": 20,
    "archiver.middlewares.StopAtOnce": 30,
}
LOG_LEVEL = "WARNING"
