"""JSON and CBOR read strictly: the records of a SenML pack by RFC 8428's names, or a sentence why it is none."""

import io
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NoReturn

import cbor2

CBOR_TYPES = frozenset({"application/senml+cbor", "application/cbor"})
LABELS = {-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs"} | dict(
    enumerate(("n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"))
)  # RFC 8428, table 4
DEEPEST = 8  # a pack is a list of flat maps; beyond that nothing can be meant
# Lists as labels can be made to share one hash, and then each is compared with all before it: 32 KiB of them take 0.2 s
# and 1 MiB takes minutes. So a large pack has to be flat, without so much as a decimal fraction.
FLAT = 2
LARGE_BYTES = 1 << 15
MOST_TOLD = 120  # characters
# RFC 8428 allows it for any number. cbor2 knows two dozen tags more, among them regular expressions, dates and whole
# numbers of any length; no measurement needs them, and some take minutes to build.
DECIMAL_FRACTION = 4


class UnreadableError(ValueError):
    """No list of records; the text is a sentence for whoever reads the quarantine."""


def read_container(payload: bytes, content_type: str | None) -> Sequence[object]:
    """The pack's records, each whatever it is; a map's labels are names.

    Args:
        payload: The message.
        content_type: CBOR when it says so, JSON otherwise: MQTT 3.1.1 has no content type.

    Raises:
        UnreadableError: It is broken, ambiguous (a key twice in one map) or no list.
    """
    is_cbor = (content_type or "").partition(";")[0].strip().lower() in CBOR_TYPES
    pack = _cbor(payload) if is_cbor else _json(payload)
    if not isinstance(pack, list):
        raise UnreadableError("A SenML pack is a list of records, and this is none.")
    if not pack:
        raise UnreadableError("The pack is empty; a SenML pack has at least one record.")
    return pack


def _json(payload: bytes) -> object:
    try:
        return _JSON.decode(payload.decode())
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The payload is not UTF-8 from byte {error.start} on.") from error
    except json.JSONDecodeError as error:
        raise UnreadableError(f"The payload is not JSON: {error.msg} at character {error.pos}.") from error
    except RecursionError as error:
        raise UnreadableError("The payload is nested too deeply for a SenML pack.") from error
    except UnreadableError:
        raise
    except ValueError as error:  # a whole number of more digits than Python converts
        raise UnreadableError("The payload holds a number of too many digits.") from error


def _each_once(pairs: list[tuple[Any, object]]) -> dict[Any, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise UnreadableError("A record has the same field twice; which one is meant cannot be told.")
    return fields


def _no_number(_constant: str) -> NoReturn:
    raise UnreadableError("NaN and Infinity are no JSON; leave the record out where there is no value.")


_JSON = json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_no_number)  # made anew it costs a fifth more


def _cbor(payload: bytes) -> object:
    depth = DEEPEST if len(payload) <= LARGE_BYTES else FLAT
    decoder = cbor2.CBORDecoder(
        io.BytesIO(payload), max_depth=depth, allow_duplicate_keys=False, semantic_decoders=_OneTag()
    )
    try:
        pack = decoder.decode()
    except cbor2.CBORDecodeError as error:
        raise UnreadableError(f"The payload is not CBOR: {_told(error)}.") from error
    if not _is_at_end(decoder):
        raise UnreadableError("Something follows the pack; a message holds one.")
    return [_named(record) for record in pack] if isinstance(pack, list) else pack


class _OneTag(dict[int, Callable[[object, bool], object]]):
    """Where cbor2 looks for a way with a tag before it takes its own: every other one is refused."""

    def __missing__(self, tag: int) -> Callable[[object, bool], object]:
        if tag == DECIMAL_FRACTION:
            raise KeyError(tag)
        return _no_tag


def _no_tag(_tagged: object, _immutable: bool) -> NoReturn:
    raise cbor2.CBORDecodeError("no measurement needs it")


def _told(error: cbor2.CBORDecodeError) -> str:
    """In short and in ASCII: where a label comes twice it is quoted, and may be as long as a message."""
    return str(error)[:MOST_TOLD].encode("ascii", "backslashreplace").decode()


def _is_at_end(decoder: cbor2.CBORDecoder) -> bool:
    try:
        decoder.read(1)
    except cbor2.CBORDecodeEOF:
        return True
    return False


def _named(record: object) -> object:
    if not isinstance(record, dict):
        return record
    return _each_once([(_label(label), _plain(value)) for label, value in record.items()])


def _label(label: object) -> object:
    """The name of a number; one that RFC 8428 does not have becomes a name that nobody has, and is passed over."""
    return LABELS.get(label, str(label)) if isinstance(label, int) else label


def _plain(value: Any) -> object:
    """A decimal fraction as a float: RFC 8428 allows tag 4 for any number."""
    return float(value) if isinstance(value, Decimal) else value
