"""What a child process does to itself before it opens a file that nobody trusts.

Four layers; each of the last three is used where the kernel offers it and missed silently where not:
resource limits; death with the parent; Landlock (no file but those named, no signal to others, no TCP);
seccomp (no socket but local ones, and for readers none at all, no new process, no other program).
Where seccomp is not to be had, an empty network namespace stands in. Sources: landlock(7), seccomp(2),
linux/landlock.h (ABI 1 to 6), linux/filter.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

MEGABYTE = 1 << 20
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER = 1, 38, 22, 2
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000


def limit_resources(*, memory: int, cpu: int, file_size: int) -> None:
    """Lower the limits of this process and its children: bytes, seconds of CPU, bytes per written file."""
    for what, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of memory
            resource.setrlimit(what, (amount, amount))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))  # first SIGXCPU, which the parent understands
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")  # where memory runs out, this process goes first


def die_with_parent(parent: int) -> None:
    """Be killed when the thread that started this process ends; leave at once when it has ended already."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def close_doors(
    *, readable: Sequence[Path], writable: Sequence[Path], sockets: Sequence[Path] = (), programs: bool
) -> None:
    """Leave this process only the files named; `programs` says whether it may start other programs.

    In the folders of `sockets` local sockets may be made, and nothing else.
    """
    if sys.platform != "linux":
        return
    libc = _libc()
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with contextlib.suppress(OSError):
        rights = [(path, _READ) for path in readable] + [(path, _READ | _WRITE) for path in writable]
        _restrict_files(libc, rights + [(path, _MAKE_SOCKET) for path in sockets])
    if not _filter_calls(libc, programs) and libc.unshare(_CLONE_NEWNET):
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def program_folders() -> list[Path]:
    """Where the libraries of the interpreter and the system lie, and nothing that may hold anybody's data."""
    folders = {Path(prefix) / lib for prefix in (sys.prefix, sys.base_prefix) for lib in ("lib", "lib64")}
    folders |= {Path(entry) for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))}
    folders |= {Path(system) for system in ("/lib", "/lib64", "/bin", "/nix/store")}
    folders |= {Path("/usr") / part for part in ("lib", "lib64", "libexec", "share", "bin")}
    folders |= {Path("/usr/local") / part for part in ("lib", "share", "bin")}
    folders.add(Path(__file__).resolve().parents[1])
    return [folder for folder in folders if folder.exists()]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


# Landlock

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_READ = 1 | 4 | 8  # execute, read files, list folders
_WRITE = 2 | 16 | 32 | 128 | 256 | 512 | 1024 | 8192 | 16384  # write, remove, make, rename across, truncate
_MAKE_SOCKET = 512
_FILE_ONLY = 1 | 2 | 4 | 16384
_KNOWN = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}


def _restrict_files(libc: ctypes.CDLL, allowed: Sequence[tuple[Path, int]]) -> None:
    abi = libc.syscall(_CREATE, None, 0, 1)
    if abi < 1:
        return
    handled = _KNOWN.get(abi, 0xFFFF)
    network = 3 if abi >= 4 else 0  # bind and connect by TCP, allowed nowhere
    scoped = 3 if abi >= 6 else 0  # no abstract sockets and no signals outside
    attributes = struct.pack("<3Q", handled, network, scoped)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    rules = libc.syscall(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return
    for path, rights in allowed:
        with contextlib.suppress(OSError):
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rights &= handled & (0xFFFF if path.is_dir() else _FILE_ONLY)
            libc.syscall(_ADD, rules, 1, struct.pack("<Qi", rights, handle), 0)
            os.close(handle)
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)


# seccomp

_ERRNO, _ALLOW = 0x00050000, 0x7FFF0000
_EPERM, _ENOSYS, _EACCES = 1, 38, 13
_AF_UNIX = 1
_CALLS = {  # architecture: (audit number, socket, always denied, denied to readers, clone3)
    "x86_64": (
        0xC000003E,
        41,
        # ptrace, setns, unshare, mount, bpf, perf, keyctl, userfaultfd, io_uring, process_vm, setsid, setpgid
        (101, 308, 272, 165, 321, 298, 250, 323, 425, 426, 427, 310, 311, 112, 109),
        # connect, fork, vfork, clone, execve, execveat, kill, tkill
        (42, 57, 58, 56, 59, 322, 62, 200),
        435,
    ),
    "aarch64": (
        0xC00000B7,
        198,
        (117, 268, 97, 40, 280, 241, 219, 282, 425, 426, 427, 270, 271, 157, 154),
        (203, 220, 221, 281, 129, 130),
        435,
    ),
}


def _filter_calls(libc: ctypes.CDLL, programs: bool) -> bool:
    """Install the filter; False where this architecture or kernel has none."""
    known = _CALLS.get(platform.machine())
    if known is None or sys.maxsize < 1 << 32:
        return False
    audit, socket, never, readers, clone3 = known
    denied = [(number, _EPERM) for number in (never if programs else never + readers)]
    if not programs:
        denied += [(clone3, _ENOSYS), (socket, _EACCES)]
    lines = [(0x20, 0, 0, 4), (0x15, 1, 0, audit), (0x06, 0, 0, _ERRNO | _EPERM), (0x20, 0, 0, 0)]
    lines += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, _ERRNO | _ENOSYS)]  # the x32 twins of all calls
    for number, error in denied:
        lines += [(0x15, 0, 1, number), (0x06, 0, 0, _ERRNO | error)]
    if programs:  # a socket may be local, nothing else; its family is the low half of the first argument
        lines += [(0x15, 0, 3, socket), (0x20, 0, 0, 16), (0x15, 1, 0, _AF_UNIX)]
        lines += [(0x06, 0, 0, _ERRNO | _EACCES)]
    lines.append((0x06, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(lines), ctypes.addressof(code)))
    return libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, program, 0, 0) == 0
