"""Lines of labelled facts on Chinese pages: who wrote, edited and supplied a text."""

from __future__ import annotations

import pytest

from archiver.extract.labelled import authors_in, is_colophon, original_title, reporters_in, sources_in
from archiver.records import Article
from tests.pages import page, read

TEXT = "渡轮载着四十只山羊和一架钢琴离开港口，船长说天气很好，岸上的人挥手告别，孩子们追着船跑到堤坝的尽头。"
TITLE = "渡轮停航三天后恢复通航 旅客陆续返乡"


def story(line: str = "", first: str = "", last: str = "", head: str = "") -> Article:
    paragraphs = "".join(f"<p>{n}、{TEXT}</p>" for n in range(1, 5))
    text = f"<div class='text'>{first and f'<p>{first}</p>'}{paragraphs}{last and f'<p>{last}</p>'}</div>"
    return read(page(f"<h1>{TITLE}</h1><div class='info'>{line}</div>{text}", head, f"{TITLE}_要闻_苍鹭网"))


@pytest.mark.parametrize(
    ("line", "names", "source"),
    [
        ("2025-03-09 21:05 来源：河湾日报 作者：王五", ["王五"], "河湾日报"),
        ("2025-03-09 12:11来源：河湾日报作者：李在田", ["李在田"], "河湾日报"),
        ("2025-03-09 21:05:09 出处：河湾日报 作者：王五 编辑：赵六 人气： 12 次 评论(3)", ["王五"], "河湾日报"),
        ("发布时间：2025-03-09 来源: 河湾日报 举报", [], "河湾日报"),
        ("来源：苍鹭网 作者：未知 责任编辑：赵六", [], None),
        ("时间：2025-03-09 作者：网络整理", [], None),
    ],
)
def test_a_line_of_facts_names_writer_and_source_each_in_its_place(line: str, names: list[str], source: str | None) -> None:
    article = story(line)
    assert ([author.name for author in article.authors], article.infosource) == (names, source)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("河湾日报记者 王五 李在田", ("王五", "李在田")),
        ("采写：河湾日报记者 王五 李在田", ("王五", "李在田")),
        ("王五/河湾日报", ("王五",)),
        ("【文/河湾日报专栏作者 王五】", ("王五",)),
        ("本报讯（记者 王五 通讯员 李在田）渡轮昨天离开港口", ("王五", "李在田")),
        ("河湾网3月9日讯（记者王五 整理）渡轮昨天离开港口", ("王五",)),
        ("孩子们追着船跑到堤坝的尽头。(文/图 王五 李在田)", ("王五", "李在田")),
        ("渡轮离港。河湾日报记者 王五 摄", ()),
        ("记者手记", ()),
        ("记者注意到，渡轮昨天离开港口", ()),
    ],
)
def test_reporters_are_named_in_datelines_and_signatures(line: str, names: tuple[str, ...]) -> None:
    assert (reporters_in(line) or authors_in(line)) == names


def test_a_reporter_in_the_text_wrote_it_where_metadata_name_the_site() -> None:
    article = story(last="河湾日报记者 王五", head='<meta name="author" content="苍鹭网">')
    assert [(author.name, author.kind) for author in article.authors] == [("王五", "person")]


def test_an_outlet_is_no_person_and_supplied_the_text() -> None:
    article = story(head='<meta name="author" content="河湾日报">')
    assert [(author.name, author.kind) for author in article.authors] == [("河湾日报", "organisation")]
    assert article.infosource == "河湾日报"


@pytest.mark.parametrize(
    "line", ["（责任编辑：赵六）", "【编辑：赵六】", "编辑 赵六 校对 孙七", "来源：河湾日报", "编辑|赵六", "采写：记者 王五"]
)
def test_who_edited_and_supplied_a_text_is_none_of_it(line: str) -> None:
    article = story(last=line)
    assert article.article_body == "\n\n".join(f"{n}、{TEXT}" for n in range(1, 5))
    assert all(author.name != "赵六" or author.role == "编辑" for author in article.authors)


@pytest.mark.parametrize(
    "line", ["记者：您怎么看这件事？", "作者认为，渡轮应当停航。", "来源：河湾日报，三月九日的报道说渡轮停航。", "数据来源不明"]
)
def test_a_sentence_behind_a_label_stays_in_the_text(line: str) -> None:
    assert not is_colophon(line)


def test_the_headline_where_the_text_comes_from_stands_beside_the_pages_own() -> None:
    article = story(first="（原标题：渡轮复航首日 四十只山羊返乡）")
    assert (article.headline, article.alternative_headline) == (TITLE, "渡轮复航首日 四十只山羊返乡")
    assert "原标题" not in article.article_body
    assert original_title("原因很简单：天气") is None


def test_the_source_of_a_picture_is_none_of_the_text() -> None:
    assert list(sources_in("图片来源：河湾日报")) == []


def test_the_tags_of_chinese_authorities_name_headline_section_day_and_source() -> None:
    tags = {
        "SiteName": "苍鹭市政府",
        "ColumnName": "要闻",
        "ArticleTitle": TITLE,
        "PubDate": "2026-03-05 06:23",
        "ContentSource": "河湾日报",
    }
    head = "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())
    text = "".join(f"<p>{n}、{TEXT}</p>" for n in range(1, 5))
    article = read(page(f"<div class='text'>{text}</div>", head, "苍鹭市政府"))
    assert (article.headline, article.article_section, article.infosource) == (TITLE, "要闻", "河湾日报")
    assert (article.date_published or "").startswith("2026-03-05T06:23")


@pytest.mark.parametrize(("line", "source"), [("2025-03-09 21:05 河湾日报", "河湾日报"), ("2025-03-09 21:05 王五", None)])
def test_an_outlet_beside_the_date_supplied_the_text(line: str, source: str | None) -> None:
    assert story(line).infosource == source
