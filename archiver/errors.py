"""Errors that a user meets. Each says what is wrong, why, and what to do next; the CLI shows them without a traceback."""

STOPPED = "Stopped. What was kept is kept; the same command goes on from here."
SOME_FAILED = 3  # what a command ends with that is done, but for some site or file, which is named
BY_WEIGHT = (0, 4, SOME_FAILED, 2, 1, 5)  # exit codes; see `archiver --help`


class ArchiverError(Exception):
    """Something a user can mend. `exit_code` is what the command ends with (see `archiver --help`)."""

    exit_code = 1


def worst(*codes: int) -> int:
    """What a command ends with whose parts ended with these; what is no code of ours (a process was killed) is a failure."""
    return max((code if code in BY_WEIGHT else 1 for code in codes), key=BY_WEIGHT.index, default=0)


def fault(error: BaseException) -> ArchiverError:
    """A fault of the archiver's, or of a spider, that ended a run; the caller has written its traceback to the log."""
    return ArchiverError(
        f"The archiver has a fault: {type(error).__name__}: {error}.\n"
        "Nothing that was stored is lost. Where in the code: archiver.log in the data directory"
    )


class WrongUse(ArchiverError):
    """The command, its arguments or the configuration are wrong."""

    exit_code = 2


class UnknownSite(WrongUse):
    """No site has that name."""


class BadSitesFile(WrongUse):
    """data/sites.toml cannot be read or holds a fact that makes no sense."""


class SlowPattern(BadSitesFile):
    """A regular expression of a site's facts tries so many ways to match an address that it would not come to an end."""


class RefusedAddress(WrongUse):
    """An address that the archiver does not fetch: not http(s), not public, a port that is not a web server's."""


class NothingToDo(ArchiverError):
    """Nothing was there where something was expected."""

    exit_code = 4


class ArchiveDamaged(ArchiverError):
    """The database or a WARC file is damaged."""

    exit_code = 5


class ArchiveTooNew(ArchiverError):
    """The archive was made by a newer version of the archiver."""


class ArchiveBusy(ArchiverError):
    """Another run holds the archive."""


class DataDirectoryError(ArchiverError):
    """The data directory cannot be used: not writable, disk full."""


def ended_with(code: int, told: str) -> ArchiverError:
    """An error that ends this command as a process of ours has ended that it had started; one that was killed has failed."""
    kinds = (WrongUse, NothingToDo, ArchiveDamaged)
    return next((kind for kind in kinds if kind.exit_code == code), ArchiverError)(told)
