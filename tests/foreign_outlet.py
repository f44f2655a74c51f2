"""El Faro de Puerto Calma: a small Chilean outlet with a content system of its own, played day by day on loopback.

Written against the crawler, not with it: own addresses, own markup, gaps and traps as they are met in the wild. Every request is
logged with its time, and `truth` knows what a faithful archive holds. Standard library only. Try it by hand:

    python -m tests.foreign_outlet --day 2
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

CHILE = timezone(timedelta(hours=-3))
FIRST_DAY = datetime(2026, 11, 2, tzinfo=CHILE)  # a Monday
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre")
SECTIONS = ("puerto", "deportes", "cultura")
ON_A_PAGE = 6  # stories of one page of a section
IN_FEED = 8

WHO = ("El municipio", "La junta de vecinos", "El sindicato de pescadores", "La escuela Gabriela", "El cuerpo de bomberos")
WHO += ("La feria del sur", "El club Caleta Unida", "La biblioteca comunal", "El hospital comunal", "El coro del faro", "La capitanía")
DID = ("repara el muelle viejo", "inaugura un taller de redes", "pide más alumbrado", "suspende la regata de invierno")
DID += ("recibe libros de Ñuñoa", "compra dos lanchas nuevas", "gana el torneo de la costa", "denuncia robos de cable")
DID += ("abre sus puertas de noche", "cuenta las ballenas del golfo", "celebra ochenta años", "cierra la cuesta por derrumbe")
WHERE = ("en Puerto Calma", "en la caleta El Manzano", "en el cerro Las Brisas", "frente a la isla Lemu", "en el barrio Estación")
SENTENCES = (
    "Según el acta que se leyó el {day}, los trabajos costarán {n} millones de pesos y comenzarán apenas lo permita la marea.",
    "«No habíamos visto algo así en {n} años», dijo {name}, que vive a media cuadra y llegó caminando con sus vecinos.",
    "La alcaldesa explicó que {n} familias recibirán ayuda directa y que el resto deberá inscribirse antes de fin de mes.",
    "Durante la mañana se formó una fila de {n} personas; a mediodía ya no quedaban cupos y hubo que abrir otra lista.",
    "El informe, de {n} páginas, recuerda que el último arreglo se hizo sin planos y que nadie guardó las cuentas.",
    "{name}, profesora jubilada, propuso juntar firmas y llevarlas a la capital en el bus de las siete.",
    "A pesar de la lluvia, el acto terminó con música, sopaipillas y un minuto de silencio por los náufragos de 1926.",
    "El próximo encuentro será el {day} a las {n} horas, y cualquiera podrá hablar si se anota con anticipación.",
    "Los pescadores aseguran que perdieron {n} redes y que el seguro solo cubre la mitad de lo que vale cada una.",
    "En la caleta, en cambio, la noticia se tomó con calma: «primero se ve, después se cree», resumió {name}.",
    "Un grupo de {n} voluntarios limpió la orilla con palas prestadas y dejó la leña apilada junto al galpón.",
    "La obra anterior duró {n} semanas más de lo previsto, y por eso el concejo pidió ahora una boleta de garantía.",
    "{name} mostró a este diario las fotografías que tomó esa noche, cuando el agua llegó hasta la segunda grada.",
    "De acuerdo con la estación meteorológica cayeron {n} milímetros, lo más alto desde que hay registros en la zona.",
)
NAMES = ("Rosa Huenchul", "Iván Pérez Ñancupil", "Marta Oyarzún", "Julián Soto", "Elba Coñuecar", "Pedro Águila")
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado")
AUTHORS = ("Ana Barría", "Tomás Quezada", "Lucía Vidal")


@dataclass(frozen=True)
class Version:
    """A story as it stood from one day on."""

    from_day: int
    headline: str
    paragraphs: tuple[str, ...]
    kind: str = "first"  # first, update, stealth, headline
    note: str | None = None
    modified: datetime | None = None  # as the page declares it; None where it says nothing


@dataclass
class Story:
    """One story, what the outlet does with it, and where it is listed."""

    number: int
    path: str
    section: str
    published: datetime
    author: str
    caption: str
    credit: str
    versions: list[Version]
    from_day: int
    listed: frozenset[str] = frozenset({"front", "feed", "news", "section"})
    style: int = 0  # how the page states its facts
    validator: str = "etag"  # etag, modified, none
    trick: str = ""  # see _story
    ends: tuple[int, str] | None = None  # (day, gone, home, soft404, renamed)
    new_path: str | None = None

    def version(self, day: int) -> Version:
        return [version for version in self.versions if version.from_day <= day][-1]


@dataclass(frozen=True)
class Asked:
    """One request. `at` is monotonic, in seconds."""

    at: float
    day: int
    host: str
    path: str
    status: int
    headers: dict[str, str] = field(repr=False, default_factory=dict)

    @property
    def conditional(self) -> bool:
        return bool({"if-none-match", "if-modified-since"} & set(self.headers))


class Truth:
    """What a faithful archive of the outlet holds."""

    def __init__(self, outlet: ForeignOutlet) -> None:
        self.outlet = outlet

    def stories(self, day: int) -> dict[str, Version]:
        """Each story that could be read by the end of `day`, by address, as it last stood while it was there."""
        found = {}
        for story in self.outlet.stories:
            if story.from_day <= day and story.trick not in UNREADABLE:
                last = min(day, story.ends[0] - 1) if story.ends and story.ends[1] != "renamed" else day
                found[self.outlet.url(story.path)] = story.version(last)
        return found

    def changes(self, day: int) -> dict[str, Version]:
        """Versions that came after the first, up to `day`, by address."""
        return {self.outlet.url(s.path): v for s in self.outlet.stories for v in s.versions if 1 < v.from_day <= day and v.kind != "first"}

    def ended(self, day: int) -> dict[str, str]:
        """How stories ended, up to `day`: gone (410), home (redirected there), soft404, renamed."""
        return {self.outlet.url(story.path): story.ends[1] for story in self.outlet.stories if story.ends and story.ends[0] <= day}

    def by_path(self, path: str) -> Story | None:
        return next((story for story in self.outlet.stories if path in (story.path, story.new_path)), None)

    @property
    def no_stories(self) -> set[str]:
        """Addresses that answer 200 and are no stories, though some look it."""
        return {self.outlet.url(path) for path in (*PAGES, "/", *(f"/secciones/{name}" for name in SECTIONS))}

    def offences(self) -> list[str]:
        """Requests that no polite and careful crawler makes."""
        return [f"{asked.host}{asked.path}: {why}" for asked in self.outlet.log if (why := self._offence(asked))]

    def _offence(self, asked: Asked) -> str | None:
        if asked.host != self.outlet.host:
            return "another host, or a port behind the outlet"
        if asked.path.startswith(("/privado/", "/impresion/")) or "imprimir=" in asked.path:
            return "robots.txt forbids it"
        if asked.path.startswith("/calendario/") or "orden=" in asked.path or asked.path.startswith("/buscar"):
            return "a trap: calendar, facet or search"
        if "cookie" in asked.headers:
            return "a cookie was sent back"
        return None

    def paces(self) -> list[float]:
        """Mean seconds between two requests, over each five in a row of one day: single ones tell as much about this machine."""
        rows = [self.outlet.log[start : start + 5] for start in range(len(self.outlet.log) - 4)]
        return [(row[-1].at - row[0].at) / 4 for row in rows if row[0].day == row[-1].day]


UNREADABLE = frozenset({"bomb", "huge", "loop", "to_private"})
BOMB = gzip.compress(b"<p>" + b" " * 100_000_000, 6, mtime=0)
PAGES = {
    "/quienes-somos": "<h1>Quiénes somos</h1><p>El Faro es el diario de Puerto Calma desde 1931.</p>",
    "/horarios-de-las-lanchas": "<h1>Horarios</h1><table><tr><td>08:00</td><td>Isla Lemu</td></tr></table>",
    "/ingresar": "<h1>Ingresar</h1><form method=post action=/ingresar><input name=correo><input name=clave type=password></form>",
    "/autor/ana-barria": "<h1>Notas de Ana Barría</h1><ul><li>Doce años en la redacción</li></ul>",
}


def is_waited_for(connection: socket.socket) -> bool:
    """Whether the other side has not hung up: of an answer that is too large or too slow it takes a part only."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


class ForeignOutlet:
    """The outlet on its own port, and a second server on a port that nobody outside may ask. Use as a context manager."""

    def __init__(self, crawl_delay_s: float = 0.1, slow_s: float = 1.5) -> None:
        self.crawl_delay_s, self.slow_s = crawl_delay_s, slow_s
        self.today = 1
        self.log: list[Asked] = []
        self.refusals: dict[str, int] = {}  # paths that answer 429 so many times more
        self.lock = threading.Lock()
        self.answering: set[socket.socket] = set()
        self.most_open = 0  # requests at one moment whose sender waits for the answer
        self.stories = _play()
        self.truth = Truth(self)
        self.main, self.private = (ThreadingHTTPServer(("127.0.0.1", 0), self._handler()) for _ in range(2))
        self.host = f"127.0.0.1:{self.main.server_address[1]}"
        self.private_address = f"http://127.0.0.1:{self.private.server_address[1]}"
        self.address = f"http://{self.host}/"

    def __enter__(self) -> ForeignOutlet:
        for server in (self.main, self.private):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self.main, self.private):
            server.shutdown()
            server.server_close()

    def day(self, number: int) -> str:
        """From now on it is the evening of that day. Returns the moment for ARCHIVER_NOW."""
        self.today = number
        if number == 2:
            self.refusals = {story.path: 1 for story in self.stories if story.trick == "busy"}
        return (FIRST_DAY + timedelta(days=number - 1, hours=22)).isoformat()

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def asked(self, since: int = 0) -> list[Asked]:
        return self.log[since:]

    def _handler(outlet) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version, sys_version = "tinta/3", ""

            def do_GET(self) -> None:
                outlet.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    # --- answers

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        at = time.monotonic()
        headers = {name.lower(): value for name, value in handler.headers.items()}
        inside = handler.server is self.private
        answer = Answer(b"<h1>Secreto</h1><p>panel interno</p>") if inside else self.answer(handler.path)
        answer = answer.for_request(headers)
        host = f"127.0.0.1:{handler.server.server_address[1]}" if inside else headers.get("host", "")
        with self.lock:
            self.log.append(Asked(at, self.today, host, handler.path, answer.status, headers))
            self.answering.add(handler.connection)
            self.most_open = max(sum(map(is_waited_for, self.answering)), self.most_open)
        try:
            answer.send(handler)
        except OSError:  # the crawler hung up, as it may
            handler.close_connection = True
        with self.lock:
            self.answering.discard(handler.connection)

    def answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        path, query = parts.path.partition(";")[0], parse_qs(parts.query)
        fixed = {"/robots.txt": self._robots, "/": self._front, "/rss/portada.xml": self._feed, "/mapas/indice.xml": self._index}
        if path in fixed:
            return fixed[path]()
        if path.startswith("/mapas/"):
            return self._sitemap(path)
        if path.startswith("/secciones/") and path.count("/") == 2:
            return self._section(path.rsplit("/", 1)[1], int(query.get("pagina", ["1"])[0]))
        if path.startswith("/calendario/"):
            year, month = map(int, path.split("/")[2:4])
            return _page("Calendario", f'<a href="/calendario/{year + month // 12}/{month % 12 + 1}">siguiente</a>')
        if path in PAGES:
            return _page(path.strip("/"), PAGES[path], self._menu())
        address = path + (f"?{parts.query}" if "id" in query else "")
        story = self.truth.by_path(quote(path, safe="/%") if "%" not in path else path) or self.truth.by_path(address)
        return self._story(story, path) if story and story.from_day <= self.today else _missing(404)

    def _robots(self) -> Answer:
        rules = [
            "User-agent: *",
            f"Crawl-delay: {self.crawl_delay_s}",
            "Disallow: /privado/",
            "Disallow: /impresion/",
            "Disallow: /*?imprimir=",
        ]
        lines = [
            "\ufeff# El Faro",
            "User-agent: otrobot",
            "Disallow: /",
            "",
            *rules,
            "Allow: /",
            "",
            f"Sitemap: {self.url('/mapas/indice.xml')}",
        ]
        return Answer("\r\n".join(lines).encode(), content_type="text/plain")

    def _front(self) -> Answer:
        head = '<meta property="og:site_name" content="El Faro de Puerto Calma">'
        head += '<link rel="alternate" type="application/rss+xml" href="/rss/portada.xml">'
        boxes = "".join(self._box(story) for story in self._listed("front")[:14])
        return _page("El Faro de Puerto Calma", boxes + self._traps(), self._menu(), head)

    def _box(self, story: Story) -> str:
        marked = story.path + ("" if "?" in story.path else "?utm_source=portada&utm_medium=web")
        headline = html.escape(story.version(self.today).headline)
        picture = f'<a href="{marked}"><img src="/fotos/{story.number}.jpg" alt=""></a>'
        more = f'<a class="mas" href="{story.path}">Leer más</a> <a href="/impresion/{story.number}">imprimir</a>'
        return f'<div class="caja">{picture}<h2><a href="{marked}">{headline}</a></h2>{more}</div>'

    def _traps(self) -> str:
        top = next(story.path for story in self._listed("front") if "?" not in story.path)
        port = self.host.split(":")[1]
        links = {
            "/calendario/2026/11": "Calendario",
            "/buscar?q=muelle": "Buscar",
            "/secciones/puerto?orden=fecha&pagina=1": "Por fecha",
            f"{self.private_address}/panel": "Panel interno",
            f"http://localhost:{port}/nota/9-nota-en-otro-servidor-del-puerto.html": "Otro servidor",
            "http://192.0.2.7/nota/1-una-nota-lejana.html": "Lejos",
            "javascript:abrir()": "Abrir",
            "mailto:redaccion@faro.example": "Correo",
            "/boletin.pdf": "Boletín",
            f"{top}?imprimir=si": "Imprimir",
            f"{top};jsessionid=0A1B2C3D?utm_campaign=x#comentarios": "Comentarios de la nota principal del día",
            "/autor/ana-barria": "Ana Barría",
            "/horarios-de-las-lanchas": "Horarios de las lanchas a la isla",
            "/privado/nota-solo-para-suscriptores-del-faro-77001.html": "Una nota reservada a quienes pagan el diario",
        }
        return "".join(f'<a href="{html.escape(address)}">{text}</a>' for address, text in links.items())

    def _menu(self) -> str:
        links = {"/": "Inicio"} | {f"/secciones/{name}": name.title() for name in SECTIONS}
        links |= {"/quienes-somos": "Quiénes somos", "/ingresar": "Ingresar"}
        items = "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in links.items())
        return f'<div id="menu" class="menu"><ul>{items}</ul></div>'

    def _section(self, name: str, page: int) -> Answer:
        stories = [story for story in self._listed("section") if story.section == name]
        shown = stories[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        if name not in SECTIONS or not shown:
            return _missing(404)
        items = "".join(f'<li><a href="{story.path}">{html.escape(story.version(self.today).headline)}</a></li>' for story in shown)
        more = f'<a href="/secciones/{name}?pagina={page + 1}">Anteriores »</a>' if len(stories) > page * ON_A_PAGE else ""
        back = f'<a href="/secciones/{name}?pagina={page - 1}">« Recientes</a>' if page > 1 else ""
        return _page(name, f"<h1>{name.title()}</h1><ol>{items}</ol>{back}{more}", self._menu()).with_etag()

    def _feed(self) -> Answer:
        listed = [(s.version(self.today).headline, self.url(s.path), format_datetime(s.published)) for s in self._listed("feed")[:IN_FEED]]
        listed.append(("Reservada", self.url("/privado/nota-reservada-77002.html"), ""))
        listed.append(("Ajena", "https://otra.example/nota/1", ""))
        items = "".join(
            f"<item><title>{html.escape(title)}</title><link>{html.escape(link)}</link><pubDate>{when}</pubDate></item>"
            for title, link, when in listed
        )
        opening = (
            f'<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><title>El Faro</title><link>{self.address}</link>'
        )
        return Answer(f"{opening}{items}</channel></rss>".encode("latin-1"), content_type="text/xml").with_etag()

    def _index(self) -> Answer:
        paths = ("2026-10.xml.gz", "noticias.xml.gz", "autores-sitemap.xml", "hondo-1.xml", "roto.xml")
        children = [self.url(f"/mapas/{path}") for path in paths]
        children += [f"{self.private_address}/mapa.xml", "http://192.0.2.7/mapa.xml", "file:///etc/passwd"]
        return _xml("sitemapindex", "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)).with_etag()

    def _sitemap(self, path: str) -> Answer:
        if path == "/mapas/noticias.xml.gz":
            return self._gzipped(self._listed("news"), news=True)
        if path == "/mapas/2026-10.xml.gz":
            return self._gzipped(self._listed("archive"), news=False)
        if path.startswith("/mapas/hondo-"):
            level = int(path.split("-")[1].split(".")[0])
            return _xml("sitemapindex", f"<sitemap><loc>{self.url(f'/mapas/hondo-{level + 1}.xml')}</loc></sitemap>")
        if path == "/mapas/roto.xml":
            return Answer(b"<html><body><h1>Error 500</h1></body></html>")
        return _missing(404)

    def _gzipped(self, stories: list[Story], news: bool) -> Answer:
        plain = _xml("urlset", "".join(self._entry(story, news) for story in stories))
        return Answer(gzip.compress(plain.body, mtime=0), content_type="application/octet-stream").with_etag()

    def _entry(self, story: Story, news: bool) -> str:
        version = story.version(self.today)
        changed = f"<lastmod>{version.modified.isoformat()}</lastmod>" if version.modified else ""
        name = "<news:publication><news:name>El Faro</news:name><news:language>es</news:language></news:publication>"
        day = f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        facts = f"<news:news>{name}{day}<news:title>{html.escape(version.headline)}</news:title></news:news>" if news else ""
        return f"<url><loc>{self.url(html.escape(story.path))}</loc>{changed}{facts}</url>"

    def _listed(self, where: str) -> list[Story]:
        """Newest first; what has ended is listed no more, but for the renamed, under the new address."""
        there = [story for story in self.stories if where in story.listed and story.from_day <= self.today]
        there = [story if not story.ends or story.ends[0] > self.today else replace(story, path=story.new_path or "") for story in there]
        return sorted((story for story in there if story.path), key=lambda story: story.published, reverse=True)

    def _story(self, story: Story, path: str) -> Answer:
        if story.ends and story.ends[0] <= self.today and path != story.new_path:
            how = story.ends[1]
            return {
                "gone": _missing(410),
                "home": _moved("/", 302),
                "soft404": _missing(200),
                "renamed": _moved(story.new_path or "/", 301),
            }[how]
        if path == story.new_path and (not story.ends or story.ends[0] > self.today):
            return _missing(404)
        if self.refusals.get(story.path, 0) > 0:
            self.refusals[story.path] -= 1
            return Answer(b"<h1>Demasiadas visitas</h1>", 429, headers={"Retry-After": "1"})
        if story.trick == "loop":
            return _moved(story.path, 302)
        if story.trick == "to_private":
            return _moved(f"{self.private_address}/secreto", 302)
        page = _print(story, story.version(self.today), self._menu(), self.private_address)
        return self._tricked(story, page)

    def _tricked(self, story: Story, page: str) -> Answer:
        answer = Answer(page.encode())
        if story.trick == "bomb":
            return Answer(BOMB, headers={"Content-Encoding": "gzip"})
        if story.trick == "huge":
            return Answer(b"<html><body>" + b"<p>relleno del puerto</p>" * 900_000)
        if story.trick == "says_latin":
            answer = Answer(page.encode(), content_type="text/html; charset=iso-8859-1")
        elif story.trick == "is_latin":
            answer = Answer(
                page.replace('charset="utf-8"', 'charset="iso-8859-1"').encode("latin-1", "replace"),
                content_type="text/html; charset=utf-8",
            )
        elif story.trick == "slow":
            answer = replace(answer, drip_s=self.slow_s)
        elif story.trick == "chunked":
            answer = replace(answer, chunked=True)
        answer.headers["Set-Cookie"] = f"visita={story.number}; Path=/"
        return answer.with_etag() if story.validator == "etag" else answer.with_date(story) if story.validator == "modified" else answer


@dataclass
class Answer:
    """What is sent."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0
    chunked: bool = False

    def with_etag(self) -> Answer:
        self.headers["ETag"] = f'W/"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()[:12]}"'
        return self

    def with_date(self, story: Story) -> Answer:
        changed = max(
            [version.modified or version_moment(version) for version in story.versions if version.from_day > 1], default=story.published
        )
        self.headers["Last-Modified"] = format_datetime(changed.astimezone(UTC), usegmt=True)
        return self

    def for_request(self, asked: dict[str, str]) -> Answer:
        """304 where the crawler has it; gzip where it takes it, for every second page."""
        tag, moment = self.headers.get("ETag"), self.headers.get("Last-Modified")
        if self.status == 200 and ((tag and asked.get("if-none-match") == tag) or (moment and asked.get("if-modified-since") == moment)):
            return Answer(b"", 304, headers=dict(self.headers))
        takes = "gzip" in asked.get("accept-encoding", "") and "text/html" in self.content_type and "Content-Encoding" not in self.headers
        if takes and self.status == 200 and len(self.body) % 2 and len(self.body) < 1_000_000:
            return replace(self, body=gzip.compress(self.body, mtime=0), headers=self.headers | {"Content-Encoding": "gzip"})
        return self

    def send(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(self.status)
        headers = {"Content-Type": self.content_type, **self.headers}
        headers |= {"Transfer-Encoding": "chunked"} if self.chunked else {"Content-Length": str(len(self.body))}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        pieces = 8 if self.drip_s or self.chunked else 1
        step = max(1, -(-len(self.body) // pieces))
        for start in range(0, len(self.body), step):
            piece = self.body[start : start + step]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if self.chunked else piece)
            if self.drip_s:
                time.sleep(self.drip_s / pieces)
        if self.chunked:
            handler.wfile.write(b"0\r\n\r\n")


def version_moment(version: Version) -> datetime:
    return FIRST_DAY + timedelta(days=version.from_day - 1, hours=12)


def _page(title: str, body: str, menu: str = "", head: str = "") -> Answer:
    top = f'<!DOCTYPE html><html lang="es-CL"><head><meta charset="utf-8"><title>{title} :: El Faro</title>{head}</head>'
    foot = '<div class="pie">© El Faro de Puerto Calma. Muelle 12.</div>'
    return Answer(f"{top}<body>{menu}{body}{foot}</body></html>".encode())


def _missing(status: int) -> Answer:
    answer = _page(
        "Página no encontrada",
        "<h1>Página no encontrada</h1><p>La nota que busca ya no está disponible. Vuelva a la <a href='/'>portada</a>.</p>",
    )
    return replace(answer, status=status)


def _moved(location: str, status: int) -> Answer:
    return Answer(b"", status, headers={"Location": location})


def _xml(root: str, inside: str) -> Answer:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return Answer(
        f'\n<?xml version="1.0" encoding="UTF-8"?>\n<{root} {spaces}>{inside}</{root}>\n'.encode(), content_type="application/xml"
    )


def _print(story: Story, version: Version, menu: str, private_address: str) -> str:
    """The page of a story, in one of three states of the content system."""
    when = story.published
    shown = f"{when.day} de {MONTHS[when.month - 1]} de {when.year}, {when:%H:%M} hrs."
    head = ""
    if story.style == 0:
        facts = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": version.headline,
            "datePublished": when.isoformat(),
            "author": {"@type": "Person", "name": story.author},
            "articleSection": story.section.title(),
        }
        facts |= {"dateModified": version.modified.isoformat()} if version.modified else {}
        head = f'<script type="application/ld+json">{json.dumps(facts, ensure_ascii=False)}</script>'
    elif story.style == 1:
        head = (
            f'<meta property="og:type" content="article"><meta property="article:published_time" content="{when.isoformat()}">'
            f'<meta property="og:title" content="{html.escape(version.headline)}">'
        )
    if story.trick == "refresh":
        head += f'<meta http-equiv="refresh" content="5; url={private_address}/secreto">'
    note = f'<p class="aviso"><em>{version.note}</em></p>' if version.note else ""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in version.paragraphs)
    headline = html.escape(version.headline)
    return f"""<!DOCTYPE html><html lang="es-CL"><head><meta charset="utf-8"><title>{headline} :: El Faro</title>{head}</head>
<body><div class="marca">El Faro de Puerto Calma — El diario del fin del camino</div>{menu}
<div class="nota"><span class="volanta">{story.section.title()}</span><h1 class="titular">{headline}</h1>
<div class="firma">Por <a href="/autor/ana-barria">{story.author}</a> | <span class="fecha">{shown}</span></div>
<div class="foto"><img src="/fotos/{story.number}.jpg" width="800" height="500" alt="">
<div class="epigrafe">{story.caption} (Foto: {story.credit})</div></div>
<div class="texto">{text}{note}</div></div>
<div class="relacionadas"><h4>También puede leer</h4>
<a href="/calendario/2026/11">Calendario</a> <a href="/impresion/{story.number}">Imprimir</a></div>
<div class="pie">© El Faro de Puerto Calma. Muelle 12.</div></body></html>"""


# --- the play


def _play() -> list[Story]:
    """Four days and some of October, the same at every run."""
    chance = random.Random(1931)
    headlines = _headlines(chance)
    stories = [
        _story_of(chance, headlines, number, day) for number, day in enumerate([0] * 9 + [1] * 18 + [2] * 7 + [3] * 5 + [4] * 3, 4_700)
    ]
    first_day = [story for story in stories if story.from_day == 1 and story.published >= FIRST_DAY]
    for story, trick in zip(
        first_day[8:], ("bomb", "huge", "loop", "to_private", "says_latin", "is_latin", "slow", "chunked", "refresh", "busy"), strict=True
    ):
        story.trick = trick
    for story, where in zip(first_day[:3], ({"news"}, {"section"}, {"front"}), strict=True):
        story.listed = frozenset(where)
    second_day = [story for story in stories if story.from_day == 2]
    second_day[0].listed = frozenset({"feed"})
    next(story for story in stories if story.from_day == 3).listed = frozenset({"news"})  # while the index of sitemaps stays as it was
    _edit(first_day[3], 2, "update", note="Actualización: se corrigió el costo de la obra.", declared=True, number="9.417")
    _edit(first_day[4], 2, "stealth", number="8.263")
    _edit(second_day[1], 3, "headline")
    first_day[5].ends, first_day[6].ends, first_day[7].ends = (2, "gone"), (2, "home"), (3, "soft404")
    second_day[2].ends, second_day[2].new_path = (3, "renamed"), f"/nota/{second_day[2].number}-nuevo-nombre-para-la-misma-historia.html"
    return stories


def _headlines(chance: random.Random) -> Iterator[str]:
    pairs = [(who, did) for who in WHO for did in DID]
    chance.shuffle(pairs)
    return (f"{who} {did} {chance.choice(WHERE)}" for who, did in pairs)


def _story_of(chance: random.Random, headlines: Iterator[str], number: int, day: int) -> Story:
    """`day` 0 is October: reached by the old sitemap and by paging alone."""
    headline = next(headlines)
    moment = FIRST_DAY + timedelta(days=day - 1, hours=8 + number % 12, minutes=number * 7 % 60)
    if not day:
        moment = FIRST_DAY - timedelta(days=4 + number % 20, hours=number % 9)
    slug = quote(headline.lower().replace(" ", "-"))
    path = (f"/nota/{number}-{slug}.html", f"/deportes/{moment:%Y/%m/%d}/{slug}/", f"/ver.php?id={number}")[number % 3]
    paragraphs = tuple(
        sentence.format(n=chance.randint(12, 980), name=chance.choice(NAMES), day=chance.choice(DAYS))
        for sentence in chance.sample(SENTENCES, 7)
    )
    return Story(
        number,
        path,
        section="deportes" if number % 3 == 1 else SECTIONS[number % 2 * 2],
        published=moment,
        author=chance.choice(AUTHORS),
        caption=f"Vista del lugar, tomada desde el cerro número {number}",
        credit=chance.choice(("Elba Soto/Agencia Costa", "Archivo El Faro")),
        versions=[Version(day or 1, headline, paragraphs)],
        from_day=day or 1,
        listed=frozenset({"front", "feed", "news", "section"} if day else {"archive", "section"}),
        style=number % 2,
        validator=("etag", "modified", "none")[number % 3],
    )


def _edit(story: Story, day: int, kind: str, note: str | None = None, declared: bool = False, number: str = "") -> None:
    last = story.versions[-1]
    headline = last.headline + ", otra vez" if kind == "headline" else last.headline
    paragraphs = (
        last.paragraphs
        if not number
        else (f"La cuenta final llega a {number} millones, informó el concejo en la tarde.", *last.paragraphs[1:])
    )
    moment = FIRST_DAY + timedelta(days=day - 1, hours=12)
    story.versions.append(Version(day, headline, paragraphs, kind, note, moment if declared else None))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--day", type=int, default=1)
    arguments = parser.parse_args()
    with ForeignOutlet() as outlet:
        now = outlet.day(arguments.day)
        print(f"{outlet.address}   ARCHIVER_NOW={now}   Ctrl+C ends it")  # noqa: T201
        threading.Event().wait()
