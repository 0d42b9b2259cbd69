"""A reader that does what a broken or captured reader might do, run by the real child, really confined.

The file to read holds the name of the behaviour. Started in place of child.py by test_sandbox.
"""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[3]), str(Path(__file__).parent)]


def work(path, code, report):
    globals()["do_" + path.read_text()](report)


def do_segfault(report):
    os.kill(os.getpid(), signal.SIGSEGV)
    import ctypes

    ctypes.string_at(0)


def do_exit_137(report):
    os._exit(137)


def do_stop_silently(report):
    report.page("una página")
    os._exit(0)


def do_loop(report):
    while True:
        pass


def do_sleep(report):
    time.sleep(60)


def do_allocate(report):
    held = []
    while True:
        held.append(bytearray(50_000_000))


def do_garbage(report):
    os.write(report._channel, b"\xff\xfe no es JSON\n")


def do_nested(report):
    os.write(report._channel, b"[" * 200_000 + b"\n")


def do_wrong_shape(report):
    report.tell(page={"text": 7, "label": None})


def do_list(report):
    os.write(report._channel, b"[1, 2]\n")


def do_flood(report):
    while True:
        os.write(report._channel, b"x" * 65536)


def do_flood_lines(report):
    while True:
        os.write(report._channel, b'{"x": 1}\n' * 7000)


def do_surrogates(report):
    os.write(
        report._channel,
        b'{"page": {"text": "a\\ud800\\u0000b\\u202ec", "label": "\\udfff"}}\n{"done": true}\n',
    )


def do_raise(report):
    raise RecursionError("muy hondo")


def do_endless_pages(report):
    while True:
        report.page("una página con texto")


def do_endless_text(report):
    while True:
        report.page("palabra " * 250_000)


def do_exit_python(report):
    sys.exit(3)


def do_print(report):
    print("ruido")
    os.write(1, b"ruido\n")
    os.write(2, b"ruido\n")
    report.page("una página con texto")


def do_try_doors(report):
    report.tell(title=json.dumps({name: attempt(act) for name, act in DOORS.items()}))
    report.page("una página con texto")


def attempt(act):
    try:
        act()
    except OSError as fault:
        return type(fault).__name__
    return "open"


def connect(family, address):
    with socket.socket(family) as made:
        made.settimeout(2)
        made.connect(address)


def fork():
    if os.fork() == 0:
        os._exit(0)
    os.wait()


DOORS = {
    "internet": lambda: connect(socket.AF_INET, ("127.0.0.1", int(os.environ.get("PORT", "9")))),
    "internet6": lambda: connect(socket.AF_INET6, ("::1", 9)),
    "local": lambda: connect(socket.AF_UNIX, "/tmp/none"),
    "pair": lambda: socket.socketpair(),
    "fork": fork,
    "program": lambda: os.execv("/bin/true", ["true"]),
    "secret": lambda: Path("/etc/passwd").read_text(),
    "neighbours": lambda: list(Path("/tmp").iterdir()),
    "parent memory": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "kill parent": lambda: os.kill(os.getppid(), 0),
    "write outside": lambda: Path("/tmp/escaped").write_text("x"),
    "write code": lambda: Path(__file__).with_name("escaped.py").write_text("x"),
    "own code": lambda: Path(os.__file__).read_text(),
}

if __name__ == "__main__":
    from toolkit.extraction import child

    child.TASKS["read"] = "misbehaviour"
    child.main()
