"""The background start and its end, as `up` and `down` use them."""

import os
import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from onemap import background
from onemap.engines.kept import free_port
from onemap.errors import StartError
from onemap.home import Home

SECOND = timedelta(seconds=1)


def test_a_start_that_fails_ends_in_the_sentence_of_the_process_itself(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(free_port())))
        other.listen()
        arguments = ["up", "--foreground", "--port", str(other.getsockname()[1])]
        with pytest.raises(StartError, match=r"^One Map cannot listen on 127\.0\.0\.1 port"):
            background.start(arguments, Home(tmp_path), "up")


def test_a_process_is_asked_to_end() -> None:
    with subprocess.Popen(["sleep", "1000"]) as process:
        assert background.end(process.pid, 20 * SECOND)


def test_a_process_that_does_not_hear_is_reported() -> None:
    deaf = "trap '' TERM; echo; while :; do sleep 1000; done"
    with subprocess.Popen(["/bin/sh", "-c", deaf], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()  # the trap is set
        assert not background.end(process.pid, SECOND / 10)
        os.killpg(process.pid, 9)


def test_a_process_that_is_gone_has_ended() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    assert background.end(process.pid, SECOND)
