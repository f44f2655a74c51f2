"""What a site says about the use of its content as a whole: robots.txt and /.well-known/tdmrep.json. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from archiver.records import RightsSignal

TDMREP = "/.well-known/tdmrep.json"  # https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
ROBOTS_LENGTH = 20_000  # characters of robots.txt that are kept with their day
LENGTH = 1_000
MAX_SIGNALS = 200
MAX_RULES = 100
# Product tokens of crawlers that feed language models, as their operators publish them (2026).
AI_AGENTS = re.compile(
    r"gptbot|chatgpt-user|oai-searchbot|google-extended|googleother.*|google-cloudvertexbot|ccbot|claudebot|claude-.*|anthropic-ai|"
    r"perplexity.*|bytespider|applebot-extended|meta-external.*|facebookbot|cohere-.*|amazonbot|ai2bot.*|diffbot|omgili.*|webzio.*|"
    r"mistralai-user|youbot|timpibot|img2dataset|imagesiftbot|pangubot|duckassistbot|grok.*|deepseek.*",
    re.IGNORECASE,
)


def read_robots(text: str) -> tuple[RightsSignal, ...]:
    """The text, its rules for crawlers that feed language models, and its Content-Signal lines (contentsignals.org)."""
    if not text.strip():
        return ()
    found = [RightsSignal("robots.txt", text[:ROBOTS_LENGTH], "robots.txt"), *_rules(text)]
    return tuple(dict.fromkeys(found))[:MAX_SIGNALS]


def _rules(text: str) -> Iterator[RightsSignal]:
    agents: list[str] = []
    in_rules = False
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()[:LENGTH]
        if not colon:
            continue
        if name == "user-agent":
            agents, in_rules = ([] if in_rules else agents) + [value[:100]], False
            continue
        in_rules = True
        if name == "content-signal" and value:
            yield RightsSignal("content-signal", value, f"robots.txt {', '.join(agents)}".strip()[:100])
        elif name in ("disallow", "allow") and value:
            for agent in agents:
                if AI_AGENTS.fullmatch(agent):
                    yield RightsSignal("robots_ai", f"{name.capitalize()}: {value}", f"robots.txt {agent}"[:100])


def read_tdmrep(body: bytes) -> tuple[RightsSignal, ...]:
    """Each rule of a tdmrep.json as JSON, in its order, so that its locations can be matched. Nothing where it is none."""
    try:
        rules = json.loads(body[: 1 << 20])
    except (ValueError, RecursionError):
        return ()
    found = []
    for rule in rules[:MAX_RULES] if isinstance(rules, list) else ():
        if isinstance(rule, dict) and isinstance(rule.get("location"), str) and rule.get("tdm-reservation") in (0, 1, "0", "1"):
            kept = {"location": rule["location"][:500], "tdm-reservation": int(rule["tdm-reservation"])}
            if isinstance(policy := rule.get("tdm-policy"), str):
                kept["tdm-policy"] = policy[:500]
            found.append(RightsSignal("tdmrep.json", json.dumps(kept), "tdmrep.json"))
    return tuple(dict.fromkeys(found))
