"""What every table and column means, told once: docs/data-dictionary.md and the notes in Datasette are made from it.

python -m archiver.store.dictionary > docs/data-dictionary.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlite_utils import Database

from archiver.store.migrations import migrations

# Columns that mean the same wherever they stand.
EVERYWHERE = {
    "article_id": "The story (articles.id).",
    "site": "Name of the site (sites.name).",
    "position": "Place in the story, from 0, in the order of the page.",
    "key": "Short name of the story, made from its address: stays the same, and is what `archiver show` takes.",
    "url": "Address of the story; tracking parameters, AMP and mobile forms are resolved.",
    "headline": "Headline, once, without the name of the site or the section behind it.",
    "alternative_headline": "Another headline that the publisher gives (for search, for networks, of the text's source), where it differs.",
    "kicker": "The line above the headline.",
    "abstract": "The standfirst: the summary printed above the body.",
    "description": "The summary declared in the page's metadata, which need not be printed on it.",
    "byline": "The byline as printed, 'By' included; the names alone are in article_authors.",
    "dateline": "The dateline as printed, without the dash behind it: LAGOS, Nigeria, Nov 3 (AP).",
    "infosource": "Agency, or on Chinese pages the outlet, that supplied the text, where the page says so (IPTC infosource).",
    "article_section": "Section, as the publisher names it.",
    "date_published": "When the story was published, as declared: ISO 8601 with its offset where it has one.",
    "date_published_utc": "The same in UTC (YYYY-MM-DDTHH:MM:SSZ), or the day alone (YYYY-MM-DD) where no more is known.",
    "date_modified": "When the publisher says that the story was last changed, as declared.",
    "date_modified_utc": "The same in UTC, or the day alone.",
    "word_count": "Words in the body.",
    "text_hash": "SHA-256 of headline and body after folding of punctuation, quotes and spacing: the same text has the same hash.",
    "article_body": "The body: plain text, paragraphs separated by a blank line; no headline, standfirst, captions, comments or dateline.",
    "read_with": "Version of the reader that read it.",
    "capture_id": "The capture that it was read off (captures.id).",
    "outcome": "How it ended, by name.",
    "reason": "Why, in words.",
    "rowid": "Number in the search index; it rises with the time of publication.",
}

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "sites": (
        "The news sites of the archive.",
        {
            "name": "Short name: small letters, digits, underscore.",
            "url": "Front page.",
            "publisher": "Name of the publisher as printed.",
            "in_language": "Main language (BCP 47).",
            "country": "Country (ISO 3166, two letters).",
            "timezone": "Time zone (IANA) in which dates without an offset are read.",
            "added_at": "When the site came into the archive (UTC).",
            "noarchive": "Pages that ask not to be shown from an archive: honour (or empty; their text is not shown), or ignore.",
            "noarchive_reason": "Why it is ignored.",
            "learned_every_s": "Seconds between two runs, learned: shorter than the site's own while its feeds roll over between two "
            "looks; empty: its own holds.",
        },
    ),
    "links": (
        "Every address that was found, and the queue of what is to be fetched.",
        {
            "url": "The address, normalised; of a picture as the page has it.",
            "source": "Where it was found: next_page (a further page of the story at source_url), seed, news_sitemap, feed, wordpress, "
            "sitemap, section, front_page, archive_page, import, image (a picture of the story at source_url).",
            "source_url": "The feed, sitemap or page it was found in.",
            "title": "Title that the source gives.",
            "lastmod": "Newest change that the source declares (UTC).",
            "date_published": "Date of publication that the source declares (UTC), or the page where the source is silent.",
            "listed_on": "Day (YYYY-MM-DD) or month (YYYY-MM) that a list of older stories has it under, by the site's clock; empty: no "
            "such list was looked through.",
            "first_seen_at": "When it was first found (UTC).",
            "last_seen_at": "When a source last named it (UTC).",
            "state": "due (never fetched yet, or to be tried again), done, skipped (will not be fetched), gone.",
            "due_at": "When it is to be fetched next (UTC); empty: never.",
            "attempts": "Failed attempts in a row.",
            "checks": "Looks in a row that found the story gone.",
            "article_id": "The story that it led to (articles.id).",
        },
    ),
    "looked_through": (
        "Days of a site's past that were looked through to the end (`archiver backfill`), and how many stories there are by the list.",
        {
            "source": "The kind of list: wordpress (its API), sitemap, archive_page (dated lists).",
            "from_on": "First day (YYYY-MM-DD), by the site's clock.",
            "to_on": "Last day.",
            "expected": "Number of stories that the source states (WordPress: X-WP-Total); empty: it states none.",
            "listed": "Number of stories that it lists.",
            "left_out": "Number of addresses listed there that the site's facts (article_url, skip_url) leave out.",
            "done_at": "When (UTC).",
        },
    ),
    "sources": (
        "Feeds and news sitemaps, and whether they hold enough: one in which nothing is known has rolled over between two looks.",
        {
            "url": "Address of the feed or sitemap.",
            "role": "feed, sitemap, or wordpress (its API).",
            "polled_at": "When it was last read (UTC); a look at which it had not changed does not count.",
            "items": "Stories in it.",
            "known": "Of them those that were known before.",
            "total": "How many stories the source says there are in all (WordPress: X-WP-Total).",
            "overflowed_at": "When all of its stories were new (UTC), though it had been read before: it had rolled over.",
            "gap_from": "When it had been read before that (UTC).",
            "gap_to": "Date of its oldest story then (UTC); empty: it tells none.",
            "gap_filled": "1: a source that reaches further back listed what was published in between; 0: none did.",
        },
    ),
    "captures": (
        "Every answer of a server, one row a fetch. The page itself is in a WARC file.",
        {
            "id": "Number of the capture.",
            "target_uri": "Address that was asked, as sent.",
            "run_id": "The run that fetched it (runs.id).",
            "role": "What it is to us: story, feed, sitemap, wordpress, front_page, section, robots, image, other.",
            "warc_date": "When it was fetched (UTC).",
            "http_status": "HTTP status code.",
            "content_type": "Content-Type header.",
            "etag": "ETag header: sent back to ask whether anything changed.",
            "last_modified": "Last-Modified header, used in the same way.",
            "payload_digest": "Digest of the body as sent (sha1:BASE32, as in WARC).",
            "warc_filename": "WARC file in the folder captures/.",
            "warc_offset": "Byte at which its record begins.",
            "warc_length": "Length of the record in the file, bytes.",
            "refers_to": "Earlier capture with the same content (captures.id); the body is stored there.",
            "outcome": "kept (waits to be read), index (feed, sitemap, list), image (a picture of a story), not_modified, redirect, "
            "http_error; once read: new, changed, "
            "unchanged, duplicate_address, or why it is no story.",
            "read_with": "Version of the reader that read it; empty: not read yet.",
        },
    ),
    "articles": (
        "Every story in its newest reading. The text is in article_texts; the view stories has both.",
        {
            "id": "Number of the story in this archive.",
            "search_id": "Number in the search index: minute of publication since 2000 × 256 + slot; below zero by far without a date.",
            "canonical_url": "Canonical address that the page declares.",
            "located": "Place or places the story was filed from, as printed in the dateline (IPTC located).",
            "located_lat": "Latitude of that place, degrees north.",
            "located_lon": "Longitude, degrees east.",
            "located_country": "Its country (ISO 3166, two letters).",
            "dateline_on": "Day named in the dateline (YYYY-MM-DD).",
            "date_precision": "How exactly the date of publication is known: second, minute, day, none.",
            "date_source": "Where on the page the date of publication stood.",
            "genre": "Kind of story where the page says so: opinion, live blog, interview, … (IPTC genre).",
            "article_type": "schema.org type that the page declares: NewsArticle, OpinionNewsArticle, LiveBlogPosting, …",
            "in_language": "Language (BCP 47).",
            "is_accessible_for_free": "What the page declares: 1 free, 0 not, empty unsaid.",
            "access_observed": "How much was there to read: full, teaser, blocked.",
            "first_seen_at": "When it was first fetched (UTC).",
            "last_seen_at": "When it was last seen at its address (UTC).",
            "revision_count": "Number of its revisions, the first included.",
            "pubstatus": "At its publisher: live, gone, moved, withdrawn (IPTC pubstatus).",
            "pubstatus_at": "Since when (UTC).",
            "pubstatus_reason": "Why we think so.",
            "title": "What lists show for the story: its headline, or its address where it has none.",
        },
    ),
    "article_texts": (
        "The text of each story in its newest reading.",
        {"article_body_html": "The body with its links, lists and emphasis: a clean subset of HTML, safe to show."},
    ),
    "revisions": (
        "Every different text that a story has had, with the capture that proves it. Revision 1 is the first.",
        {
            "id": "Number of the revision in this archive.",
            "number": "Number of the revision of this story, from 1, in the order of time.",
            "memento_datetime": "When this text was first seen (UTC).",
            "last_seen_at": "When it was last seen (UTC).",
            "change": "What changed: first (nothing before), substantive, headline (not the body), standfirst (neither body nor headline), "
            "cosmetic (punctuation, quotes, spacing, case, or a line of the site that its other stories have, too), "
            "update or correction (a note came with it).",
            "declared": "1: the publisher said that something changed, by a newer modified date (by a minute at least) or a note.",
            "stealth": "1: substantive, and nobody said so. Not again when a text swings back and forth between two forms.",
            "note": "Remark: 'returned to revision N' where the text is an earlier one again; "
            "'more of the text is shown' where a wall is gone.",
            "date_modified_last_utc": "Newest modified date that the page declared while this text stood, where it advanced (UTC).",
            "returns_to": "The revision whose text this is once more (revisions.id): a headline test, or an edit taken back. "
            "Count texts with: returns_to is null.",
        },
    ),
    "revision_changes": (
        "The sentences that a revision changed, and the note that explains each. Lines that the site put into, or took out of, most "
        "stories of those days are left out where the story itself changed, too.",
        {
            "revision_id": "The revision that brought the change (revisions.id).",
            "position": "Place among the changes of the revision, from 0.",
            "part": "headline, abstract or article_body.",
            "kind": "added, removed, changed, or moved (the same sentence at another place).",
            "before": "The sentence as it was.",
            "after": "The sentence as it is.",
            "correction_id": "The note that speaks of it (corrections.id): it repeats a figure, a name or words of the change; "
            "empty: no note explains it.",
        },
    ),
    "absences": (
        "Every time that a story was not at its address: how, since when, how sure that is, and when it ended. The last reading stays.",
        {
            "id": "Number of the absence.",
            "kind": "not_found (HTTP 404), gone (410), soft_404 (a page that says so), redirect_home, redirect_section, "
            "redirect_elsewhere, moved (its text or its id is at another address), redirected (not read yet where to), "
            "paywalled (less than before is shown), robots (robots.txt forbids to look), withdrawn (its page is there without the text). "
            "Trouble of a server makes no row.",
            "first_seen_at": "When a look first found it so (UTC).",
            "confirmed_at": "When that was sure (UTC): after looks on several days, at once for 410 and for a text found elsewhere.",
            "last_seen_at": "The last look that found it so (UTC).",
            "ended_at": "When the story was there again (UTC); empty: it is still away.",
            "looks": "Looks that agree, about a day apart or more.",
            "http_status": "Status of the last answer.",
            "url": "Address that was asked.",
            "leads_to": "Where it leads.",
            "moved_to": "The same story at its new address (articles.id).",
            "capture_id": "The capture that shows it (captures.id).",
        },
    ),
    "story_ids": (
        "What publishers' own systems call their stories: it stays when a story gets another address, headline and text.",
        {
            "site": "The site; ids are compared within one alone.",
            "kind": "wordpress: number of a post (REST API, shortlink, ?p= in a feed, class of the page); guid: of an entry in a feed.",
            "value": "The id: example.org/?p=123 with the place of the WordPress, or the guid as it stands.",
            "url": "Address that has it.",
            "told_by": "feed, wordpress (the API), or page.",
            "first_seen_at": "When it was first told (UTC).",
        },
    ),
    "images": (
        "Images of a story with their captions.",
        {
            "id": "Number of the image.",
            "content_url": "Address of the image.",
            "caption": "Caption without the credit.",
            "caption_printed": "Caption as printed, credit included.",
            "creditline": "Credit line as printed: Photo: Jane Doe/AFP.",
            "creator": "Photographer named in the credit line.",
            "credit_agency": "Agency named in it.",
            "alt": "Text for readers who do not see the image.",
            "width": "Width in pixels.",
            "height": "Height in pixels.",
            "is_lead": "1: the story's main image.",
        },
    ),
    "pictures": (
        "Pictures of stories that are kept, or wait to be (`keep_images` in sites.toml). An image's own is that of its story and address: "
        "images.article_id, images.content_url. One that a later version of the story has no more stays here.",
        {
            "url": "Address of the picture (links.url, images.content_url).",
            "capture_id": "The capture that holds it (captures.id); empty: not kept yet, or it could not be had (links.reason).",
        },
    ),
    "article_authors": (
        "Authors of a story.",
        {
            "name": "Name as printed.",
            "role": "Role, where the page gives one.",
            "url": "Profile page.",
            "kind": "person or organisation.",
        },
    ),
    "article_keywords": ("Keywords and tags of a story, as the publisher gives them.", {"keyword": "The keyword."}),
    "corrections": (
        "Notes of correction, clarification or update. A note stays here after the publisher has removed it.",
        {
            "id": "Number of the note.",
            "revision_id": "The revision that brought it (revisions.id).",
            "kind": "correction, clarification, update, editors_note.",
            "text": "The note as printed.",
            "date": "Its date, as exact as printed.",
            "first_seen_at": "When it was first seen (UTC).",
            "last_seen_at": "When it was last seen (UTC).",
        },
    ),
    "embeds": (
        "Videos, posts and documents shown inside a story.",
        {
            "kind": "video, audio, social, iframe, document.",
            "url": "Address of what is embedded.",
            "title": "The line that announces or titles it.",
            "provider": "Host that it comes from.",
        },
    ),
    "outlinks": ("Links inside the body of a story.", {"url": "Address that is linked to."}),
    "live_updates": (
        "Single entries of a live blog.",
        {"headline": "Headline of the entry.", "text": "Its text.", "date_published": "Its time (ISO 8601)."},
    ),
    "field_evidence": (
        "Where each value of a story was found, and what disagreed with it.",
        {
            "field": "The column.",
            "value_raw": "What stood there, at most 500 characters.",
            "method": "Rule that found it: jsonld, meta, css, text, …; later_reading: a later look that saw less than is kept; "
            "earlier_reading: what another reader had read off the same page; refused_reading: a newer reader finds no story there.",
            "locator": "Where on the page.",
            "confidence": "How sure the rule is, 0 to 1.",
            "chosen": "1: the value was taken; 0: another one was.",
            "note": "Why it was refused, or how it was mended.",
        },
    ),
    "copy_clusters": (
        "Texts that several stories print: the same text at several addresses, or wire copy with another lead, a cut tail, a paragraph of"
        " its own. The stories are in copies.",
        {
            "id": "Number; stays the same while most of its stories stay together.",
            "first_id": "The earliest copy (articles.id), by publication; a story of which only the day is known counts as the day's last.",
            "stories": "How many copies there are.",
            "sites": "On how many sites.",
            "first_published": "When the earliest was published (UTC), or else first seen.",
            "last_published": "When the newest was.",
            "agency": "Agency that most of the copies name; the others may be its copy, too.",
            "agency_evidence": "Which names stand where in how many copies: AP: dateline 2, author 1.",
        },
    ),
    "copies": (
        "The stories of each cluster, with how much of the earliest copy they have. Shares are of runs of four words, without quotations.",
        {
            "cluster_id": "The cluster (copy_clusters.id).",
            "place": "Place in the order of publication, from 0.",
            "is_first": "1: the earliest copy.",
            "contained": "Share of this story's text that stands in the earliest copy: 0.9 means that a tenth is its own.",
            "first_contained": "Share of the earliest copy's text that stands in this story: 0.6: two fifths were cut or changed.",
            "same_text": "1: headline and body are those of the earliest copy, word for word.",
        },
    ),
    "copy_pairs": (
        "Pairs of stories that were found to be copies of each other, in both directions; copies is made from them.",
        {
            "other_id": "The other story (articles.id).",
            "contained": "Share of the story's text that stands in the other.",
            "alike": "Share of all that stands in either that stands in both (Jaccard).",
            "same_text": "1: headline and body are the same, word for word.",
        },
    ),
    "sketches": (
        "What is kept of each text to find its copies by.",
        {
            "site_number": "A number made of the site's name.",
            "day": "Day of publication, counted from 2000.",
            "hashes": "MinHash: by what it was made (a byte), then the smallest hash of its runs of four words in each of sixteen "
            "permutations, four bytes each; none of a very short text.",
        },
    ),
    "sketch_hashes": (
        "Which stories have a hash in their sketch, but for hashes that a site has in story after story.",
        {
            "hash": "The hash, above it the number of the permutation.",
            "site_number": "As in sketches.",
            "day": "As in sketches.",
        },
    ),
    "sketches_due": ("Stories that are new or changed and wait to be compared; a crawl does it, and `archiver duplicates`.", {}),
    "runs": (
        "Every command that fetched something.",
        {
            "id": "Number of the run.",
            "command": "The command: crawl, run, backfill, add, probe (a look at a new site) …; crawl URL: of single addresses.",
            "started_at": "When it began (UTC).",
            "finished_at": "When it ended (UTC); empty: it runs, or was cut off.",
            "finish_reason": "How it ended: finished, or what stopped it.",
            "trouble": "The last thing that went wrong.",
            "not_before": "The server asked not to come back before (UTC).",
            "counts": "Counts by outcome, as JSON.",
        },
    ),
    "outcomes": (
        "How each address of a run ended.",
        {"run_id": "The run (runs.id).", "url": "The address.", "outcome": "new, changed, unchanged, not_modified, or what went wrong."},
    ),
    "imports": (
        "Foreign archives (WARC, WACZ) that were brought in with `archiver import`, and how far each was read.",
        {
            "id": "Number of the import.",
            "file": "Name of the file, without its folder.",
            "member": "The WARC file in a WACZ; empty where the file is one.",
            "fingerprint": "Size and digest of parts of the file: the same file under another name is known by it.",
            "filters": "The filters that were given, as JSON.",
            "run_id": "The run that read it last (runs.id).",
            "position": "Byte from which a next run goes on.",
            "records": "Records behind that byte that were read, where several are packed together.",
            "started_at": "When it was begun (UTC).",
            "finished_at": "When its end was reached (UTC); empty: it runs, or was cut off.",
            "counts": "What became of its records, as JSON.",
        },
    ),
    "rereadings": (
        "Passes of `archiver ingest --again`: captures read once more by a newer reader. One that was cut off goes on from its mark.",
        {
            "id": "Number of the pass.",
            "read_with": "Version of the reader that reads them.",
            "site": "Only captures of this site; empty: of all.",
            "since": "Only captures fetched on this day or later; empty: all.",
            "everything": "1: those too that this version had read before (--force).",
            "started_at": "When it began (UTC).",
            "finished_at": "When it ended (UTC); empty: it runs, or was cut off.",
            "last_capture": "The newest capture when it began (captures.id); later ones are no part of it.",
            "captures": "How many there were to read.",
            "stage": "The mark: stories (story by story), then refused (captures that held no story).",
            "article_id": "The mark: the story that was stored last (articles.id).",
            "capture_id": "The mark: the capture that was stored last (captures.id).",
            "report": "What changed so far, as JSON: counts by field with samples, and captures by name where something was odd.",
        },
    ),
    "takedowns": (
        "Stories that were removed for good: why, when, by whom. Of their text only hashes are left.",
        {
            "id": "Number of the takedown.",
            "key": "Key of the story that was removed.",
            "url": "The address for which it was asked.",
            "basis": "gdpr, copyright, court_order, publisher_request, other.",
            "requested_by": "Who gave the command.",
            "begun_at": "When its rows were removed (UTC).",
            "finished_at": "When the last byte was gone (UTC); empty: files are still to be cleaned, the next command that writes does it.",
            "counts": "What was removed, as JSON.",
            "passages": "Hashes of runs of words, by their number, as JSON: they tell whether another page repeats the text.",
        },
    ),
    "takedown_marks": (
        "By what a removed story is recognised when it comes in again.",
        {
            "takedown_id": "The takedown (takedowns.id).",
            "kind": "key (of each of its addresses), text_hash, payload_digest.",
            "mark": "The value.",
        },
    ),
    "takedown_files": (
        "WARC files that were written anew without what was taken down.",
        {
            "filename": "The old file.",
            "takedown_id": "The takedown (takedowns.id).",
            "replaced_by": "The file in its place.",
            "removed_at": "When the old one was deleted (UTC).",
        },
    ),
    "rights_signals": (
        "What sites and pages say about the use of their content, with the days on which they said it.",
        {
            "id": "Number of the signal.",
            "url": "The story; empty for a signal of the whole site.",
            "signal": "noarchive, noai, noimageai, nosnippet, noindex, tdm-reservation, tdm-policy, license, usage_info, copyright_notice; "
            "of a site also robots.txt, robots_ai (rules for a crawler that feeds language models), content-signal, tdmrep.json.",
            "value": "What it says; for robots.txt the text, empty from when on it is gone.",
            "told_by": "Where it stands: robots.txt, tdmrep.json, header, meta, link, json-ld; and the crawler that it is for.",
            "first_seen_at": "When it was first seen (UTC).",
            "last_seen_at": "When it was last seen (UTC).",
        },
    ),
    "front_pages": (
        "Every list of stories that a front page has shown, from when to when; where two looks agree, they are one row.",
        {
            "id": "Number of the list.",
            "url": "Address of the front page, as in the site's facts.",
            "first_seen_at": "The first look that saw it so (UTC; warc_date of the capture of that address).",
            "last_seen_at": "The last look that saw it so (UTC); a look is also an answer that nothing was modified.",
            "looks": "Looks that saw it so.",
            "placings": "Its stories in their order: placings.id in a JSON list; null for one of which nothing is told.",
        },
    ),
    "placings": (
        "Every story on a front page: a row for each stretch of looks at which it stood there under the same words. A look that failed "
        "ends none, nor one that saw less than a third of the stories before it and none that is new (an error page). "
        "Of a page, the first 300 stories.",
        {
            "id": "Number of the placing.",
            "page": "Address of the front page (front_pages.url).",
            "article_id": "The story (articles.id), once its page was read.",
            "text": "The words of its link, the headline as shown there; empty: none, or the same as at other stories.",
            "came_at": "The first look of the time that it has stood there without a break, under whatever words (UTC).",
            "first_seen_at": "The first look that saw it there under these words (UTC).",
            "last_seen_at": "The last look that did (UTC).",
            "looks": "Looks that did.",
            "best_position": "Its highest place in that time, among the stories of the page; 1: the first.",
            "last_position": "Its place at the last look.",
        },
    ),
    "withheld": (
        "Stories whose text is kept but not shown, searched snippets and exports included.",
        {"because": "The signal that asks for it."},
    ),
    "stories": (
        "Every story with its text, for reading and for SQL: articles and article_texts in one.",
        {"keys": "Filter words of the search index: site, month, language, section."},
    ),
    "headlines": (
        "Every story in one short line.",
        {
            "published": "When it was published (UTC).",
            "section": "Section.",
            "place": "Place in its dateline.",
            "agency": "Agency that supplied the text.",
            "words": "Words in its body.",
            "revisions": "Number of its revisions, the first included.",
            "status": "live, gone, moved, withdrawn.",
        },
    ),
    "captions": (
        "Every image with its caption and story, in one short line.",
        {
            "published": "When the story was published (UTC).",
            "caption": "Caption without the credit.",
            "credit": "Credit line as printed (images.creditline).",
            "creator": "Photographer.",
            "agency": "Agency of the photograph (images.credit_agency).",
            "image": "Address of the image (images.content_url).",
            "rowid": "Number of the image (images.id).",
        },
    ),
    "changes": (
        "Every revision after a story's first, in one short line.",
        {
            "seen": "When the new text was first seen (UTC).",
            "number": "Number of the revision.",
            "change": "What changed: substantive, headline, standfirst, cosmetic, update, correction.",
            "declared": "1: the publisher said so.",
            "stealth": "1: substantive, and nobody said so.",
            "note": "Remark.",
        },
    ),
    "front_page_headlines": (
        "Headlines on front pages that no version of the story had. Words that hold a headline of it, or begin one and end in dots, are "
        "its own.",
        {
            "id": "The placing (placings.id).",
            "text": "The headline on the front page.",
            "headline": "The headline of the story itself, as last read.",
            "page": "Address of the front page.",
            "came_at": "Since when the story stood there, under whatever words (UTC).",
            "first_seen_at": "The first look that saw it there under these words (UTC).",
            "last_seen_at": "The last look that did (UTC).",
            "looks": "Looks that did.",
            "best_position": "Its highest place in that time; 1: the first story of the page.",
            "last_position": "Its place at the last look.",
        },
    ),
    "listed_stories": (
        "Every address that a list of older stories has, and what became of it: kept, or why not.",
        {
            "month": "Month (YYYY-MM) that it counts under: of the list, or of the story where the list is vague.",
            "fate": "kept, kept in part (a teaser before a wall), or why it is not: gone, robots.txt, wall, no text, no story, failed, "
            "to be tried again, not fetched yet, waits to be read.",
            "title": "Headline, or the title in the list.",
            "listed_on": "Day or month that the list has it under.",
            "source": "Where it was found.",
            "source_url": "The list.",
        },
    ),
    "articles_fts": (
        "Search index over headline, abstract and body of the stories (SQLite FTS5); its rowid is articles.search_id. "
        "articles_fts_words lists its words (fts5vocab); of scripts without spaces, all letters from one sign to the next.",
        {},
    ),
    "images_fts": ("Search index over captions and credit lines; its rowid is images.id.", {}),
}
SAME_AS_ARTICLES = ("stories", "headlines", "changes")  # views whose columns are those of articles, where they say nothing else
INTRODUCTION = """# Data dictionary

Written from `archiver/store/dictionary.py` by `make docs`; not edited by hand.

The archive is one SQLite file, `archive.db`, beside the folder `captures/` with the pages as they were sent (WARC). Names follow schema.org
in snake_case for what a publisher says, IPTC where schema.org has no word, WARC for captures and Memento for revisions. Names that end in
`_at` are times in UTC (`YYYY-MM-DDTHH:MM:SSZ`), names in `_on` days. An empty value means: not said, or not found.
"""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str  # TEXT, INTEGER, FLOAT; empty for a computed column of a view
    meaning: str


def describe(table: str) -> str:
    """What a table or view holds. KeyError for one that the archive does not have."""
    return TABLES[table][0]


def columns(table: str) -> list[Column]:
    """Its columns in their order. KeyError for a column that nobody described."""
    own = TABLES[table][1]
    shared = EVERYWHERE | (TABLES["articles"][1] if table in SAME_AS_ARTICLES else {})
    kept = EVERYWHERE if table in SAME_AS_ARTICLES else {}
    return [Column(name, kind, own.get(name) or kept.get(name) or shared[name]) for name, kind in _schema()[table].items()]


def names() -> list[str]:
    """Tables, then views, then indexes, in the order of this file."""
    return [name for name in TABLES if name in _schema()]


def as_markdown() -> str:
    """docs/data-dictionary.md"""
    return INTRODUCTION + "".join(f"\n{part}" for name in names() for part in _section(name))


def _section(table: str) -> Iterator[str]:
    yield f"## {table}\n"
    yield f"{describe(table)}\n"
    if columns(table):
        rows = "".join(f"| `{column.name}` | {column.type.lower()} | {column.meaning} |\n" for column in columns(table))
        yield f"| column | type | meaning |\n|---|---|---|\n{rows}"


@cache
def _schema() -> dict[str, dict[str, str]]:
    """Column types by table and view, of an archive as it is made today."""
    db = Database(memory=True)
    migrations.apply(db)
    inner = re.compile(r"_fts_(data|idx|content|docsize|config|words)$|^_|^sqlite_")
    tables = [name for name in [*db.table_names(), *db.view_names()] if not inner.search(name)]
    return {table: _types(db, table) for table in tables}


def _types(db: Database, table: str) -> dict[str, str]:
    """Types by column, generated columns included; none for an index, whose columns are those of the tables."""
    if table.endswith("_fts"):
        return {}
    return {name: kind for _, name, kind, *_ in db.execute(f"pragma table_xinfo({table})").fetchall()}


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
