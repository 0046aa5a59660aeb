"""One caller, as a process: `python -m benchmarks.caller NUMBER`. It does one call after the other, as ordered.

An order is a line on standard input, `<load> <seconds>`; the answer is a line of JSON, `{"calls", "seconds"}`. Only
whole calls count. A failed call ends the caller: a figure that hides errors is worth nothing.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack

from benchmarks.loads import LOADS, Call


def main() -> None:
    number = int(sys.argv[1])
    with ExitStack() as connections:
        calls: dict[str, Call] = {
            name: connections.enter_context(open_load(number)) for name, open_load in LOADS.items()
        }
        for order in sys.stdin:
            load, seconds = order.split()
            done, took = _call_for(calls[load], float(seconds))
            print(json.dumps({"calls": done, "seconds": took}), flush=True)


def _call_for(call: Call, seconds: float) -> tuple[int, float]:
    """How many calls, and the seconds they really took: the last one is waited for."""
    started = time.perf_counter()
    done = 0
    while (took := time.perf_counter() - started) < seconds:
        call()
        done += 1
    return done, took


if __name__ == "__main__":
    main()
