"""Datelines as Chinese, Japanese and Korean papers print them: "新华社北京4月24日电", "【ソウル＝小池和樹】", "(서울=연합뉴스)".

Each form is known by its signs; most need neither a place that is known nor a separator behind them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from archiver.extract.dateline_parts import HEAD_LENGTH, Opening, is_agency
from archiver.extract.labelled import reporters_in
from archiver.extract.places import is_place

HAN = "\u4e00-\u9fff"
MEDIUM = rf"(?:[{HAN}]{{1,6}}?(?:社|网|網|报|報|新闻|日报|日報|晚报))"
REPORTERS = r"(?:\s*[（(](?P<bracket>[^（）()]{0,16}?(?:记者|記者|通讯员|通訊員)[^（）()]{1,40})[）)])"
OUTLETS = ("社", "网", "網", "报", "報", "新闻", "科技", "财经", "客户端", "频道", "公司")
OWN = frozenset({"本报", "本報", "本站", "本网", "本網", "本刊", "本台"})  # the paper itself: "本报讯"
EAST_ASIAN = (
    # 新华社北京4月24日电; 中新网3月5日电; 本报北京3月5日电（记者 …）
    re.compile(
        rf"(?![据據])(?P<agency>{MEDIUM})(?P<place>[{HAN}·]{{2,10}}?)?(?P<date>(?:\d{{1,2}}月)?\d{{1,2}}日)"
        rf"(?:(?:综合)?(?:电|電|讯|訊)|消息(?=[\s，,:：])){REPORTERS}?[\s:：，,]*"
    ),
    # 本报讯（记者 …）; 河湾日报讯 …; 河湾网上海讯（通讯员 …）: without a day a bracket or a space must follow, as "讯" is in many words
    re.compile(
        rf"(?P<agency>{'|'.join(sorted(OWN))}|[{HAN}A-Za-z0-9·-]{{1,14}}?(?:{'|'.join(OUTLETS)}))(?P<town>[{HAN}]{{2,5}})?"
        rf"快?(?:讯|訊|电|電)(?:{REPORTERS}[\s:：，,]*|[\s:：]+)"
    ),
    # （中央社記者…台北5日電）; 〔記者…／台北報導〕
    re.compile(
        rf"[（(〔【［\[](?P<agency>中央社|{MEDIUM})?\s?(?:(?:记者|記者)(?P<writer>[{HAN}]{{2,3}}))?[／/、\s]?(?P<place>[{HAN}]{{2,6}}?)?"
        rf"(?P<date>\d{{1,2}}日)?(?:综合|綜合)?(?:外)?(?:电|電|报道|報道|报导|報導|訊|讯)[）)〕】］\]]\s*"
    ),
    # 【ソウル＝小池和樹】; 【パリ＝共同】
    re.compile(r"[【［\[](?P<place>[^【】\[\]＝=\d\s、。가-힣]{2,14})[＝=](?P<writer>[^【】\[\]＝=。]{2,24})[】］\]]\s*"),
    # 【ワシントン共同】; 【北京時事】
    re.compile(rf"[【［\[](?P<place>[{HAN}ァ-ヶー・]{{2,12}}?)\s?(?P<agency>共同|時事|AFP時事|AFP|ロイター)[】］\]]\s*"),
    # [東京 5日 ロイター] -
    re.compile(r"[［\[](?P<place>[^\d\[\]［］]{2,20}?)\s(?P<date>[\d１-９０]{1,2}日)\s(?P<agency>ロイター|[A-Z]{2,4})[］\]]\s*[-－–—]?\s*"),
    # 【3月5日 AFP】; (서울=연합뉴스) 홍길동 기자 =; [매체=기자]
    re.compile(r"【(?P<date>\d{1,2}月\d{1,2}日)\s?(?P<agency>[A-Z][A-Za-z ]{1,14})】\s*"),
    re.compile(
        r"[\[(【（［](?P<left>[^\[\]()【】=＝|]{1,20}?)\s?[=＝]\s?(?P<right>[^\[\]()【】=＝]{2,40}?)[\])】）］]"
        r"(?P<writer>\s*[가-힣]{2,4}(?:·[가-힣]{2,4})?\s?(?:[가-힣]{2,3}\s?)?(?:기자|특파원)\s*[=＝])?\s*(?:[=＝]\s*)?"
    ),
    re.compile(
        r"[\[(【](?P<agency>[^\[\]()【】\s|]{2,14})\s?[|ㅣ]?\s(?P<writer>[가-힣]{2,4}(?:·[가-힣]{2,4})?\s?(?:기자|특파원))[\])】]\s*"
    ),
)
ASIAN_START = re.compile(r"[\[(【（［〔]?[^\x00-\x7f]|[\[(][A-Z]{2,8}\s?[=＝]|\[[A-Za-z]+\s?[=＝]|【")
WRITERS = ("기자", "특파원", "記者", "记者", "通信員")


def read_east_asian(text: str) -> Opening | None:
    """The dateline that opens `text` in one of the forms; None where none does, or nothing follows."""
    start = text[:HEAD_LENGTH]
    if not ASIAN_START.match(start):
        return None
    for pattern in EAST_ASIAN:
        match = pattern.match(start)
        if match is None or match.end() == len(text) or match.end() >= HEAD_LENGTH:
            continue
        parts = match.groupdict()
        opening = of_pair(parts) if "left" in parts else of_named(parts)
        if opening is not None:
            return replace(opening, printed=match[0].strip(" -－–—:：=＝，,\n"), rest=text[match.end() :].strip(), rule="east asian")
    return None


def of_named(parts: dict[str, str | None]) -> Opening | None:
    place, agency, writer = parts.get("place"), parts.get("agency"), parts.get("writer")
    if bracket := parts.get("bracket"):
        writer = " ".join(reporters_in(f"（{bracket}）")) or None
    if town := parts.get("town"):
        place = town
        if not is_place(town):
            return None
    if agency in OWN:
        return Opening("", "", "", place, None, writer, parts.get("date"))
    if writer and is_agency(writer):
        agency, writer = writer, None
    if not (place or agency or writer):
        return None
    return Opening("", "", "", place, agency, writer, parts.get("date"))


def of_pair(parts: dict[str, str | None]) -> Opening | None:
    """Two sides of an equals sign: place and agency in either order, medium and writer."""
    left, right = (str(parts[name]).strip() for name in ("left", "right"))
    writer = (parts["writer"] or "").strip(" =＝\n") or None
    if any(right.endswith(word) for word in WRITERS):
        place, _, name = right.rpartition(", ")
        if place and is_place(place):
            return Opening("", "", "", place, left, name)
        return Opening("", "", "", left if is_place(left) else None, None if is_place(left) else left, right)
    if is_place(left):
        return Opening("", "", "", left, right, writer)
    if is_place(right):
        return Opening("", "", "", right, left, writer)
    return Opening("", "", "", left, right, writer) if is_agency(right) or writer else None
