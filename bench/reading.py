"""How well and how fast pages are read: every field against public gold data, beside trafilatura in the same run.

python bench/reading.py                       # figures of both, as Markdown
python bench/reading.py --check               # fails where a figure is under its floor in bench/floors.toml
python bench/reading.py --misses captions     # page by page: the gold and what we read
python bench/reading.py --cost                # CPU of a whole reading, against trafilatura's

The scorer and its pages are not part of this project; where they are not there, a word says so and nothing is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from archiver.extract import read_article
from archiver.reading import read_batch
from archiver.records import Capture

CORPORA = ("fundus", "aeb", "trafilatura")
FLOORS = Path(__file__).with_name("floors.toml")
FIELDS = ("body", "leaks", "title", "published", "authors", "topics", "captions", "dateline")
LABELS = {
    "body_f1": "body F1", "body_precision": "body precision", "body_recall": "body recall", "summary_kept": "standfirst kept",
    "caption_leak": "captions leaked into the body (lower is better)", "aeb_f1": "AEB F1", "segment_f1": "segment F1",
    "title_exact": "headline exact", "title_site_ok": "headline, suffix forgiven", "date_instant": "publication instant",
    "date_day": "publication day", "authors_f1": "authors F1", "topics_f1": "topics F1", "caption_f1": "captions F1",
    "caption_precision": "captions precision", "caption_recall": "captions recall", "credit_right": "credit right",
    "credit_end_to_end": "credit end to end", "dateline_f1": "dateline F1", "dateline_precision": "dateline precision",
    "dateline_recall": "dateline recall", "dateline_place": "dateline place", "dateline_agency": "dateline agency",
}  # fmt: skip
LOWER_IS_BETTER = {"caption_leak"}
IN_BRACKETS = re.compile(r"\(([^()]+)\)")

Prediction = dict[str, Any]  # as the scorer takes it; see its README
Figures = dict[str, float]


def main() -> int:
    options = read_options()
    if not (options.eval / "score.py").exists():
        print(f"No scorer in {options.eval}: reading is not measured. Name its folder with --eval or EVAL.")
        return 0
    sys.path.insert(0, str(options.eval))
    os.environ["ANCHORS"] = str(options.anchors)
    corpora = {name: pages for name in options.corpus if (pages := load_pages(name, options.split))}
    if options.cost:
        print_cost([page for pages in corpora.values() for page in pages])
        return 0
    ours = {name: read_pages(pages, options.jobs) for name, pages in corpora.items()}
    if options.save:
        save(ours, options.save)
    if options.misses:
        for name, pages in corpora.items():
            print_misses(options.misses, pages, ours[name])
        return 0
    figures = {name: score(pages, ours[name]) for name, pages in corpora.items()}
    theirs = {} if options.check else {name: score(pages, trafilatura(pages, options.jobs)) for name, pages in corpora.items()}
    print_figures(corpora, figures, theirs)
    return report_low(figures) if options.check else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, default=Path(os.environ.get("EVAL", "../shared/eval")), help="folder of the scorer")
    parser.add_argument("--anchors", type=Path, default=Path(os.environ.get("ANCHORS", "../shared/corpus")), help="folder of the pages")
    parser.add_argument("--corpus", choices=CORPORA, nargs="+", default=CORPORA)
    parser.add_argument("--split", choices=("dev", "holdout", "all"), default="dev")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="reading processes")
    parser.add_argument("--save", type=Path, help="write our predictions as JSON lines")
    parser.add_argument("--misses", choices=FIELDS, help="print each page where this field is not as the gold has it")
    parser.add_argument("--check", action="store_true", help="only ours; ends with 1 where a figure is under its floor")
    parser.add_argument("--cost", action="store_true", help="CPU time of a whole reading")
    return parser.parse_args()


def load_pages(corpus: str, split: str) -> list[Any]:
    """The scorer's pages (id, url, html, crawl_date, gold); none, with a word, where the corpus is not there."""
    from corpus import load

    try:
        return load(corpus, split)
    except FileNotFoundError:
        print(f"The pages of {corpus} are not there: passed over.")
        return []


# --- predictions


def read_pages(pages: list[Any], jobs: int) -> dict[str, Prediction]:
    """Our readings by page id, by the way of `archiver extract --batch`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listing, output = folder / "pages.tsv", folder / "out.jsonl"
        with listing.open("w", encoding="utf-8") as table:
            for number, page in enumerate(pages):
                (folder / f"{number}.html").write_bytes(page.html)
                table.write(f"{page.id}\t{folder}/{number}.html\t{page.url}\t{page.crawl_date}\n")
        failed = read_batch(listing, output, jobs, None, quiet=True)
        if failed:
            print(f"{failed} pages could not be read.", file=sys.stderr)
        return {page_id: as_prediction(article) for page_id, article in json_lines(output)}


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            yield article["id"], article


def as_prediction(article: dict[str, Any]) -> Prediction:
    """One article (JSON of `archiver extract`) in the scorer's words."""
    abstract, body = article.get("abstract") or "", article.get("article_body") or ""
    return {
        "title": article.get("headline"),
        "body": body if abstract in body else f"{abstract}\n{body}",
        "authors": [author["name"] for author in article.get("authors") or []],
        "published": article.get("date_published") or article.get("date_published_utc"),
        "topics": article.get("keywords") or [],
        "captions": [
            {"caption": image["caption"], "credits": credits_of(image)} for image in article.get("images") or [] if image.get("caption")
        ],
        "dateline": dateline_of(article) if article.get("dateline") else None,
        "outcome": article.get("outcome"),
    }


def dateline_of(article: dict[str, Any]) -> dict[str, str | None]:
    """Place, agency and date as printed: the agency as the evidence has it, the date what has a digit in the rest."""
    printed, place = article["dateline"], article.get("located")
    said = [one["value_raw"] for one in article.get("evidence") or [] if one["field"] == "infosource"]
    agency = next((name for name in [article.get("infosource"), *said, *IN_BRACKETS.findall(printed)] if name and name in printed), None)
    rest = printed
    for part in (place, agency):
        rest = rest.replace(part, "") if part else rest
    return {"place": place, "agency": agency, "date": rest.strip(" ,()/-–—|:電电") if any(map(str.isdigit, rest)) else None}


def credits_of(image: dict[str, Any]) -> list[str]:
    """As printed; else the parts that are known."""
    parts = [image.get("creditline")] if image.get("creditline") else [image.get("creator"), image.get("credit_agency")]
    return [part for part in parts if part]


def trafilatura(pages: list[Any], jobs: int) -> dict[str, Prediction]:
    with multiprocessing.get_context("spawn").Pool(jobs, sys.path.insert, (0, sys.path[0])) as pool:
        return dict(pool.imap(trafilatura_reading, pages, chunksize=4))


def trafilatura_reading(page: Any) -> tuple[str, Prediction]:
    import extractors

    return page.id, extractors.trafilatura(page)


def save(predictions: dict[str, dict[str, Prediction]], path: Path) -> None:
    from run import write_predictions

    write_predictions(path, {page_id: one for corpus in predictions.values() for page_id, one in corpus.items()})


# --- figures


def score(pages: list[Any], predictions: dict[str, Prediction]) -> Figures:
    from run import evaluate

    return evaluate(pages, predictions)[0]


def print_figures(corpora: dict[str, list[Any]], ours: dict[str, Figures], theirs: dict[str, Figures]) -> None:
    for name, pages in corpora.items():
        print(f"\n| {name}, {len(pages)} pages | archiver |" + (" trafilatura |" if theirs else ""))
        print("|---|--:|" + ("--:|" if theirs else ""))
        for figure, label in LABELS.items():
            if figure in ours[name]:
                beside = f" {theirs[name].get(figure, 0):.3f} |" if theirs else ""
                print(f"| {label} | {ours[name][figure]:.3f} |{beside}")


def report_low(figures: dict[str, Figures]) -> int:
    """1 where a figure of ours is worse than its floor, or is not measured on pages that are there; else 0."""
    low = 0
    for corpus, floors in tomllib.loads(FLOORS.read_text(encoding="utf-8")).items():
        for figure, floor in floors.items() if corpus in figures else ():
            got = figures[corpus].get(figure)
            if got is None or (got > floor if figure in LOWER_IS_BETTER else got < floor):
                told = "not measured" if got is None else f"{got:.4f}"
                print(f"{corpus}: {LABELS.get(figure, figure)} is {told}, its floor {floor}", file=sys.stderr)
                low = 1
    return low


# --- misses


def print_misses(field: str, pages: list[Any], predictions: dict[str, Prediction]) -> None:
    """Every page whose figures for the field are not perfect, the worst first."""
    from run import DATELINES, read_predictions

    if field == "dateline":
        print_dateline_misses(read_predictions(DATELINES), {page.id for page in pages}, predictions)
        return
    missed = [(grade, page, ours) for page in pages if (grade := grades()[field](ours := predictions[page.id], page)) < 1]
    for grade, page, ours in sorted(missed, key=lambda row: row[0]):
        print(f"\n{page.id}  {grade:.3f}  {ours['outcome']}  {page.url}")
        if field in ("body", "leaks"):
            print_text_difference(ours, page)
        else:
            print(f"  gold {getattr(page.gold, field)}\n  ours {ours[field]}")
    print(f"\n{len(missed)} of {len(pages)} pages")


def grades() -> dict[str, Callable[[Prediction, Any], float]]:
    """Per field, how right a prediction is (1: wholly; also where the gold says nothing)."""
    import score as scorer

    def figure(rule: Callable[[Prediction, Any], Figures], *names: str) -> Callable[[Prediction, Any], float]:
        return lambda ours, page: min((value for name, value in rule(ours, page).items() if name in names), default=1.0)

    def captions(ours: Prediction, page: Any) -> float:
        row = scorer.score_captions(ours, page)
        wrong = row.get("caption_predicted", 0) + row.get("caption_gold", 0) - 2 * row.get("caption_hit", 0)
        return 1 / (1 + wrong + row.get("credit_gold", 0) - row.get("credit_right", 0))

    return {
        "body": figure(scorer.score_body, "body_f1", "summary_kept"),
        "leaks": lambda ours, page: 1.0 - scorer.caption_leaks(ours, page)[0],
        "title": figure(scorer.score_title, "title_exact"),
        "published": figure(scorer.score_date, "date_day", "date_instant"),
        "authors": figure(scorer.score_authors, "authors_f1"),
        "topics": figure(scorer.score_topics, "topics_f1"),
        "captions": captions,
    }


def print_text_difference(ours: Prediction, page: Any) -> None:
    """Gold paragraphs that we lack, and lines of ours that the gold does not have, by their words."""
    from score import caption_leaks, contains, tokens

    gold, lines = page.gold.body or [], ours["body"].split("\n")
    all_ours, all_gold = tokens(ours["body"]), tokens("\n".join(gold))
    for paragraph in gold:
        if not contains(all_ours, tokens(paragraph)):
            print(f"  - {paragraph[:160]}")
    for line in lines:
        if tokens(line) and not contains(all_gold, tokens(line)):
            print(f"  + {line[:160]}")
    if caption_leaks(ours, page)[0]:
        print(
            "  captions in the body:",
            [caption.caption[:80] for caption in page.gold.captions or [] if contains(all_ours, tokens(caption.caption))],
        )


def print_dateline_misses(annotations: dict[str, Any], wanted: set[str], predictions: dict[str, Prediction]) -> None:
    from score import tokens

    for page_id in sorted(wanted & annotations.keys()):
        gold, ours = annotations[page_id], predictions[page_id]["dateline"] or {}
        if gold["position"] == "byline":
            continue
        parts = [name for name in ("place", "agency", "date") if tokens(ours.get(name)) != tokens(gold.get(name))]
        if bool(any(ours.values())) != gold["has_dateline"] or (gold["has_dateline"] and parts):
            print(f"{page_id}\n  gold {gold['raw']!r} { {name: gold.get(name) for name in parts} }\n  ours {ours}")


# --- cost


def print_cost(pages: list[Any]) -> None:
    """Whole readings on one core: A B B A for one page, B A A B for the next, so that drift and warm caches favour neither.

    Who comes first to a page pays for what the other finds ready: the page in the processor's caches.
    """
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from trafilatura import bare_extraction

    ours: list[float] = []
    theirs: list[float] = []
    for number, page in enumerate(pages[:20] + pages):  # the first twenty warm both up
        read = partial(read_article, capture_of(page))
        reference = partial(bare_extraction, page.html, url=page.url, with_metadata=True)
        if number % 2:
            a = cpu_ms(read)
            b = cpu_ms(reference) + cpu_ms(reference)
            a += cpu_ms(read)
        else:
            b = cpu_ms(reference)
            a = cpu_ms(read) + cpu_ms(read)
            b += cpu_ms(reference)
        if number >= 20:
            ours.append(a / 2)
            theirs.append(b / 2)
    print(f"\n| CPU of a whole reading, {len(ours)} pages | archiver, ms | trafilatura, ms | ratio |\n|---|--:|--:|--:|")
    for label, figure in (("median", statistics.median), ("p95", p95), ("mean", statistics.mean), ("slowest", max)):
        a, b = figure(ours), figure(theirs)
        print(f"| {label} | {a:.1f} | {b:.1f} | {a / b:.2f} |")
    print(f"| median of the ratios page by page | | | {statistics.median(a / b for a, b in zip(ours, theirs, strict=True)):.2f} |")


def capture_of(page: Any) -> Capture:
    fetched_at = datetime.fromisoformat(page.crawl_date) if page.crawl_date else datetime.now(UTC)
    fetched_at = fetched_at if fetched_at.tzinfo else fetched_at.replace(tzinfo=UTC)
    return Capture(page.url, fetched_at, 200, (("Content-Type", "text/html"),), page.html)


def cpu_ms(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
