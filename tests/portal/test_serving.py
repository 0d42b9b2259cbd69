"""The web server against clients that are slow, silent or malformed."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import serving
from portal.instance import Instance
from portal.serving import Connection

START = """
import sys
from pathlib import Path
from portal import logs, serving
from portal.instance import Instance
serving.PATIENCE = 1
logs.set_up()
serving.Gunicorn(Instance(Path(sys.argv[1]), THREADS=2), "127.0.0.1", int(sys.argv[2])).run()
"""
HALF_HEAD = b"GET / HTTP/1.1\r\nHost: loc"
FORM = (b"POST /preferencias HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n")  # fmt: skip
HALF_BODY = FORM + b"Content-Length: 900\r\n\r\ntamano="
HALF_CHUNK = FORM + b"Transfer-Encoding: chunked\r\n\r\n99\r\ntam"
WHOLE = b"GET /salud HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    """Our end of a connection, and the client's."""
    ours, theirs = socket.socketpair()
    with Connection(fileno=ours.detach()) as connection, theirs:
        yield connection, theirs


def test_a_silent_client_counts_as_gone(
    pair: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.1)
    connection, client = pair
    connection.setblocking(True)
    client.sendall(b"hola")
    assert connection.recv(100) == b"hola"
    assert connection.recv(100) == b""


def test_a_client_that_sends_drop_by_drop_counts_as_gone(
    pair: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.2)
    connection, client = pair
    connection.setblocking(True)
    connection.waited, connection.received = 0.3, 10
    client.sendall(b"x")
    assert connection.recv(1) == b""
    connection.setblocking(True)  # the next request begins anew
    client.sendall(b"x")
    assert connection.recv(1) == b"x"


def test_a_client_that_takes_slowly_gets_everything(
    pair: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.6)
    connection, client = pair
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    connection.setblocking(True)
    program = """
import socket, sys, time
taken, one = 0, socket.socket(fileno=int(sys.argv[1]))
print(flush=True)
while taken < 100_000:
    taken += len(one.recv(2000))
    time.sleep(0.02)
"""
    reader = subprocess.Popen(
        [sys.executable, "-c", program, str(client.fileno())],
        pass_fds=[client.fileno()], stdout=subprocess.PIPE,
    )  # fmt: skip
    assert reader.stdout is not None
    reader.stdout.readline()  # from here on it reads
    began = time.monotonic()
    connection.sendall(b"x" * 100_000)
    assert reader.wait(20) == 0
    assert time.monotonic() - began > 0.9, "that was not slow"


@pytest.fixture
def server(instance: Instance) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A web server with two threads and one second of patience; its port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(instance.folder), str(port)], stderr=subprocess.PIPE, text=True,
        cwd=Path(serving.__file__).parents[1],
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                if _ask(port, WHOLE).startswith(b"HTTP/1.1 200"):
                    break
            except OSError:
                time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def _ask(port: int, words: bytes, patience: float = 8) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        connection.sendall(words)
        return connection.recv(4096)


@pytest.mark.parametrize("half", [HALF_HEAD, HALF_BODY, HALF_CHUNK], ids=["head", "body", "chunk"])
def test_half_requests_do_not_hold_the_threads(
    server: tuple[int, subprocess.Popen[str]], half: bytes
) -> None:
    port, _ = server
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    try:
        for connection in held:
            connection.sendall(half)
        assert _ask(port, WHOLE).startswith(b"HTTP/1.1 200")
    finally:
        for connection in held:
            connection.close()


def test_clients_that_do_not_hang_up_delay_nobody(server: tuple[int, subprocess.Popen[str]]) -> None:
    port, _ = server
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
    try:
        for connection in held:
            connection.sendall(WHOLE)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        assert _ask(port, WHOLE).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 3, "one waits for the other"
    finally:
        for connection in held:
            connection.close()


def test_a_request_that_cannot_be_read_leaves_nobody_s_address_in_the_log(
    server: tuple[int, subprocess.Popen[str]],
) -> None:
    port, process = server
    assert _ask(port, b"GET /?q=rosa@agraria.coop HTTP/9.9\r\n\r\n").startswith(b"HTTP/1.1 4")
    process.terminate()
    said = process.communicate(timeout=20)[1]
    assert "a request that cannot be read was refused" in said
    assert "127.0.0.1" not in said and "rosa" not in said
