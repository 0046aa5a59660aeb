"""What the benchmark makes of its measurements. That it runs at all is shown by `make bench`."""

from __future__ import annotations

import pytest

from benchmarks.latency import summary
from benchmarks.memory import resident_in
from benchmarks.rounds import Ratio, play, ratio


def test_every_load_runs_once_in_each_round_and_takes_each_place_in_turn() -> None:
    order: list[str] = []

    def rate(load: str) -> float:
        order.append(load)
        return 1.0

    rounds = list(play(["a", "b", "c"], 3, rate))
    assert [set(one) for one in rounds] == [{"a", "b", "c"}] * 3
    assert "".join(order) == "abcbcacab"


def test_a_ratio_is_taken_within_each_round_so_that_a_slower_machine_cancels_out() -> None:
    fast, slow = {"ours": 50.0, "stock": 100.0}, {"ours": 5.0, "stock": 10.0}
    assert ratio([fast, slow], "ours", over="stock") == Ratio(0.5, 0.5, 0.5)


def test_one_disturbed_round_moves_the_spread_and_not_the_figure() -> None:
    calm, disturbed = {"ours": 50.0, "stock": 100.0}, {"ours": 90.0, "stock": 100.0}
    assert ratio([calm, disturbed, calm], "ours", over="stock") == Ratio(0.5, 0.5, 0.9)


def test_percentiles_are_of_what_was_measured() -> None:
    assert summary([float(number) for number in range(1, 102)]) == {"p50": 51.0, "p99": 100.0, "events": 101}


def test_without_rounds_there_is_no_ratio() -> None:
    with pytest.raises(ValueError, match="no median"):
        ratio([], "ours", over="stock")


def test_memory_is_what_the_kernel_says_is_resident() -> None:
    assert resident_in("Name:\tpython\nVmHWM:\t  999999 kB\nVmRSS:\t  112128 kB\n") == 109.5
    with pytest.raises(LookupError):
        resident_in("Name:\tpython\nState:\tZ (zombie)\n")
