"""The whole register as a value: every entry of every sheet by its key."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from floodcore.register.entries import Entry
from floodcore.register.sheets import SHEETS, Key, Sheet, sheet_of

Heard = Collection[tuple[str, str]]  # device and quantity of the sensors that have ever been heard


class Book:
    """Entries that can be found and put; `heard` sensors stay where they are, as their readings are of there."""

    def __init__(self, entries: Iterable[Entry] = (), heard: Heard = ()) -> None:
        self._entries: dict[str, dict[Key, Entry]] = {sheet.name: {} for sheet in SHEETS}
        self._of_thing: dict[tuple[str, Key], dict[Key, Entry]] = defaultdict(dict)
        self.heard = frozenset(heard)
        for entry in entries:
            self.put(entry)

    def find(self, sheet: Sheet, *key: object) -> Entry | None:
        """The entry with this key."""
        return self._entries[sheet.name].get(key)

    def entries(self, sheet: Sheet) -> Iterator[Entry]:
        """All entries of a sheet, by key."""
        return (entry for _, entry in sorted(self._entries[sheet.name].items()))

    def history(self, sheet: Sheet, thing: Key) -> list[Any]:
        """All entries of a dated sheet for one thing (a device; a site's level), the oldest first."""
        return [entry for _, entry in sorted(self._of_thing[sheet.name, thing].items())]

    def put(self, entry: Entry) -> None:
        """Add an entry, or put it in the place of the one with its key."""
        sheet = sheet_of(entry)
        key = sheet.key_of(entry)
        self._entries[sheet.name][key] = entry
        if sheet.is_dated:
            self._of_thing[sheet.name, key[:-1]][key] = entry

    def remove(self, entry: Entry) -> None:
        """Take an entry out again."""
        sheet = sheet_of(entry)
        key = sheet.key_of(entry)
        del self._entries[sheet.name][key]
        if sheet.is_dated:
            del self._of_thing[sheet.name, key[:-1]][key]
