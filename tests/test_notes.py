"""Corrections, clarifications, updates and editor's notes. All texts are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.extract.notes import read_notes
from archiver.extract.page import Page, parse_page
from archiver.records import Capture

BODY = "Traders at the wheat market said on Monday that prices had risen by a tenth since the harbour was closed in spring."


def page_of(body: str = "", head: str = "", lang: str = "en") -> Page:
    html = f"<html lang={lang}><head>{head}</head><body><h1>Wheat</h1>{body}</body></html>".encode()
    page = parse_page(Capture("https://paper.example/wheat", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None
    return page


PHRASINGS = [
    ("en", "Correction: The bridge is 40 metres long, not 400.", "correction"),
    ("en", "CORRECTION (Nov. 3, 2025): The name of the mayor was misspelled.", "correction"),
    ("en", "Correction added Nov. 18, 2025: The caption named the wrong street.", "correction"),
    ("en", "*Corrections and clarifications: The bridge is in Oldtown, not Newtown.", "clarification"),
    ("en", "An earlier version of this article misstated the length of the bridge.", "correction"),
    ("en", "This story has been corrected to show that the bridge is in Oldtown.", "correction"),
    ("en", "This article was amended on 3 November 2025 to give the right length of the bridge.", "correction"),
    ("en", "This story corrects the spelling of the mayor's name.", "correction"),
    ("en", "Clarification: The mayor spoke before the vote.", "clarification"),
    ("en", "Editor’s note: This story first ran in the evening paper.", "editors_note"),
    ("en", "Update, 3:15 p.m.: The mayor has answered our questions.", "update"),
    ("en", "This story has been updated with a statement of the mayor.", "update"),
    ("en", "Updated on Tuesday to include a comment from the harbour office.", "update"),
    ("de", "Korrektur: Die Brücke ist 40 Meter lang, nicht 400.", "correction"),
    ("de", "In einer früheren Version dieses Artikels stand eine falsche Länge.", "correction"),
    ("de", "Anmerkung der Redaktion: Der Text erschien zuerst im Abendblatt von Neustadt.", "editors_note"),
    ("de", "Dieser Text wurde am 3. November 2025 um eine Stellungnahme ergänzt.", "update"),
    ("de", "Berichtigung vom 3.11.2025: Die Brücke steht in Altstadt.", "correction"),
    ("fr", "Rectificatif : le pont mesure 40 mètres et non 400.", "correction"),
    ("fr", "Une version précédente de cet article donnait une mauvaise longueur.", "correction"),
    ("fr", "Cet article a été mis à jour avec la réponse du maire.", "update"),
    ("fr", "Note de la rédaction : ce texte a paru dans notre édition du soir.", "editors_note"),
    ("es", "Fe de errores: el puente mide 40 metros y no 400.", "correction"),
    ("es", "Una versión anterior de este artículo daba una longitud errónea.", "correction"),
    ("es", "Aclaración: el alcalde habló antes de la votación.", "clarification"),
    ("pt", "Errata: a ponte tem 40 metros, e não 400.", "correction"),
    ("pt", "Diferentemente do informado antes, a ponte tem 40 metros.", "correction"),
    ("pt", "Esta reportagem foi atualizada com a resposta do prefeito.", "update"),
    ("it", "Errata corrige: il ponte è lungo 40 metri e non 400.", "correction"),
    ("it", "Una versione precedente di questo articolo riportava un dato errato.", "correction"),
    ("nl", "Rectificatie: de brug is 40 meter lang en niet 400.", "correction"),
    ("nl", "In een eerdere versie van dit artikel stond een verkeerde lengte.", "correction"),
    ("sv", "Rättelse: Bron är 40 meter lång, inte 400.", "correction"),
    ("sv", "I en tidigare version av artikeln stod fel längd.", "correction"),
    ("da", "Præcisering: Borgmesteren talte før afstemningen.", "clarification"),
    ("nb", "Rettelse: Broen er 40 meter lang, ikke 400.", "correction"),
    ("fi", "Oikaisu: Silta on 40 metriä pitkä eikä 400.", "correction"),
    ("ja", "訂正：橋の長さは四十メートルでした。", "correction"),
    ("en", "* We originally reported that the bridge was 400 metres long. We apologise for the error.", "correction"),
    ("en", "Last updated Thursday 9 April with news of the closed road.", "update"),
    ("en", "Note: An earlier version of this article misstated the length of the bridge.", "correction"),
    ("de", "Hinweis: In einer ersten Version dieses Artikels war von 400 Metern die Rede.", "correction"),
    ("de", "In einer früheren Fassung hieß es, die Brücke sei 400 Meter lang.", "correction"),
    ("de", "Diesen Artikel haben wir am 7. April 2025 korrigiert: Es sind 40 Meter, nicht 400.", "correction"),
    ("de", "Wir haben einen Fehler im Text berichtigt. Die Brücke ist 40 Meter lang.", "correction"),
    ("fr", "Article modifié le 7 avril à 11h20 : correction de la longueur du pont.", "correction"),
    ("fr", "Article mis à jour à 14 h avec la réponse du maire.", "update"),
    ("es", "En la primera versión de este artículo se daba otra longitud.", "correction"),
    ("pt", "A versão original deste texto trazia outro comprimento da ponte.", "correction"),
    ("it", "Nella prima versione di questo articolo era indicata un'altra lunghezza.", "correction"),
    ("nl", "Dit artikel is op 7 april gecorrigeerd: de brug is 40 meter lang.", "correction"),
    ("en", "A previous version of this story had the wrong age for the boy.", "correction"),
    ("en", "The headline of this article was changed on April 7 to better reflect the ruling.", "correction"),
    ("en", "The Courier regrets the error.", "correction"),
    ("de", "(Der Artikel wurde am 7. April um 14 Uhr aktualisiert.)", "update"),
    ("de", "Ursprünglich stand hier, dass der Bürgermeister zugestimmt habe. Das ist falsch.", "correction"),
    ("fr", "Mis à jour à 15h10 avec la réaction du maire.", "update"),
    ("es", "Una primera versión de esta noticia decía que el puente estaba cerrado.", "correction"),
    ("it", "L'articolo è stato corretto: il ponte è lungo 40 metri.", "correction"),
    ("nl", "Verbetering: de brug is 40 meter lang.", "correction"),
    ("ko", "정정: 다리의 길이는 사십 미터입니다.", "correction"),
]


@pytest.mark.parametrize(("lang", "text", "kind"), PHRASINGS)
def test_a_note_is_read_with_its_kind(lang, text, kind):
    notes = read_notes([BODY, text], page_of(lang=lang))
    assert [(note.kind, note.text) for note in notes] == [(kind, text)]


@pytest.mark.parametrize(
    "text",
    [
        "Correction facilities in the north are full, the ministry says.",
        "The correction officer said that the gate was open.",
        "Updated kitchens sell houses, says a builder from Oldtown.",
        "Updated: 18 November 2025 9:38 pm",
        "Aktualisiert am 18. November 2025 um 12 Uhr",
        "更新：2025年11月18日 10時30分",
        "An earlier attempt to close the harbour failed.",
        "This story begins in a small town in the north.",
        "Korrekturen im Haushalt sind nicht geplant, sagt die Ministerin.",
        "Rectification of the river took ten years.",
        "Red wine was served at the opening.",
        "Hinweis: Die Brücke bleibt bis Freitag gesperrt, sagte die Stadt.",
        "Note: the early bird ticket for the museum costs half of that.",
        "We originally wanted to build in wood, says the architect.",
        "Wir haben diese Strecke lange geplant, und nun wird sie korrigiert gebaut.",
        "Ursprünglich sollte die Halle schon im Mai öffnen, sagte die Architektin.",
        "L'articolo 12 è stato corretto dal parlamento, dice il giurista.",
        "Wir hatten die Brücke lange nicht im Blick, sagt der Bürgermeister.",
        "Article 12 of the treaty was modified to let the ferries in.",
    ],
)
def test_words_that_only_look_like_a_note_are_text(text):
    assert read_notes([BODY, text, BODY + " And more."], page_of()) == ()


@pytest.mark.parametrize(
    ("lang", "text", "date"),
    [
        ("en", "Correction, Nov. 3, 2025: The bridge is in Oldtown, not Newtown.", "2025-11-03"),
        ("de", "Korrektur vom 3. November 2025: Die Brücke steht in Altstadt.", "2025-11-03"),
        ("en", "This article was amended on 3 November 2025 to correct the length of the bridge.", "2025-11-03"),
        ("en", "Correction: The fair was on 3 November 2025, not in June as we wrote.", None),
    ],
)
def test_the_date_of_a_note_is_the_one_printed_with_its_label(lang, text, date):
    assert [note.date for note in read_notes([BODY, text], page_of(lang=lang))] == [date]


def test_a_label_on_its_own_line_takes_the_next_line():
    notes = read_notes([BODY, "CORRECTION", "The bridge is 40 metres long, not 400."], page_of())
    assert [(note.kind, note.text) for note in notes] == [("correction", "The bridge is 40 metres long, not 400.")]


def test_a_subhead_in_the_middle_is_no_label():
    text = [BODY + str(number) for number in range(6)]
    assert read_notes([*text, "Correction", *text], page_of()) == ()


def test_a_note_beside_the_text_is_found_once():
    note = "Correction: The bridge is 40 metres long, not 400."
    page = page_of(f"<article><p>{BODY}</p></article><div class=story-note><p>{note}</p></div>")
    assert [found.text for found in read_notes([BODY], page)] == [note]
    assert [found.text for found in read_notes([BODY, note], page)] == [note]


def test_a_label_in_a_box_takes_the_next_line_wherever_the_box_stands():
    lines = "".join(f"<p>{BODY} {number}</p>" for number in range(3))
    box = "<div class=encadre><p class=titre>Précision</p><p>Le pont mesure 40 mètres.</p></div>"
    page = page_of(f"<article>{lines}</article>{box}<p>No shares yet</p><p>Not a word</p><p>Nor here</p><p>None of these</p><p>Nobody</p>")
    assert [(note.kind, note.text) for note in read_notes([BODY], page)] == [("clarification", "Le pont mesure 40 mètres.")]


def test_notes_of_navigation_and_comments_are_not_the_storys():
    note = "Correction: The bridge is 40 metres long, not 400."
    assert read_notes([BODY], page_of(f"<nav><p>{note}</p></nav><div class=comments><p>{note}</p></div>")) == ()


def test_a_correction_in_jsonld_has_its_date():
    comment = '{"@type": "CorrectionComment", "text": "The bridge is in Oldtown.", "datePublished": "2025-11-03"}'
    data = f'{{"@type": "NewsArticle", "headline": "Wheat", "correction": {comment}}}'
    notes = read_notes([BODY], page_of(head=f'<script type="application/ld+json">{data}</script>'))
    assert [(note.kind, note.text, note.date) for note in notes] == [("correction", "The bridge is in Oldtown.", "2025-11-03")]


def test_correction_appended_is_a_note_of_its_own_and_not_the_paragraph_below_it():
    line = "Correction appended, May 16, 2024"
    story = [BODY, *(f"{number}. {BODY}" for number in range(4))]
    (note,) = read_notes([line, *story], page_of())
    assert (note.kind, note.text, note.date) == ("correction", line, "2024-05-16")
    (note,) = read_notes([*story, line], page_of())
    assert (note.kind, note.text, note.date) == ("correction", line, "2024-05-16")
