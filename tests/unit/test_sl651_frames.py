"""Frames of SL 651-2014 against published ones, and the stream that carries them.

Published frames and where they stand:
 N: github.com/novrain/SL-0x028B, test/TestSL651.cpp
 W: github.com/wainshine/SL651, sl651-toolkit/examples/fujian_messages.txt (Fujian's provincial examples of 2023)
 A: github.com/64673a/SL651-2014, samples/regular_report.hex
 S: SuperNAT's unit test TcpTest (a frame of a station in the field)
 T: toymoban.com/news/detail-686475.html, a description of the protocol with frames
 H: github.com/handsomestWei/sl651-2014, UdpNettyClientHandler; its check is wrong as published
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodcore.testing.five_streets import NOON
from ingest.sl651.answer import confirmation, resend
from ingest.sl651.bcd import BcdError, moment, number, to_bcd, to_moment
from ingest.sl651.crc import crc16
from ingest.sl651.frame import MOST_BYTES, End, Frame, FrameError, Packet, parse
from ingest.sl651.framer import MOST_GARBAGE, MOST_WRONG, Broken, Framed, Framer
from ingest.sl651.packets import MOST_BYTES as MOST_PACKED
from ingest.sl651.packets import Missing, Packets, TooLargeError, Whole

TIMED = bytes.fromhex(  # N
    "7E7E05001122334403E832002B020034170718110016F1F1001122334448F0F0170718110020190000402619000040392300010490381210"
    "9903A421"
)
TIMED_CONFIRMED = "7E7E00112233440503E83280080200341707181100161BE5D4"  # N
PUBLISHED = {
    "N-link-keep": "7E7E01001234567812342F0008020003591011155111036BCA",
    "T-link-keep": "7E7E00987654321012342F0008027E0822101110074703C3AE",
    "N-test": (
        "7E7E010012345678123430002B020003591011154947F1F1001234567848F0F059101115492019000005261900000539230000012738"
        "1211150320FA"
    ),
    "N-timed": TIMED.hex(),
    "A-timed": (
        "7E7E010010100001A00032002B02000C200724172349F1F1001010000148F0F020072417232019000130221900004039230000055038"
        "121268038397"
    ),
    "W-added": (
        "7E7E011000000006000033002B022F7A221202131027F1F1100000000648F0F022120213103923000289602019000000261900319638"
        "12131703DAF1"
    ),
    "N-question-answered": (
        "7E7E010012345678123437002B020009591011161403F1F1001234567848F0F059101116142019000015261900001539230000012238"
        "1211080338FE"
    ),
    "S-question-answered": (
        "7E7E010040803540000037002B02FCA7170206163612F1F1004080354050F0F017020616362019000000261901314339230099809938"
        "12118203BAFE"
    ),
    "N-test-confirmed": "7E7E00123456780112343080080200035910111549471B75D4",
    "N-timed-confirmed": TIMED_CONFIRMED,
    "N-hourly": (
        "7E7E1000123456781234340038020001140612020000F1F1001234567850F0F01406120200F46000000000000000000000000026190000"
        "002019000000" + "1A1900000038121290034383"
    ),
    "N-hourly-confirmed": "7E7E001234567810123434800802000114061314385304696E",
    "N-question": "7E7E001234567801123437800802000017071809540405ABC8",
    "N-packet-2-of-13": (
        "7E7E01001234567812343601031600D00225262728292A3435363738393A434445464748494A535455565758595A6364656667686"
        "96A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AAB2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9"
        "CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FAFFC4001F0100030101010101010101010000000000000"
        "102030405060708090A0BFFC400B5110002010204040304070504040001027700010203110405213106124151076171132232810"
        "8144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A434445464748494A53545556575859"
        "5A636465666768696A73741759D8"
    ),
}


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)
def test_a_published_frame_is_read_and_written_again_byte_by_byte(published: str) -> None:
    data = bytes.fromhex(published)
    assert parse(data).encode() == data


def test_what_a_head_says() -> None:
    frame = parse(TIMED)
    assert (frame.station, frame.centre, frame.function, frame.end) == ("0011223344", 5, 0x32, End.ETX)
    assert len(frame.text) == 0x2B
    last = parse(bytes.fromhex(PUBLISHED["N-packet-2-of-13"]))
    assert (last.packet, last.end) == (Packet(number=2, of=13), End.ETB)


def test_a_password_is_in_no_repr() -> None:
    frame = parse(TIMED)
    assert frame.password == b"\x03\xe8"
    assert "03e8" not in repr(frame).lower()
    assert repr(frame.password) not in repr(frame)


def test_the_published_check_of_a_published_text() -> None:
    assert crc16(b"123456789") == 0x4B37  # the catalogue's value for CRC-16/MODBUS


DAMAGES = {
    "empty": (b"", "breaks off"),
    "cut": (TIMED[:-1], "has 60 bytes, and has 59"),
    "a-byte-more": (TIMED + b"\0", "has 60 bytes, and has 61"),
    "another-bit": (bytes([*TIMED[:20], TIMED[20] ^ 1, *TIMED[21:]]), "check"),
    "check-turned-round": (TIMED[:-2] + TIMED[:-3:-1], "check"),
    "H-as-published": (
        bytes.fromhex(
            "7e7e010011111112000032002b02002b200321153057f1f1001111111248f0f02003211530392200009836201900000026190000"
            "0038122400037b54"
        ),
        "check",
    ),
    "way-unknown": (bytes([*TIMED[:11], 0x40, *TIMED[12:]]), "head"),
    "no-beginning-of-text": (bytes([*TIMED[:13], 0x01, *TIMED[14:]]), "head"),
    "end-of-the-other-way": (replace(parse(TIMED), end=End.EOT).encode(), "end mark"),
    "packet-0": (replace(parse(TIMED), packet=Packet(number=0, of=3)).encode(), "packet 0 of 3"),
    "packet-4-of-3": (replace(parse(TIMED), packet=Packet(number=4, of=3)).encode(), "packet 4 of 3"),
}


@pytest.mark.parametrize(("data", "says"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_frame_says_why_it_is_none(data: bytes, says: str) -> None:
    with pytest.raises(FrameError, match=says):
        parse(data)


addresses = st.binary(min_size=5, max_size=5).map(lambda raw: raw.hex().upper())
frames = st.builds(
    Frame,
    station=addresses,
    centre=st.integers(1, 255),
    password=st.binary(min_size=2, max_size=2),
    function=st.integers(0, 255),
    text=st.binary(max_size=300),
    end=st.sampled_from([End.ETX, End.ETB]),
    packet=st.none() | st.integers(1, 4095).map(lambda n: Packet(number=n, of=4095)),
)


@given(frames)
def test_every_frame_comes_back_as_it_went(frame: Frame) -> None:
    assert parse(frame.encode()) == frame


def whole(pieces: list[Framed | Broken]) -> list[bytes]:
    return [piece.raw for piece in pieces if isinstance(piece, Framed)]


def in_pieces(data: bytes, size: int, framer: Framer | None = None) -> list[Framed | Broken]:
    framer = framer or Framer()
    return [piece for n in range(0, len(data), size) for piece in framer.feed(data[n : n + size])]


@pytest.mark.parametrize("size", [1, 2, 7, 59, 60, 61, 1000])
def test_frames_are_found_however_the_segments_fall(size: int) -> None:
    assert whole(in_pieces(TIMED * 5, size)) == [TIMED] * 5


OTHER = bytes.fromhex(PUBLISHED["W-added"])
LYING = bytes([*TIMED[:11], 0x0F, 0xFF, *TIMED[13:]])  # claims 4,112 bytes
BEFORE = {
    "greeting": b"AT+CGMI\r\nOK\r\n",
    "one-7E": b"\x7e",
    "three-7E": b"\x7e\x7e\x7e",
    "end-mark-of-another-maker": b"\x7e" * 9,
    "wrong-check": bytes([*TIMED[:-1], TIMED[-1] ^ 0xFF]),
    "cut": TIMED[:30],
    "cut-in-the-head": TIMED[:9],
    "lies-about-its-length": LYING,
    "lies-and-goes-on": LYING + bytes(500),
    "an-answer": bytes.fromhex(TIMED_CONFIRMED),
}


@pytest.mark.parametrize("size", [1, 13, 5000])
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_a_good_frame_is_found_behind_anything_and_without_waiting(before: bytes, size: int) -> None:
    assert whole(in_pieces(before + OTHER, size)) == [OTHER]


@pytest.mark.parametrize(
    ("damaged", "says"),
    [
        pytest.param(BEFORE["wrong-check"], "check", id="wrong-check"),
        pytest.param(LYING, "breaks off after 60 of 4112 bytes", id="lying"),
    ],
)
def test_what_was_damaged_is_told_whole_and_once(damaged: bytes, says: str) -> None:
    [broken, framed] = in_pieces(damaged + OTHER, 11)
    assert isinstance(broken, Broken)
    assert isinstance(framed, Framed)
    assert broken.raw == damaged
    assert says in broken.detail


def test_a_cut_frame_is_told_with_what_came_in_its_place() -> None:
    """30 of its 60 bytes are missing, and the next frame's first 30 stand there: its check is wrong."""
    [broken, framed] = in_pieces(TIMED[:30] + OTHER, 11)
    assert (broken.raw, framed.raw) == (TIMED[:30] + OTHER[:30], OTHER)


def test_a_frame_that_the_stream_ends_in_is_told() -> None:
    framer = Framer()
    assert framer.feed(OTHER + TIMED[:40]) == [Framed(raw=OTHER, frame=parse(OTHER))]
    left = framer.end()
    assert left
    assert left.raw == TIMED[:40]
    assert Framer().end() is None


def test_a_stranger_is_given_up_on_and_a_station_is_not() -> None:
    """8,192 bytes of nothing are too many in a row; the same with a frame now and then is a bad line."""
    noise = b"\x00" * 1000
    stranger, station = Framer(), Framer()
    for _ in range(MOST_GARBAGE // 1000 + 1):
        stranger.feed(noise)
        station.feed(noise + TIMED)
    assert stranger.is_hopeless
    assert stranger.feed(TIMED) == []
    assert not station.is_hopeless


def test_checks_are_bounded_whatever_is_sent() -> None:
    """A thousand frames with a wrong check, each inside the one before: nine checks, then nobody listens any more.

    The bytes of all of them are in what is told of the first ones.
    """
    framer = Framer()
    nested = bytes([*OTHER[:11], 0x00, 0x80, *OTHER[13:14]]) * 1000
    told = in_pieces(nested.replace(b"\x02", b"\x02\x03"), 4096, framer)
    assert framer.wrong == MOST_WRONG + 1
    assert framer.is_hopeless
    assert 1 <= len(told) <= 3


@given(st.lists(st.binary(max_size=80) | st.sampled_from([TIMED, OTHER, TIMED[:20], LYING, b"\x7e\x7e"]), max_size=12))
def test_any_bytes_are_framed_within_bounds(pieces: list[bytes]) -> None:
    """Nothing raises, nothing is held beyond one frame, and no byte is told twice as part of a whole frame."""
    framer, stream = Framer(), b"".join(pieces)
    found = [raw for piece in pieces for raw in whole(framer.feed(piece))]
    left = framer.end()
    assert len(left.raw if left else b"") < MOST_BYTES
    assert sum(map(len, found)) <= len(stream)
    assert all(raw in stream for raw in found)


@given(st.lists(frames.map(Frame.encode), max_size=5), st.integers(1, 400))
def test_good_frames_are_all_found(sent: list[bytes], size: int) -> None:
    assert whole(in_pieces(b"".join(sent), size)) == sent


NUMBERS = {
    "N-level": ("00000127", 3, 0.127),
    "N-volts": ("1115", 2, 11.15),
    "even-digits-below-zero": ("FF000123", 2, -1.23),  # 6.6.3.3: one byte FF before
    "odd-digits-below-zero": ("FF0053", 1, -5.3),  # 6.6.3.3: FF0 before
    "nothing-behind-the-point": ("0042", 0, 42.0),
}


@pytest.mark.parametrize(("digits", "decimals", "value"), NUMBERS.values(), ids=NUMBERS)
def test_digits_are_a_number(digits: str, decimals: int, value: float) -> None:
    assert number(bytes.fromhex(digits), decimals) == value


@pytest.mark.parametrize("digits", ["", "00A1", "FFFF", "FF", "FFFF12", "12FF"])
def test_what_is_no_digits_is_no_number(digits: str) -> None:
    with pytest.raises(BcdError):
        number(bytes.fromhex(digits), 1)


@given(st.integers(-999_999, 99_999_999), st.integers(0, 7))
def test_numbers_come_back(digits: int, decimals: int) -> None:
    value = digits / 10**decimals
    assert number(to_bcd(value, 4, decimals), decimals) == value


def test_a_number_that_does_not_fit_is_refused() -> None:
    assert to_bcd(99.99, 2, 2) == bytes.fromhex("9999")
    for value in (100.0, -10.0):
        with pytest.raises(BcdError, match="does not fit into 2 bytes"):
            to_bcd(value, 2, 2)


def test_times_are_of_beijing() -> None:
    assert moment(bytes.fromhex("210720120000")) == NOON
    assert moment(bytes.fromhex("2107201200")) == NOON
    assert (to_moment(NOON).hex(), to_moment(NOON, 5).hex()) == ("210720120000", "2107201200")


@pytest.mark.parametrize("digits", ["211320120000", "210230120000", "210720250000", "AA0720120000", "000000000000", ""])
def test_what_is_no_date_is_no_time(digits: str) -> None:
    with pytest.raises(BcdError, match="no time"):
        moment(bytes.fromhex(digits))


def test_our_confirmation_is_the_published_one_but_for_the_end_mark() -> None:
    """The published centre keeps its station online (ESC); we let it go (EOT)."""
    published = parse(bytes.fromhex(TIMED_CONFIRMED))
    frame = parse(TIMED)
    ours = parse(confirmation(frame, frame, moment(bytes.fromhex("170718110016"))))
    assert ours == replace(published, end=End.EOT)


def test_a_published_confirmation_that_ends_in_eot_is_ours_byte_by_byte() -> None:
    hourly = parse(bytes.fromhex(PUBLISHED["N-hourly"]))
    ours = confirmation(hourly, hourly, moment(bytes.fromhex("140613143853")))
    assert ours == bytes.fromhex(PUBLISHED["N-hourly-confirmed"])


def test_who_says_that_more_follows_hears_that_it_may() -> None:
    more = replace(parse(TIMED), end=End.ETB)
    assert parse(confirmation(more, more, NOON)).end is End.ACK


def packed(number: int, of: int = 3, *, end: End | None = None, text: bytes = b"text") -> Framed:
    mark = end or (End.ETX if number == of else End.ETB)
    frame = replace(parse(TIMED), text=text, end=mark, packet=Packet(number=number, of=of))
    return Framed(raw=frame.encode(), frame=frame)


def add(packets: Packets, one: Framed) -> Whole | Missing | None:
    assert one.frame.packet
    return packets.add(one, one.frame.packet)


def test_packets_are_collected_in_any_order_and_confirmed_once() -> None:
    packets = Packets()
    first, second, third = (packed(n, text=bytes([0, 7, n])) for n in (1, 2, 3))
    assert add(packets, second) is None
    assert add(packets, first) is None
    assert add(packets, first) is None
    done = add(packets, third)
    assert isinstance(done, Whole)
    assert done.raw == first.raw + second.raw + third.raw
    answer = parse(confirmation(done.first, done.last, NOON))
    assert (answer.packet, answer.end, answer.text[:2]) == (Packet(number=3, of=3), End.EOT, b"\x00\x07")
    assert packets.end() == b""


def test_a_packet_that_has_not_come_is_asked_for_one_at_a_time() -> None:
    packets = Packets()
    add(packets, packed(1, 4))
    missing = add(packets, packed(4, 4))
    assert isinstance(missing, Missing)
    answer = parse(resend(missing.number, missing.last, NOON))
    assert (answer.packet, answer.end, answer.is_down) == (Packet(number=2, of=4), End.NAK, True)
    missing = add(packets, packed(2, 4, end=End.ETX))  # what is sent again ends like the last (6.3.1.2)
    assert isinstance(missing, Missing)
    assert missing.number == 3
    assert isinstance(add(packets, packed(3, 4, end=End.ETX)), Whole)


def test_packets_of_a_message_that_never_ends_are_given_back() -> None:
    packets = Packets()
    one, two = packed(1), packed(2)
    add(packets, two)
    add(packets, one)
    assert packets.end() == one.raw + two.raw
    assert packets.end() == b""


def test_a_message_in_packets_has_an_end() -> None:
    packets, text = Packets(), bytes(4000)
    with pytest.raises(TooLargeError):
        for nth in range(1, 100):
            add(packets, packed(nth, 4095, text=text))
    assert len(packets.end()) <= MOST_PACKED + MOST_BYTES


def test_a_picture_is_counted_and_not_held() -> None:
    packets = Packets()
    for nth in range(1, 400):
        one = packed(nth, 400, text=bytes(1000))
        picture = replace(one.frame, function=0x36)
        add(packets, Framed(raw=picture.encode(), frame=picture))
    assert len(packets.end()) < 2000
