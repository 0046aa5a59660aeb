"""Every worked example of the apprenticeship programme comes out to the fen, through the whole system.

All of them are the same story, `programmes/apprenticeship/stories/one-training.yaml`, with other parameters: the story
itself compares advance, balance and clawback, and ends with the proof of its ledger. On RabbitMQ and PostgreSQL the
last one, which holds all outcomes, is played by `test_replay.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.scenarios.stage import ONE_TRAINING, on_folder, skills

Parameters = Mapping[str, object]

ONE_YEAR: Parameters = {"term_years": 1, "ended_on": "2023-06-30", "fiscal_year": 2023}
TWO_YEARS: Parameters = {"term_years": 2, "ended_on": "2024-06-28", "fiscal_year": 2024}
THREE_YEARS: Parameters = {
    "term_years": 3,
    "ended_on": "2025-06-30",
    "fiscal_year": 2025,
    "special_case_reason": "设备更新，分三年轮训",
}
SHORTAGE: Parameters = {"shortage_occupation": "6-18-01-01"}
NOT_APPRAISABLE: Parameters = {"appraisable_occupation": "6-31-07-03"}


def level(trained: str, certificate: str | None = None) -> Parameters:
    return {"level": trained, "certificate_level": certificate or trained}


def people(persons: int, passed: int, certified: int) -> Parameters:
    return {"persons": persons, "passed": passed, "certified": certified}


def yuan(advance: str, balance: str, clawback: str = "0.00") -> Parameters:
    return {"advance": advance, "balance": balance, "clawback": clawback}


EXAMPLES: Mapping[str, Parameters] = {
    "普通、高级工、两年、取证": {
        **level("advanced"),
        **TWO_YEARS,
        **people(1, 1, 1),
        **yuan("6000.00", "6000.00"),
    },
    "普通、高级工、两年、合格未取证": {
        **level("advanced"),
        **TWO_YEARS,
        **people(1, 1, 0),
        **yuan("6000.00", "4200.00"),
    },
    "紧缺、技师、两年、可评价、合格未取证": {
        **SHORTAGE,
        **level("technician"),
        **TWO_YEARS,
        **people(1, 1, 0),
        **yuan("9000.00", "6300.00"),
    },
    "紧缺、中级工、一年、不可评价、合格": {
        **SHORTAGE,
        **NOT_APPRAISABLE,
        **level("intermediate"),
        **ONE_YEAR,
        **people(1, 1, 0),
        **yuan("3500.00", "3500.00"),
    },
    "普通、中级工、一年、不合格": {
        **level("intermediate"),
        **ONE_YEAR,
        **people(1, 0, 0),
        "claims": 0,
        **yuan("2500.00", "0.00", "2500.00"),
    },
    "普通、高级技师、批准三年、取得技师证书": {
        **level("senior_technician", "technician"),
        **THREE_YEARS,
        **people(1, 1, 1),
        **yuan("12000.00", "8400.00"),
    },
    "普通、高级工、两年，20 人：12 人取证、5 人未取证、3 人不合格": {
        **level("advanced"),
        **TWO_YEARS,
        **people(20, 17, 12),
        **yuan("120000.00", "93000.00", "18000.00"),
    },
}


def settings(parameters: Parameters) -> list[str]:
    return [word for name, value in parameters.items() for word in ("--set", f"{name}={value}")]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[CompletedProcess[str]]]]:
    """All examples, each on an embedded system of its own, some at a time."""

    folder = tmp_path_factory.mktemp("examples")

    def play(number: int, example: Parameters) -> CompletedProcess[str]:
        return skills("scenario", "run", ONE_TRAINING, *on_folder(folder / str(number)), *settings(example))

    with ThreadPoolExecutor(max_workers=4) as stages:
        yield {name: stages.submit(play, number, example) for number, (name, example) in enumerate(EXAMPLES.items())}


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_worked_example_comes_out_to_the_fen(example: str, played: dict[str, Future[CompletedProcess[str]]]) -> None:
    done = played[example].result()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "全部完成" in done.stdout


def test_another_amount_than_the_story_tells_fails_it(tmp_path: Path) -> None:
    example = EXAMPLES["普通、高级工、两年、合格未取证"]
    done = skills("scenario", "run", ONE_TRAINING, *on_folder(tmp_path), *settings(example), "--set", "balance=4200.01")
    assert done.returncode == 1
    assert "expected: '4200.01'\n  came:     '4200.00'" in done.stderr
