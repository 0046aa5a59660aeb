"""Another city's document pays a case with no code changed: other rates, a flat amount, another advance share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from shared.contracts.subsidy import clawbacks
from tests.conftest import MadeDatabase
from tests.services.subsidy.driver import Driver, Training, yuan

DOCUMENTS = Path(__file__).parents[3] / "rules" / "documents"
WHAT = Training("ordinary", "intermediate", 1, results=("certified", "uncertified", "failed"))


def test_a_made_up_city_pays_by_its_own_document(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    url = make_database("subsidy", dialect).url
    driver = Driver(url, tmp_path, policy_path=str(DOCUMENTS), district="990100", on=date(2031, 3, 5))
    driver.project(what=WHAT)
    driver.appropriate("10000.00", 2031, "city_fund")
    driver.appropriate("10000.00", 2032, "city_fund")
    advance = driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(date(2032, 3, 5))
    driver.assess(what=WHAT)
    final = driver.pay(driver.submit("final").claim_id)
    # 3 × 4000 × 30%; then 4000 − 1200 and 2500 − 1200; one advance back
    assert (advance.amount, final.amount, final.clawback) == (yuan("3600.00"), yuan("4100.00"), yuan("1200.00"))
    back = driver.call(driver.officer, clawbacks.LIST_CLAWBACKS, clawbacks.ListClawbacks())
    # its document has no clause on recovery, and none is made up for it
    assert [(one.rule, one.clause) for one in back.clawbacks] == [("EX-4", "第四条")]
    assert driver.prove().differences == ()
    driver.close()
