"""The child process that opens one file: started by `sandbox`, never imported by the portal.

It takes its request as JSON in its first argument and answers with lines of JSON on its standard output.
Whatever libraries print goes nowhere. It knows neither the database nor the store.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":  # `python -I` leaves the folder of a checkout out of the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from toolkit.extraction import confinement
from toolkit.extraction.report import Enough, Refusal, Report

# each task, and the module that does it
TASKS = {
    "read": "toolkit.extraction.readers",
    "draw": "toolkit.extraction.drawing",
    "inspect": "toolkit.extraction.inspection",
}


def main() -> None:
    """Confine this process, do the one task asked for, and leave without any clean-up."""
    request = json.loads(sys.argv[1])
    confinement.die_with_parent(request["parent"])
    channel = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.nice(request["nice"])
    confinement.limit_resources(**request["limits"])
    if request["task"] == "start":
        _start(request)
    work = import_module(TASKS[request["task"]]).work
    path, scratch = Path(request["path"]), Path(request["scratch"])
    confinement.close_doors(
        readable=[*confinement.program_folders(), path], writable=[scratch], programs=False
    )
    report = Report(channel)
    try:
        work(path, request["code"], report, **request["options"])
    except Enough as reached:
        report.tell(notice=str(reached))
    except Refusal as refusal:
        report.tell(error=str(refusal))
    except MemoryError:
        report.tell(error="heavy")
    except Exception as fault:  # every reader fails in its own ways on a broken file
        report.tell(error="damaged", detail=f"{type(fault).__name__}: {fault}"[:300])
    report.tell(done=True)
    os._exit(0)


def _start(request: dict) -> None:
    """Become another program, which then lives under the same limits."""
    options = request["options"]
    confinement.close_doors(
        readable=[*confinement.program_folders(), *map(Path, options["readable"])],
        writable=[Path(request["scratch"]), Path(os.devnull)],
        sockets=[Path(folder) for folder in options["sockets"]],
        programs=True,
    )
    arguments = options["arguments"]
    os.execv(arguments[0], arguments)  # noqa: S606 - a list of arguments, no shell


if __name__ == "__main__":
    main()
