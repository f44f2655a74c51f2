"""Stories taken out as JSON lines and as CSV: whole, as they are, and safe to open."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import Result
from lxml import etree
from pyarrow import parquet

from archiver.answers import read_names
from archiver.errors import NothingToDo, WrongUse
from archiver.export import export, tei
from archiver.spreadsheets import plain_cell
from archiver.store import open_archive, open_reader
from archiver.store.selection import Selection
from archiver.xml_text import fit_for_xml
from tests import whole_archive


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    whole_archive.build(folder)
    return folder


def taken_out(data: Path, output: Path, **wanted: object) -> str:
    with open_reader(data) as archive:
        done = export(archive, Selection(**wanted), output)  # type: ignore[arg-type]
    assert not done.faults
    return output.read_bytes().decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_line_of_json_is_all_that_show_tells_of_a_story(data: Path, tmp_path: Path, typed: Callable[..., Result]) -> None:
    lines = [json.loads(line) for line in taken_out(data, tmp_path / "all.jsonl").splitlines()]
    assert len(lines) == 4
    shown = json.loads(typed("--data", str(data), "show", lines[0]["key"], "--json").output)
    assert lines[0]["article_body"] == shown["article_body"] != ""
    assert [image["caption"] for image in lines[0]["images"]] == [image["caption"] for image in shown["images"]]


def test_every_text_that_a_story_had_is_taken_out_when_asked_for(data: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in taken_out(data, tmp_path / "all.jsonl", all_revisions=True).splitlines()]
    (changed,) = [line for line in lines if line["revision_count"] > 1]
    texts = [revision["article_body"] for revision in changed["revisions"]]
    assert len(set(texts)) == len(texts) == changed["revision_count"] and texts[-1] == changed["article_body"]
    table = rows(taken_out(data, tmp_path / "all.csv", all_revisions=True))
    assert [(row["number"], row["article_body"]) for row in table if row["key"] == changed["key"]] == [
        (str(number), text) for number, text in enumerate(texts, 1)
    ]


def test_a_row_of_a_table_has_authors_keywords_and_captions_in_a_cell_each(data: Path, tmp_path: Path) -> None:
    table = rows(taken_out(data, tmp_path / "all.csv"))
    assert len(table) == 4
    assert (table[0]["authors"], table[0]["keywords"]) == ("Ana Weir", "river")
    assert table[0]["captions"].endswith("at noon Photo: A. Weir")


def test_words_and_filters_choose_what_is_taken_out(data: Path, tmp_path: Path) -> None:
    assert {row["headline"] for row in rows(taken_out(data, tmp_path / "ferry.csv", query="ferry"))} == {"Story of the ferry"}


def test_what_a_page_says_is_no_formula_in_a_spreadsheet_and_breaks_no_row(tmp_path: Path) -> None:
    whole_archive.build(tmp_path / "data")
    with open_archive(tmp_path / "data") as archive, archive.writing():
        archive.db.execute("update articles set byline = '=cmd|x', abstract = 'One \"two\",' || char(13, 10) || '-three' where id = 1")
    table = rows(taken_out(tmp_path / "data", tmp_path / "all.csv"))
    assert len(table) == 4
    assert {(row["byline"], row["abstract"]) for row in table} >= {("'=cmd|x", 'One "two",\r\n-three')}


@pytest.mark.parametrize(
    ("value", "cell"), [("-12.5", "-12.5"), ("-1 + 2", "'-1 + 2"), ("@desk", "'@desk"), (None, ""), (3, "3"), ("a=b", "a=b")]
)
def test_numbers_stay_numbers_and_formulas_become_text(value: object, cell: str) -> None:
    assert plain_cell(value) == cell


def test_the_command_says_how_many_rows_it_wrote(data: Path, tmp_path: Path, typed: Callable[..., Result]) -> None:
    done = typed("--data", str(data), "export", "-o", str(tmp_path / "all.csv"))
    assert done.exit_code == 0 and "4 stories, 4 rows" in done.output
    assert typed("--data", str(data), "export", "nowhere", "-o", str(tmp_path / "none.jsonl")).exit_code == 4
    assert not (tmp_path / "none.jsonl").exists()


def test_a_dash_takes_stories_out_on_standard_output_and_the_report_stands_beside_it(
    data: Path, tmp_path: Path, typed: Callable[..., Result]
) -> None:
    done = typed("--data", str(data), "export", "--format", "jsonl", "-o", "-")
    assert done.exit_code == 0 and "4 stories, 4 lines" in done.stderr
    assert done.stdout == taken_out(data, tmp_path / "all.jsonl")
    assert typed("--data", str(data), "export", "nowhere", "--format", "jsonl", "-o", "-").stdout == ""
    assert not (tmp_path / "-").exists()


def test_a_parquet_file_has_types_and_lists(data: Path, tmp_path: Path) -> None:
    with open_reader(data) as archive:
        assert export(archive, Selection(), tmp_path / "all.parquet").items == 4
        assert export(archive, Selection(all_revisions=True), tmp_path / "versions.parquet").items == 5
    table = parquet.read_table(tmp_path / "all.parquet")
    assert (str(table.schema.field("word_count").type), str(table.schema.field("keywords").type)) == ("int64", "list<element: string>")
    row = table.to_pylist()[0]
    assert (row["authors"][0]["name"], row["keywords"], row["images"][0]["creditline"]) == ("Ana Weir", ["river"], "Photo: A. Weir")
    versions = parquet.read_table(tmp_path / "versions.parquet").to_pylist()
    changed = [row for row in versions if row["revision_count"] > 1]
    assert [row["number"] for row in changed] == [1, 2] and len({row["article_body"] for row in changed}) == 2
    assert changed[0]["stealth"] in (True, False, None)


def test_long_texts_do_not_wait_for_each_other_in_memory(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.export.parquet.MAX_LETTERS", 60)
    with open_reader(data) as archive:
        assert export(archive, Selection(all_revisions=True), tmp_path / "all.parquet").items == 5
    assert parquet.ParquetFile(tmp_path / "all.parquet").num_row_groups > 1


def test_rows_of_parquet_are_those_of_csv(data: Path, tmp_path: Path) -> None:
    with open_reader(data) as archive:
        export(archive, Selection(), tmp_path / "all.parquet")
        export(archive, Selection(), tmp_path / "all.csv")
    table = rows((tmp_path / "all.csv").read_bytes().decode())
    assert [row["key"] for row in table] == [row["key"] for row in parquet.read_table(tmp_path / "all.parquet").to_pylist()]


def test_without_pyarrow_the_way_to_it_is_told(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Callable[..., Result]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = typed("--data", str(data), "export", "-o", str(tmp_path / "all.parquet"))
    assert (done.exit_code, "-m pip install pyarrow" in done.output, (tmp_path / "all.parquet").exists()) == (2, True, False)


def test_citations_of_all_that_is_taken_out_are_those_of_cite(data: Path, tmp_path: Path, typed: Callable[..., Result]) -> None:
    keys = [row["key"] for row in rows(taken_out(data, tmp_path / "all.csv"))]

    def cited(form: str) -> list[str]:
        return [typed("--data", str(data), "cite", key, "--format", form).output for key in keys]

    assert taken_out(data, tmp_path / "all.bib") == "\n".join(cited("bibtex"))
    assert taken_out(data, tmp_path / "all.ris").replace("\r\n", "\n") == "".join(cited("ris")).replace("\r\n", "\n")
    assert json.loads(taken_out(data, tmp_path / "all.csl.json")) == [json.loads(one)[0] for one in cited("csl-json")]


def test_every_version_is_cited_under_a_name_of_its_own(data: Path, tmp_path: Path) -> None:
    names = re.findall(r"@misc\{(.*),", taken_out(data, tmp_path / "all.bib", all_revisions=True))
    assert len(names) == len(set(names)) == len(rows(taken_out(data, tmp_path / "all.csv", all_revisions=True)))
    assert all(re.fullmatch(r"\w{12}-\d", name) for name in names)


def test_where_nothing_matches_no_list_of_citations_is_written(data: Path, tmp_path: Path) -> None:
    with open_reader(data) as archive, pytest.raises(NothingToDo):
        export(archive, Selection(query="nowhere"), tmp_path / "none.csl.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["lines", "csv", "json"])
def test_stories_that_a_file_names_are_taken_out_and_no_others(data: Path, tmp_path: Path, typed: Callable[..., Result], form: str) -> None:
    all_of_them = rows(taken_out(data, tmp_path / "all.csv"))
    wanted = all_of_them[1:3]
    text = {
        "lines": f"# a sample\n{wanted[1]['key']} money\n{wanted[0]['url']}\n{wanted[0]['key']}\n",
        "csv": "code,key\n" + "".join(f"money,{row['key']}\n" for row in wanted),
        "json": "".join(json.dumps({"key": row["key"], "headline": "x"}) + "\n" for row in wanted),
    }[form]
    done = typed("--data", str(data), "export", "--keys", "-", "-o", "some.csv", input=text)
    assert (done.exit_code, done.stderr) == (0, "")
    assert rows((tmp_path / "some.csv").read_text(encoding="utf-8")) == wanted
    word = wanted[0]["headline"].split()[-1]
    assert typed("--data", str(data), "export", word, "--keys", "-", "-o", "one.csv", input=text).exit_code == 0
    assert [row["key"] for row in rows((tmp_path / "one.csv").read_text(encoding="utf-8"))] == [
        row["key"] for row in wanted if word in row["article_body"] or word in row["headline"]
    ]


def test_a_table_with_whole_stories_names_them_and_a_line_without_end_is_told(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text('key,article_body\nfirst,"' + "long " * 100_000 + '"\nsecond,short\n')
    assert read_names(str(tmp_path / "table.csv")) == ("first", "second")
    (tmp_path / "deep.jsonl").write_text('{"key":' * 100_000)
    with pytest.raises(WrongUse, match="names no stories"):
        read_names(str(tmp_path / "deep.jsonl"))


def test_a_story_that_is_named_and_not_there_is_told(data: Path, tmp_path: Path, typed: Callable[..., Result]) -> None:
    (key, *_) = (row["key"] for row in rows(taken_out(data, tmp_path / "all.csv")))
    for command, name in (("export", "some.csv"), ("freeze", "some.zip")):
        done = typed("--data", str(data), command, "--keys", "-", "-o", name, input=f"{key}\nnosuchstory1\n")
        assert done.exit_code == 3 and "nosuchstory1: the archive has no such story" in done.stderr and (tmp_path / name).exists()
        assert typed("--data", str(data), command, "--keys", "-", "-o", f"2{name}", input="nosuchstory1\n").exit_code == 4
    with zipfile.ZipFile(tmp_path / "some.zip") as pack:
        assert "named one by one: 1 story" in pack.read("README.md").decode()
    (none := tmp_path / "none.txt").write_text("nosuchstory1\nnosuchstory2\n")
    done = typed("--data", str(data), "export", "--keys", str(none), "-o", "x.csv")
    assert done.exit_code == 4 and "none of the stories that --keys names: nosuchstory1 and 1 other" in done.stderr
    none.write_text("\n")
    done = typed("--data", str(data), "export", "--keys", str(none), "-o", "x.csv")
    assert done.exit_code == 4 and "nothing is in it" in done.stderr
    none.write_text("key\n", encoding="utf-16")
    assert "it is no UTF-8 text" in typed("--data", str(data), "export", "--keys", str(none), "-o", "x.csv").stderr
    done = typed("--data", str(data), "export", "--keys", "nowhere.txt", "-o", "x.csv")
    assert done.exit_code == 2 and "nowhere.txt cannot be read: No such file or directory." in done.stderr
    (tmp_path / "odd.jsonl").write_text('{"kee": 1}\n')
    assert typed("--data", str(data), "export", "--keys", "odd.jsonl", "-o", "x.csv").exit_code == 2


def test_a_story_in_json_ld_is_a_news_article_of_schema_org(data: Path, tmp_path: Path) -> None:
    told = json.loads(taken_out(data, tmp_path / "all.jsonld"))
    table = rows(taken_out(data, tmp_path / "all.csv"))
    assert told["@context"] == {"@vocab": "https://schema.org/"}
    assert [(node["url"], node["headline"], node["articleBody"]) for node in told["@graph"]] == [
        (row["url"], row["headline"], row["article_body"]) for row in table
    ]
    node = told["@graph"][0]
    assert (node["@type"], node["identifier"], node["author"][0]["name"]) == ("NewsArticle", table[0]["key"], "Ana Weir")
    assert node["image"][0]["creditText"] == "Photo: A. Weir" and node["publisher"]["name"]
    assert None not in node.values() and [] not in node.values()
    versions = json.loads(taken_out(data, tmp_path / "versions.jsonld", all_revisions=True))["@graph"]
    assert len({version["@id"] for version in versions}) == len(versions) == 5


def test_a_tei_corpus_is_valid_and_has_each_text_with_its_source(data: Path, tmp_path: Path) -> None:
    corpus = etree.fromstring(taken_out(data, tmp_path / "all.tei.xml").encode())
    table = rows(taken_out(data, tmp_path / "all.csv"))
    space = {"t": "http://www.tei-c.org/ns/1.0"}
    texts = corpus.findall("t:TEI", space)
    assert [text.findtext(".//t:idno[@type='URL']", None, space) for text in texts] == [row["url"] for row in table]
    assert [
        "\n\n".join("\n".join(p.itertext()) for p in text.iterfind(".//t:div[@type='story']/t:p", space) if not p.get("rend"))
        for text in texts
    ] == [row["article_body"] for row in table]
    first = texts[0]
    assert (first.findtext(".//t:author", None, space), first.findtext(".//t:body//t:head", None, space)) == (
        "Ana Weir",
        table[0]["headline"],
    )
    images = json.loads(taken_out(data, tmp_path / "all.jsonl").splitlines()[0])["images"]
    assert (
        [p.text for p in first.iterfind(".//t:div[@type='captions']/t:p", space)]
        == [text for image in images if (text := image["caption"])]
        != []
    )
    for element in corpus.iter():
        element.tag = etree.QName(element).localname
    scheme = etree.DTD(str(files("trafilatura").joinpath("data", "tei_corpus.dtd")))
    assert scheme.validate(corpus), scheme.error_log
    versions = etree.fromstring(taken_out(data, tmp_path / "versions.tei.xml", all_revisions=True).encode())
    assert len(versions.findall("t:TEI", space)) == 5


def test_characters_that_xml_has_no_place_for_end_no_corpus() -> None:
    element = etree.Element("p")
    element.text = fit_for_xml("a\x00b\x0bc\ud800d\uffffe\U0001f600")
    assert element.text == "abcde\U0001f600"


@pytest.mark.parametrize(
    ("moment", "when"),
    [
        ("2026-03-02T07:30:00-08:00", "2026-03-02T07:30:00-08:00"),
        ("2026-03-02T07:30-08:00", "2026-03-02"),
        ("2026-03-02", "2026-03-02"),
        (None, None),
    ],
)
def test_a_date_in_tei_is_to_the_second_or_a_day(moment: str | None, when: str | None) -> None:
    assert tei._when(moment) == when
