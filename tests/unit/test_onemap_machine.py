"""Small parts of the front door: apt's source lists, pauses between restarts, private files."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from onemap.backoff import FIRST, LONGEST, RAN_WELL, Backoff
from onemap.child import last_line, rotate
from onemap.engines.kept import password, port
from onemap.engines.sets import BROWSER, ENGINES
from onemap.engines.sources import debian_mirror, parse_deb822, parse_one_line
from onemap.home import Home, write_privately

DEB822 = """\
# from the image's builder
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Enabled: no
"""


def test_the_mirror_is_read_from_deb822_sources() -> None:
    (source,) = parse_deb822(DEB822)
    assert source.uris == ("http://mirror.example/debian",)
    assert source.signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert debian_mirror([source]) == source


def test_a_key_written_into_a_source_is_kept_whole() -> None:
    text = "Types: deb\nURIs: http://m\nSuites: sid\nComponents: main\nSigned-By:\n -----BEGIN\n .\n abc\n"
    (source,) = parse_deb822(text)
    assert source.signed_by.splitlines() == ["-----BEGIN", ".", "abc"]


def test_the_mirror_is_read_from_one_line_sources() -> None:
    (source,) = parse_one_line("deb [arch=amd64 trusted=yes] http://mirror.example/debian trixie main  # ours\n#deb no")
    assert source.trusted
    assert debian_mirror([source]) == source


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("deb http://mirror.example/debian-security bookworm-security main", id="security archive"),
        pytest.param("deb cdrom:[Debian]/ bookworm main", id="cdrom"),
        pytest.param("deb http://mirror.example/ubuntu noble main", id="another distribution"),
    ],
)
def test_what_is_no_debian_mirror_is_passed_over(line: str) -> None:
    assert debian_mirror(parse_one_line(line)) is None


def test_a_set_leaves_out_what_only_installers_need_but_never_what_it_names() -> None:
    assert not ENGINES.wants("debconf")
    assert not ENGINES.wants("libllvm19")
    assert ENGINES.wants("libpq5")
    assert all(BROWSER.wants(name) for name in BROWSER.packages)


def test_pauses_double_and_have_a_limit() -> None:
    backoff = Backoff()
    pauses = [backoff.after(timedelta(0)) for _ in range(8)]
    assert pauses[:3] == [FIRST, FIRST * 2, FIRST * 4]
    assert pauses[-1] == LONGEST


def test_a_process_that_ran_well_begins_anew() -> None:
    backoff = Backoff(failures=6)
    assert backoff.after(RAN_WELL) == FIRST


def test_a_private_file_is_private_also_when_it_replaces_an_open_one(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.touch(mode=0o644)
    write_privately(file, "x")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_password_and_a_port_are_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert password(home, "gauge") == password(home, "gauge")
    assert port(home, "bus") == port(home, "bus")
    assert stat.S_IMODE(home.secrets_file.stat().st_mode) == 0o600


def test_a_long_log_is_moved_aside_under_the_process_that_writes_it(tmp_path: Path) -> None:
    log = tmp_path / "ingest.log"
    with log.open("ab") as writer:
        writer.write(b"old\n" * 10)
        writer.flush()
        rotate(log, limit=20)
        writer.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "ingest.log.1").read_bytes() == b"old\n" * 10
    assert last_line(log) == "new"
