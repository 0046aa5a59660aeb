"""`python -m benchmarks`: one JSON object on standard output, progress on standard error. About six minutes."""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
from dataclasses import asdict
from typing import Any, NoReturn

from benchmarks import bench, callers, credits, latency, memory, quotes, settlement
from benchmarks.loads import LOADS, our_system, publish_wage
from benchmarks.rounds import Round, play, ratio

ROUNDS = 5
SECONDS = 2.0
"""How long each load runs in each round."""

CALLERS = 8


def main() -> None:
    signal.signal(signal.SIGTERM, _interrupted)
    print(json.dumps(measure(), indent=2))


def measure() -> dict[str, Any]:
    """All figures; what they mean: docs/bench.md."""
    _say("starting RabbitMQ, PostgreSQL, registry, notify and a stock nameko echo ...")
    with bench.running() as running:
        os.environ.update(running.caller_settings())
        with our_system() as system:
            publish_wage(system, "asked-for")
        rounds = _rounds(running)
        _say("from commit to applied ...")
        delay = latency.measure(running)
        lists = _lists(running)
        _say("settlements of 1 000, 10 000 and 100 000 people ...")
        settled = settlement.measure(running)
    _say("quotes on one core ...")
    return _report(rounds, delay, quotes.per_second()) | lists | {"settlement": settled}


def _lists(running: bench.KernelHarness) -> dict[str, Any]:
    """Memory of all five services, and lists of thousands against PostgreSQL's own COPY."""
    services = running.rested_services()
    _say("memory of the five services ...")
    told = memory.measure(list(services.values()), running.caller_settings())
    _say("5 000 credit records a call ...")
    return {"memory_mib": told, "credits": credits.measure(running.servers, services["training"], running.folder)}


def _rounds(running: bench.KernelHarness) -> list[Round]:
    loads = list(LOADS)
    done = []
    with callers.waiting(CALLERS, running.caller_settings()) as all_callers:
        for load in loads:  # connections open, pools fill, caches warm
            all_callers.rate(load, 1.0)

        def rate(load: str) -> float:
            running.settle()
            return all_callers.rate(load, SECONDS)

        for number, one in enumerate(play(loads, ROUNDS, rate), start=1):
            _say(f"round {number}/{ROUNDS}: " + ", ".join(f"{load} {one[load]:.0f}/s" for load in loads))
            done.append(one)
    return done


def _report(rounds: list[Round], delay: dict[str, float], quotes_per_second: float) -> dict[str, Any]:
    query, command = (ratio(rounds, load, over="stock_echo") for load in ("lightest_query", "full_command"))
    return {
        "lightest_query_over_stock_echo": round(query.median, 3),
        "full_command_over_stock_echo": round(command.median, 3),
        "event_commit_to_applied_ms": delay,
        "quotes_per_second_one_core": round(quotes_per_second),
        "spread": {
            name: {bound: round(value, 3) for bound, value in asdict(one).items()}
            for name, one in (("lightest_query", query), ("full_command", command))
        },
        "calls_per_second": {load: [round(one[load]) for one in rounds] for load in LOADS},
        "rounds": {"count": len(rounds), "seconds_per_load": SECONDS, "callers": CALLERS},
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _interrupted(*_: object) -> NoReturn:
    """SIGTERM ends a run as Ctrl-C does, so that what it started is tidied away."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
