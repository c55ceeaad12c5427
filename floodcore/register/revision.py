"""What given rows come to: which entries are new, which are others than before, which rows cannot be taken."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from floodcore.domain.levels import Ladder, Level
from floodcore.domain.site import Site
from floodcore.domain.upkeep import Mount
from floodcore.register.book import Book
from floodcore.register.entries import Device, Entry, Fitting, Rung
from floodcore.register.given import RejectedRow, Row
from floodcore.register.sheets import DEVICES, MOUNTS, PACKS, SENSORS, SHEETS, SITES, THRESHOLDS, Key, Sheet, sheet_of
from floodcore.register.validity import Since, joined, reheighted


@dataclass(frozen=True, kw_only=True)
class Change:
    """An entry that is new, or another than before."""

    before: Entry | None
    after: Entry

    @property
    def sheet(self) -> Sheet:
        """Where it stands."""
        return sheet_of(self.after)

    @property
    def key(self) -> Key:
        """Which entry it is."""
        return self.sheet.key_of(self.after)


@dataclass
class Tally:
    """What became of a sheet. Rows are unchanged or rejected; an entry may be added or changed by another's row."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass
class Revision:
    """What rows come to.

    Attributes:
        changes: One an entry, in an order in which each rests on what is there.
        rejected: Rows that cannot be taken.
        unchanged: By sheet, how many rows say what is known.
    """

    changes: list[Change] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)

    def tallies(self) -> dict[str, Tally]:
        """The counts by sheet, those without any left out."""
        found: dict[str, Tally] = defaultdict(Tally)
        for change in self.changes:
            tally = found[change.sheet.name]
            tally.added += change.before is None
            tally.changed += change.before is not None
        for name, n in self.unchanged.items():
            found[name].unchanged += n
        for row in self.rejected:
            found[row.file.partition(".")[0]].rejected += 1
        return {sheet.name: found[sheet.name] for sheet in SHEETS if sheet.name in found}


def revise(book: Book, rows: Iterable[Row]) -> Revision:
    """Take rows into the register.

    Args:
        book: The register; is brought up to date.
        rows: In any order.
    """
    revision = Revision()
    of_sheet: dict[str, list[Row]] = defaultdict(list)
    for row in _once(rows, revision):
        of_sheet[row.sheet.name].append(row)
    for sheet in SHEETS:
        taken = _take(book, of_sheet[sheet.name], revision)
        revision.changes += taken
        told = {change.key for change in taken}
        refused = {(row.file, row.line) for row in revision.rejected}
        for row in of_sheet[sheet.name]:
            if row.key not in told and (row.file, row.line) not in refused:
                revision.unchanged[sheet.name] += 1
    return revision


def mounted_otherwise(book: Book, changes: Iterable[Change]) -> dict[str, Since]:
    """Since and until when devices hang at another height than was believed, by device.

    Args:
        book: The register after the changes.
        changes: Those of mounts among them.
    """
    was: dict[str, dict[Key, Entry | None]] = defaultdict(dict)
    for change in changes:
        if isinstance(change.after, Mount):
            was[change.after.device_id][change.key] = change.before
    found = {}
    for device_id, before_of in was.items():
        after = book.history(MOUNTS, (device_id,))
        kept = [mount for mount in after if MOUNTS.key_of(mount) not in before_of]
        before = [*kept, *(mount for mount in before_of.values() if isinstance(mount, Mount))]
        if since := reheighted(before, after):
            found[device_id] = since
    return found


def _once(rows: Iterable[Row], revision: Revision) -> list[Row]:
    """The rows without those whose entry an earlier one has described: which of two is meant nobody knows."""
    first: dict[tuple[str, Key], Row] = {}
    for row in rows:
        earlier = first.setdefault((row.sheet.name, row.key), row)
        if earlier is not row:
            revision.rejected.append(row.rejected(f"it is described already, in {earlier.where}; keep one of the two"))
    return list(first.values())


def _take(book: Book, rows: Sequence[Row], revision: Revision) -> list[Change]:
    """What the rows of one sheet change; those that cannot be taken are rejected."""
    ledger = _Ledger(book)
    for row in rows:
        try:
            ledger.take(row)
        except ValueError as error:
            revision.rejected.append(row.rejected(str(error)))
    for site_id in dict.fromkeys(change.after.site_id for change in ledger.changes if isinstance(change.after, Rung)):
        if fault := _not_rising(book, site_id):
            undone = ledger.undo(site_id)
            revision.rejected += [row.rejected(fault) for row in rows if row.key in undone]
    return ledger.changes


class _Ledger:
    """Puts entries into the book and remembers what they were before."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._changes: dict[tuple[str, Key], Change] = {}

    @property
    def changes(self) -> list[Change]:
        """One an entry, in the order of the first."""
        return list(self._changes.values())

    def take(self, row: Row) -> None:
        """Take a row.

        Raises:
            ValueError: It cannot be taken, and nothing is changed; the text says why.
        """
        entry = row.sheet.entry(row.values, self._book.find(row.sheet, *row.key))
        _check(self._book, entry)
        if isinstance(entry, Fitting) and not self._book.find(DEVICES, entry.device_id):
            self._put(Device(device_id=entry.device_id))
        if isinstance(entry, Mount | Rung):
            for one in joined(self._book.history(row.sheet, row.key[:-1]), entry):
                self._put(one)
        else:
            self._put(entry)

    def undo(self, site_id: str) -> set[Key]:
        """Put a site's thresholds back as they were; returns the keys of those that had changed."""
        undone = {
            name: change
            for name, change in self._changes.items()
            if isinstance(change.after, Rung) and change.after.site_id == site_id
        }
        for name, change in undone.items():
            self._book.remove(change.after)
            if change.before:
                self._book.put(change.before)
            del self._changes[name]
        return {change.key for change in undone.values()}

    def _put(self, entry: Entry) -> None:
        sheet = sheet_of(entry)
        key = sheet.key_of(entry)
        known = self._book.find(sheet, *key)
        if known != entry:
            earlier = self._changes.get((sheet.name, key))
            self._changes[sheet.name, key] = Change(before=earlier.before if earlier else known, after=entry)
            self._book.put(entry)


def _check(book: Book, entry: Entry) -> None:
    """Whether the entry can be, and has what it rests on.

    Raises:
        ValueError: It has not; the text says what to do.
    """
    match entry:
        case Mount() | Rung() if entry.valid_to and entry.valid_to <= entry.valid_from:
            raise ValueError("it ends before it begins")
        case Device(pack_id=str(pack_id)) | Site(pack_id=str(pack_id)) if not book.find(PACKS, pack_id):
            raise ValueError(f"no event pack {pack_id} has been imported here; import it first, or leave pack_id blank")
        case Fitting(site_id=site_id) | Rung(site_id=site_id) if not book.find(SITES, site_id):
            raise ValueError(f"there is no site {site_id} in the register; give it a row in {SITES.file}")
        case Mount(device_id=device_id) if not book.find(DEVICES, device_id):
            raise ValueError(f"there is no device {device_id} in the register; give it a row in {SENSORS.file}")
        case Fitting(device_id=device_id, quantity=quantity) if (device_id, quantity) in book.heard:
            known = book.find(SENSORS, device_id, quantity)
            if isinstance(known, Fitting) and known.site_id != entry.site_id:
                raise ValueError(
                    f"the {quantity} of {device_id} has been heard at {known.site_id} and its readings are of there; "
                    "a device that has moved gets another name"
                )


def _not_rising(book: Book, site_id: str) -> str | None:
    """What is wrong with a site's levels at some moment, if anything is."""
    steps = [step for level in Level for step in book.history(THRESHOLDS, (site_id, level))]
    for since in sorted({step.valid_from for step in steps}):
        ladder = sorted(Ladder.at(steps, since).steps.items())
        for (lower, below), (higher, above) in pairwise(ladder):
            if above.depth_m <= below.depth_m:
                return (
                    f"the levels of {site_id} do not rise: from {since:%Y-%m-%d %H:%M} UTC on {higher.name.casefold()} "
                    f"would begin at {above.depth_m:g} m and {lower.name.casefold()} at {below.depth_m:g} m"
                )
    return None
