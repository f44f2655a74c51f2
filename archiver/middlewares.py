"""Scrapy's sockets on the way to the network: what is asked, how politely, and that every answer is kept as it came."""

from __future__ import annotations

import asyncio
import codecs
import logging
import re
import socket
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, ClassVar, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver, HostResolution
from twisted.internet.abstract import isIPv6Address
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.task import LoopingCall
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from zope.interface import implementer

from archiver import settings
from archiver.captures import TooLarge, Truncated, decode_body
from archiver.charset import decode_text
from archiver.discover.robots import read_crawl_delay
from archiver.errors import RefusedAddress
from archiver.records import GONE, Capture
from archiver.spider import name_of_error
from archiver.urls import (
    check_fetchable,
    is_home_or_section,
    is_loopback,
    is_loopback_address,
    is_public_address,
    normalise,
    registrable_domain,
    same_site,
)

logger = logging.getLogger(__name__)
# It would warn in every run that nobody sets the Referer header on redirects; nobody sends one here at all.
logging.getLogger("scrapy.downloadermiddlewares.redirect").addFilter(lambda record: "Referer" not in str(record.msg))

ROBOTS_MAX_BYTES = 512 << 10  # RFC 9309 asks for at least 500 KiB
MAX_HEADER_BYTES = 48 << 10  # of one answer; readers of WARC records stop at 64 KB
# Whoever copies a whole user agent out of a log means us: "User-agent: news-archiver/1.0 (+mailto:…)". Protego compares as it stands.
OUR_NAME = re.compile(rf"(?im)^([ \t]*user[- ]?agent[ \t]*:[ \t]*){settings.ROBOTS_NAME}(?![\w-])[^\r\n]*".encode())
WHOLE_RANGE = re.compile(rb"bytes 0-(?P<last>\d{1,15})/(?P<size>\d{1,15})", re.IGNORECASE)
WAITING = (429, 503)  # statuses that may carry Retry-After
ASKED_TO_WAIT = "asked_to_wait: the server asks to come back later"
STOPPED = "interrupted: the run was stopped"
NOTICE_S = 0.2  # between two looks whether the run was stopped
SAFETY_S = 0.02  # timers fire early; an asked-for delay is never undercut


def _without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = None
    return True


# A server that is down is told in one line, under plain Scrapy too, where its log is the terminal.
logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(_without_traceback)


class Guard:
    """Refuses addresses that the archiver must not fetch: at the start, and again at each redirect."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if self.crawler.ledger.fatal:  # type: ignore[attr-defined]  # what would come could not be kept
            raise IgnoreRequest(STOPPED)
        if self.crawler.ledger.not_before:  # type: ignore[attr-defined]
            raise IgnoreRequest(ASKED_TO_WAIT)
        facts = self.crawler.spider.facts  # type: ignore[union-attr]
        # One queue for all hosts of a site, also after a redirect: example.org, www. and m. are mostly one machine.
        request.meta["download_slot"] = facts.name
        is_picture = request.meta.get("role") == "image"
        if is_picture and self.crawler.spider.is_host_left(request.url):  # type: ignore[union-attr]
            raise IgnoreRequest("asked_to_wait: its host is left alone for now")
        if elsewhere := is_elsewhere(self.crawler, request):
            self._own_queue(request)
            # Each host of pictures costs a robots.txt more, each of its redirects a request.
            if not is_picture or "redirect_urls" in request.meta:
                self.crawler.spider.spend()  # type: ignore[union-attr]
        loopback = facts.allow_loopback or settings.ALLOW_LOOPBACK
        try:
            check_fetchable(request.url, loopback)
        except RefusedAddress as error:
            raise IgnoreRequest(f"refused_address: {str(error).splitlines()[0]}") from None
        if self.crawler.ledger.is_taken_down(request.url):  # type: ignore[attr-defined]
            raise IgnoreRequest("taken_down: it was taken down, and is not fetched again")
        for_rules = request.meta.get("dont_obey_robotstxt")  # robots.txt itself: RFC 9309, 2.3.1.2, follows it to other hosts
        named = is_picture or self.crawler.spider.may_ask(request.url, request.meta.get("role", ""))  # type: ignore[union-attr]
        if not for_rules and not named and not any(same_site(request.url, home) for home in (*facts.feeds, *facts.sitemaps)):
            raise IgnoreRequest(f"other_site: {request.url} is not part of {facts.url}")
        host = urlsplit(request.url).hostname or ""
        if loopback and (not elsewhere or is_loopback(host)):  # a stranger's name for this machine is no name of a test server
            PublicAddressResolver.may_be_loopback.add(host)

    def _own_queue(self, request: Request) -> None:
        """Pictures from elsewhere wait in one queue for a domain, at the site's pace or the one that its robots.txt asks for."""
        host = registrable_domain(request.url)
        self.crawler.spider.picture_hosts.add(host)  # type: ignore[union-attr]
        request.meta.update({"download_slot": host, "autothrottle_dont_adjust_delay": True})
        pace = {"delay": self.crawler.settings.getfloat("DOWNLOAD_DELAY")}
        self.crawler.engine.downloader.per_slot_settings.setdefault(host, pace)  # type: ignore[union-attr]


def is_elsewhere(crawler: Crawler, request: Request) -> bool:
    """Is it for a picture on a host that is not the site's, or for the robots.txt of such a host, wherever that leads?"""
    spider: Any = crawler.spider
    first = request.meta.get("redirect_urls", (request.url,))[0]
    rules = request.meta.get("dont_obey_robotstxt") and registrable_domain(first) in spider.picture_hosts
    return (rules or request.meta.get("role") == "image") and not same_site(request.url, spider.facts.url)


@implementer(IHostnameResolver)
class PublicAddressResolver(CachingThreadedResolver):
    """Looks names up, and refuses those that lead to an address of this machine or a private network.

    Loopback is let through only for names of sites that have `allow_loopback`; Guard says which. The operator's own proxy may be anywhere.
    """

    may_be_loopback: ClassVar[set[str]] = set()
    proxies: ClassVar[set[str]] = set()  # hosts; see OperatorsProxy

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)  # type: ignore[arg-type]  # what Twisted puts around simple resolvers takes all for IPv4

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, portNumber: int = 0, *_: Any, **__: Any) -> HostResolution:
        def found(address: str) -> None:
            kind = IPv6Address if ":" in address else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", address, portNumber))

        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        asked = self.getHostByName(hostName).addCallbacks(found, lambda failure: failure.trap(DNSLookupError))
        asked.addCallback(lambda _: resolutionReceiver.resolutionComplete())
        return resolution

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        if isIPv6Address(name):
            return maybeDeferred(self._check, name, name)
        return super().getHostByName(name, timeout).addErrback(self._ipv6_of, name).addCallback(self._check, name)

    def _ipv6_of(self, failure: Failure, name: str) -> Deferred[str]:
        """Of a name that has no IPv4 address; where it has none of either, `failure`."""
        failure.trap(DNSLookupError)
        pool = self.reactor.getThreadPool()  # type: ignore[attr-defined]
        found = deferToThreadPool(self.reactor, pool, socket.getaddrinfo, name, None, socket.AF_INET6, socket.SOCK_STREAM)  # type: ignore[arg-type]
        return found.addCallbacks(lambda addresses: str(addresses[0][4][0]), lambda _: failure)

    def _check(self, address: str, name: str) -> str:
        if name.lower() in self.proxies or self.may_be_asked(address, name):
            return address
        raise DNSLookupError(f"{name} leads to {address}, which is not a public address")

    @classmethod
    def may_be_asked(cls, address: str, name: str) -> bool:
        """For a page, which may have any name that leads there."""
        return is_public_address(address) or (name.lower() in cls.may_be_loopback and is_loopback_address(address))


class OperatorsProxy(HttpProxyMiddleware):
    """The proxy of the environment (HTTPS_PROXY, HTTP_PROXY): the operator chose it, so it may be in a private network, or this machine.

    It looks up the names that it is asked for. What a page leads to is therefore looked up here first, and refused where that is a
    private address; a network whose names only the proxy can look up tells nothing, and Guard has refused what the address alone tells.
    """

    def __init__(self, auth_encoding: str | None = "latin-1") -> None:
        super().__init__(auth_encoding)
        self.refused: dict[str, str | None] = {}  # by host: the address that it leads to, None where it may be asked
        for scheme in {"http", "https"} & self.proxies.keys():  # the others are hosts that are asked without a proxy, among them
            self._trust(self.proxies[scheme][1])

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        super().process_request(request)
        host = urlsplit(request.url).hostname or ""
        if proxy := request.meta.get("proxy"):
            self._trust(proxy)
        elif host not in PublicAddressResolver.proxies:  # looked up where the connection is made
            return
        if host not in self.refused:
            self.refused[host] = await self._private_address(host)
        if address := self.refused[host]:
            raise IgnoreRequest(f"refused_address: {host} leads to {address}, which is not a public address")

    def _trust(self, proxy: str) -> None:
        if host := urlsplit(proxy).hostname:
            PublicAddressResolver.proxies.add(host)

    async def _private_address(self, host: str) -> str | None:
        """That the name leads to; None where it leads to none, or cannot be looked up."""
        try:
            async with asyncio.timeout(settings.DNS_TIMEOUT):
                found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, TimeoutError, UnicodeError):
            return None
        return next((str(where[0]) for *_, where in found if not PublicAddressResolver.may_be_asked(str(where[0]), host)), None)


class Robots(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 reads it: no answer or a server error closes the site for now, 4xx or going round in circles means no rules.

    One that leads to an address that is not fetched, or nowhere, was not read either: it closes the site, too.

    Crawl-delay and Request-rate are honoured for the whole site.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.closed: dict[str, tuple[str, str]] = {}  # netloc ▶ outcome of every visit, and why

    def process_request_2(self, rp: Any, request: Request) -> None:
        netloc = request.url.split("/", 3)[2]
        if netloc in self.closed:
            outcome, why = self.closed[netloc]
            raise IgnoreRequest(f"{outcome}: robots.txt {why}; the site counts as closed until it can be read")
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self.closed[netloc] = ("robots_unreachable", f"answers HTTP {response.status}")
            text = b""
        elif 300 <= response.status < 400:  # not followed
            self.closed[netloc] = ("robots_unreachable", f"answers HTTP {response.status}, which leads nowhere that is fetched")
            text = b""
        else:
            text = self._text(response, netloc) if 200 <= response.status < 300 else b""
        self._slow_down(text, request)
        await super()._parse_robots(response.replace(body=text), netloc, request)
        self._hold_where_it_stands(response.url, netloc)
        if request.meta.get("role") == "image":  # what a host of pictures says is not said of the site's stories
            return
        if request.url.split("/", 3)[2] == netloc and same_site(request.url, self.crawler.spider.facts.url):  # type: ignore[union-attr]
            if response.status in GONE or (200 <= response.status < 300 and netloc not in self.closed):
                self.crawler.ledger.found_rules(bool(text.strip()))  # type: ignore[attr-defined]
            # Wherever it was read, it speaks of the host that was asked for it; one of a feed's service says nothing of the site.
            self.crawler.spider.heed_robots(text, urljoin(request.url, "/robots.txt"))  # type: ignore[union-attr]

    def _hold_where_it_stands(self, url: str, netloc: str) -> None:
        """Where example.org leads to www.example.org, it is the robots.txt of that host, too, which is not asked for it again."""
        parts = urlsplit(url)
        if parts.path == "/robots.txt" and parts.netloc not in self._parsers and same_site(url, f"{parts.scheme}://{netloc}/"):
            self._parsers[parts.netloc] = self._parsers[netloc]
            if netloc in self.closed:
                self.closed[parts.netloc] = self.closed[netloc]

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if str(exc) in (ASKED_TO_WAIT, STOPPED):  # it was not asked: nobody knows what it allows
            self.closed[netloc] = (str(exc).partition(":")[0], "was not asked any more")
        if str(exc).startswith("refused_address"):
            self.closed[netloc] = ("robots_unreachable", f"leads elsewhere: {str(exc).partition(': ')[2].rstrip('.')}")
        if not isinstance(exc, IgnoreRequest):
            outcome, reason = name_of_error(exc)
            self.closed[netloc] = (outcome, f"cannot be fetched ({reason})")
        super()._robots_error(exc, netloc)

    def _text(self, response: Response, netloc: str) -> bytes:
        encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        try:
            text = decode_body(response.body, encoding, ROBOTS_MAX_BYTES * 4)
        except (TooLarge, Truncated):
            self.closed[netloc] = ("robots_unreachable", "cannot be decoded")
            return b""
        if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # RFC 9309 wants UTF-8; what it forbids is plain all the same
            text = decode_text(text).encode()
        return OUR_NAME.sub(rb"\g<1>" + settings.ROBOTS_NAME.encode(), text.removeprefix(codecs.BOM_UTF8)[:ROBOTS_MAX_BYTES])

    def _slow_down(self, text: bytes, request: Request) -> None:
        declared = read_crawl_delay(text.decode("utf-8", "replace"))
        if not declared:
            return
        if declared > settings.MAX_CRAWL_DELAY_S:
            logger.warning("%s asks for a crawl delay of %s s; honoured as %s s", request.url, declared, settings.MAX_CRAWL_DELAY_S)
        delay_s = min(declared, settings.MAX_CRAWL_DELAY_S) + SAFETY_S
        if is_elsewhere(self.crawler, request):
            hold_delay_of(self.crawler, registrable_domain(request.url), delay_s)
        else:
            hold_delay(self.crawler, delay_s)


def hold_delay_of(crawler: Crawler, host: str, delay_s: float) -> None:
    """From now on at least `delay_s` between two requests to a host of pictures."""
    downloader = crawler.engine.downloader  # type: ignore[union-attr]
    pace = downloader.per_slot_settings.setdefault(host, {})
    pace["delay"] = max(pace.get("delay", 0), delay_s)
    if slot := downloader.slots.get(host):
        slot.delay = max(slot.delay, delay_s)


def hold_delay(crawler: Crawler, delay_s: float) -> None:
    """From now on at least `delay_s` between two requests of this crawl, whatever AutoThrottle finds."""
    throttle = crawler.get_extension(AutoThrottle)
    if throttle:
        throttle.mindelay = max(throttle.mindelay, delay_s)
        throttle.maxdelay = max(throttle.maxdelay, throttle.mindelay)
    downloader = crawler.engine.downloader  # type: ignore[union-attr]
    downloader._delay = max(downloader._delay, delay_s)  # of slots to come
    for host, slot in downloader.slots.items():
        if host not in crawler.spider.picture_hosts:  # type: ignore[union-attr]
            slot.delay = max(slot.delay, delay_s)


def drop_queues(crawler: Crawler, why: str, only: str | None = None) -> None:
    """What is ready to leave does not; `only`: to this host of pictures."""
    for host, slot in crawler.engine.downloader.slots.items():  # type: ignore[union-attr]
        while slot.queue and only in (None, host):
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(IgnoreRequest(why)))


class SharedPace:
    """Crawls side by side whose sites have a host of pictures in common ask it no faster than one of them would: each takes its turn."""

    next_at: ClassVar[dict[str, float]] = {}  # by domain, on the monotonic clock

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if not is_elsewhere(self.crawler, request):
            return
        host = request.meta["download_slot"]
        turn = max(monotonic(), self.next_at.get(host, 0))
        self.next_at[host] = turn + self.crawler.engine.downloader.per_slot_settings[host]["delay"]  # type: ignore[union-attr]
        while (wait_s := turn - monotonic()) > 0:
            await asyncio.sleep(min(wait_s, NOTICE_S))
            self._is_to_be_asked(request)

    def _is_to_be_asked(self, request: Request) -> None:
        """Raises IgnoreRequest where the run was stopped meanwhile, or a server has asked to wait."""
        if not self.crawler.crawling:
            raise IgnoreRequest(STOPPED)
        if self.crawler.ledger.not_before or self.crawler.spider.is_host_left(request.url):  # type: ignore[attr-defined, union-attr]
            raise IgnoreRequest(ASKED_TO_WAIT)


class StopAtOnce:
    """SIGTERM, Ctrl-C: what is under way may end; what is ready to leave does not, whatever delay it waits for, and is as due as before."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.loop = LoopingCall(self.look)
        crawler.signals.connect(self.open, signal=signals.spider_opened)
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open(self) -> None:
        self.loop.start(NOTICE_S, now=False)

    def look(self) -> None:
        if not self.crawler.crawling:
            drop_queues(self.crawler, STOPPED)

    def close(self) -> None:
        self.loop.stop()


class HonourRetryAfter:
    """429 and 503: waits as long as the server says (RFC 9110, 10.2.3), then asks once more.

    A wait too long for a run ends the run; the site is due again when the wait is over.
    """

    SHORT_S = 120  # waits up to this are sat out
    UNSAID_S = 10  # where the server does not say
    TRIES = 3

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.heed, signal=signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def heed(self, response: Response, request: Request) -> None:
        """Sent before the host's next request leaves; at process_response it would be under way."""
        if response.status not in WAITING:
            return
        wait_s = self._wait_s(request, response)
        if wait_s > self.SHORT_S and is_elsewhere(self.crawler, request):
            self.crawler.spider.leave_host(request.url, wait_s)  # type: ignore[union-attr]
            drop_queues(self.crawler, ASKED_TO_WAIT, only=registrable_domain(request.url))
        elif wait_s > self.SHORT_S:
            self.crawler.ledger.asked_to_wait(wait_s)  # type: ignore[attr-defined]
            drop_queues(self.crawler, ASKED_TO_WAIT)  # what is ready to leave; Guard stops what comes after
        elif self._asks_again(request, response) or (response.status == 429 and _tries(request) == 1):
            self._pause(request, wait_s)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        again = response.status in WAITING and self._wait_s(request, response) <= self.SHORT_S and self._asks_again(request, response)
        return request.replace(dont_filter=True, meta=request.meta | {"waited": _tries(request)}) if again else response

    def _wait_s(self, request: Request, response: Response) -> float:
        asked = _asked_s(response)
        return min(asked if asked is not None else self.UNSAID_S * 2 ** (_tries(request) - 1), settings.MAX_RETRY_AFTER_S)

    def _asks_again(self, request: Request, response: Response) -> bool:
        """Where the server does not say when, only the first of several addresses that it refuses in a row, and after 503 once."""
        tries = _tries(request)
        if _asked_s(response) is not None:
            return tries <= self.TRIES
        return not self.crawler.spider.refusals and tries <= (1 if response.status == 503 else self.TRIES)  # type: ignore[union-attr]

    def _pause(self, request: Request, wait_s: float) -> None:
        host = request.meta.get("download_slot", "")
        if host in SharedPace.next_at:
            SharedPace.next_at[host] = max(SharedPace.next_at[host], monotonic() + wait_s)
        slot = self.crawler.engine.downloader.slots.get(host)  # type: ignore[union-attr]
        if slot is not None:
            slot.lastseen = monotonic() + wait_s - slot.delay + SAFETY_S
        self.crawler.ledger.say(f"asked to wait {wait_s:.0f} s")  # type: ignore[attr-defined]


def _tries(request: Request) -> int:
    return request.meta.get("waited", 0) + 1


def _asked_s(response: Response) -> float | None:
    return read_retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"))


def read_retry_after(value: str) -> float | None:
    """Seconds from a Retry-After header (seconds or an HTTP date); None where it says nothing."""
    if value.isascii() and value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - settings.utc_now()).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


class KeepCapture:
    """Keeps each answer as it came from the network, before anything looks at it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        role = request.meta.get("role") or ("robots" if request.url.endswith("/robots.txt") else "other")
        self.crawler.spider.received(len(response.body), response.status, is_picture=role == "image")  # type: ignore[union-attr]
        headers = _pairs(response.headers)
        if (size := sum(len(name) + len(value) + 4 for name, value in headers)) > MAX_HEADER_BYTES:
            raise IgnoreRequest(f"too_large: its headers alone have {size:,} bytes")
        capture = Capture(
            target_uri=response.url,
            warc_date=settings.utc_now(),
            http_status=response.status,
            headers=headers,
            body=response.body,
            site=self.crawler.spider.facts.name,  # type: ignore[union-attr]
            # What the operator's proxy wants to know is told to it alone; the WARC file is for others, too.
            request_headers=tuple(pair for pair in _pairs(request.headers) if pair[0].lower() != "proxy-authorization"),
            method=request.method,
            http_version=response.protocol or "HTTP/1.1",
        )
        self.crawler.ledger.keep(capture, role, request)  # type: ignore[attr-defined]
        if 300 <= response.status < 400:  # where it leads, nothing is known of that could be unchanged
            request.headers.pop("If-None-Match", None)
            request.headers.pop("If-Modified-Since", None)
        target = find_target(response) if role == "story" else None
        visited = self.crawler.spider.visited  # type: ignore[union-attr]
        if target and (is_home_or_section(target) or (target in visited and target != request.meta.get("link_url"))):
            request.meta["dont_redirect"] = True  # a home page is asked for its links anyway; a story is asked once a run
            request.meta["leads_to"] = target
        if response.status == 300 and "Location" in response.headers:  # which Scrapy does not follow; a browser does (RFC 9110, 15.4.1)
            return response.replace(status=302)
        if role != "image" and holds_the_whole(response):  # to be processed as a 200 (RFC 9110, 15.3.7.3)
            return response.replace(status=200)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Of several that nobody answers, only the first is asked twice."""
        if isinstance(exception, IgnoreRequest) or request.meta.get("role") == "image":  # not asked at all; a later run tries it again
            return
        request.meta["dont_retry"] = self.crawler.spider.unanswered(request, name_of_error(exception)[0]) > 1  # type: ignore[union-attr]


def holds_the_whole(response: Response) -> bool:
    """Is it a 206 of all bytes that there are? Some caches answer so though no range was asked for."""
    if response.status != 206:
        return False
    told = WHOLE_RANGE.fullmatch((response.headers.get("Content-Range") or b"").strip())
    return told is not None and int(told["last"]) + 1 == int(told["size"]) == len(response.body)


def find_target(response: Response) -> str | None:
    """Where a redirect leads."""
    location = (response.headers.get("Location") or b"").decode("latin-1")
    return normalise(location, response.url) if 300 <= response.status < 400 and location else None


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values)
