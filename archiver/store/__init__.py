"""The archive: what was found, fetched, read and changed, in one SQLite file."""

from archiver.store.absences import Look, kind_of_redirect
from archiver.store.archive import Archive, open_archive, open_reader
from archiver.store.concordance import Occurrence
from archiver.store.coverage import LookedThrough, Overflow, Poll
from archiver.store.duplicates import Cluster, Copy
from archiver.store.links import DueLink, LastCapture
from archiver.store.pictures import PictureCounts
from archiver.store.placings import on_front_pages
from archiver.store.rereading import Difference, Mark, Reread, Rereading, Scope
from archiver.store.rights import OptOut
from archiver.store.runs import CaptureRow
from archiver.store.saving import PreviousReading, Reading, Saved
from archiver.store.search import CaptionHit, Hit, SearchResult
from archiver.store.stories import Revision, Story
from archiver.store.trends import Period
from archiver.store.visits import LastRun
from archiver.store.yields import StoryRead

__all__ = [
    "Archive",
    "CaptionHit",
    "CaptureRow",
    "Cluster",
    "Copy",
    "Difference",
    "DueLink",
    "Hit",
    "LastCapture",
    "LastRun",
    "Look",
    "LookedThrough",
    "Mark",
    "Occurrence",
    "OptOut",
    "Overflow",
    "Period",
    "PictureCounts",
    "Poll",
    "PreviousReading",
    "Reading",
    "Reread",
    "Rereading",
    "Revision",
    "Saved",
    "Scope",
    "SearchResult",
    "Story",
    "StoryRead",
    "kind_of_redirect",
    "on_front_pages",
    "open_archive",
    "open_reader",
]
