"""One life of a process that hears the bank's list, and may be killed at a named point on the way.

    python -m tests.services.subsidy.bank.one_life URL FOLDER PAYMENT OUTCOME        CRASH_AT=after_commit:…

Every life sends the same request with the same request id, as a caller must whose answer was lost.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, cast

from shared.contracts.schema.codec import dumps, write
from shared.contracts.subsidy.bank import RECORD_BANK_RESULTS, BankRow, RecordBankResults
from shared.kernel.crash_points import CrashPoints
from shared.money import Money
from tests.services.subsidy.driver import APPROVED, CHAOYANG, Driver


def main(url: str, folder: str, payment_id: str, outcome: str) -> None:
    driver = Driver(url, Path(folder))
    driver.harness.kernel.crash_points = CrashPoints(os.environ.get("CRASH_AT"))
    row = BankRow(1, payment_id, cast("Any", outcome), Money.yuan(6000), APPROVED, outcome, "账户已销户")
    request = RecordBankResults(CHAOYANG, "清单-1", (row,))
    answer = driver.call(driver.checker, RECORD_BANK_RESULTS, request, request_id=outcome)
    sys.stdout.write(dumps(write(answer)))
    driver.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
