"""Run every test in groups and print the minutes of each: `python -m tests [group …]`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

AT_ONCE = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]
"""Files of tests side by side, a process for each processor: what is slow, or measures, runs alone."""
GROUPS = {
    "unit and doors": ["tests", "-m", "not browser and not faults and not slow and not silence", *AT_ONCE],
    "slow": ["tests", "-m", "slow and not browser and not faults and not silence"],
    "silence": ["tests", "-m", "silence", *AT_ONCE],
    "browser": ["tests", "-m", "browser"],
    "faults": ["tests", "-m", "faults"],
}
NO_TESTS = 5


def run(arguments: list[str]) -> tuple[int, dict[str, int]]:
    """Run pytest on a group; its exit status, and the counts of its closing line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-rs", "--durations=5", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line if re.search(r"\d+ (passed|failed|error|skipped)", line) else last
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    return process.wait(), counts


def main(wanted: list[str]) -> int:
    """Run the wanted groups, or all; exit status 1 when any failed."""
    total: dict[str, int] = {}
    minutes, broken = [], False
    for name, arguments in GROUPS.items():
        if wanted and name not in wanted:
            continue
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        status, counts = run(arguments)
        broken |= status not in (0, NO_TESTS)
        minutes.append(f"{name}: {(time.monotonic() - begun) / 60:.1f} min")
        for word, number in counts.items():
            total[word] = total.get(word, 0) + number
    print("\n".join(minutes))
    failed = total.get("failed", 0) + total.get("error", 0)
    print(f"{total.get('passed', 0)} passed, {failed} failed, {total.get('skipped', 0)} skipped")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
