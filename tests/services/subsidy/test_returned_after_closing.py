"""Money that the bank sends back from a closed year is paid again from the first open one."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from services.subsidy.closing.carrying import carry_returned
from services.subsidy.closing.changes import Place
from services.subsidy.ledger import Cited, entry_of, post
from services.subsidy.models import Claim, Payment
from shared.errors import Conflict
from shared.money import ZERO
from tests.services.subsidy.closing_road import approved_in_november, year_closed
from tests.services.subsidy.road import YEAR, Road, yuan


def sent_back(road: Road, claim_id: str) -> None:
    """The claim's payment of the closed year comes back, as a bank list says it."""
    with road.bench.database.transaction() as session:
        work = road.bench.kernel._work(session, road.maker, "returned")
        claim = session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        payment = session.scalars(select(Payment).where(Payment.claim_id == claim_id)).one()
        session.execute(update(Payment).where(Payment.id == payment.id).values(state="returned"))
        claim.state, claim.paid_on = "approved", None
        session.flush()
        place = (payment.fund_source, payment.fiscal_year)
        post(work, [entry_of(claim, "return", *place, payment.amount, payment.id, Cited("APP-20", "四(四)"))])
        carry_returned(work, Place(claim.programme, claim.district), payment.fiscal_year, payment.id)


def test_it_is_carried_and_lapses_where_it_was(road: Road) -> None:
    claim_id = approved_in_november(road)
    road.confirm(road.instruct(road.prepare(claim_id).batch_id))
    frozen = year_closed(road).budgets
    road.appropriate("2500.00", YEAR + 1)
    sent_back(road, claim_id)
    old, new = road.budget(YEAR), road.budget(YEAR + 1)
    assert (old.appropriated, old.committed, old.paid) == (ZERO, ZERO, ZERO)
    assert (new.committed, new.available) == (yuan("2500.00"), ZERO)
    assert [one.paid for one in frozen] == [yuan("2500.00")]
    assert road.prove().differences == ()
    batch = road.confirm(road.instruct(road.prepare(claim_id).batch_id))
    assert [payment.fiscal_year for payment in batch.payments] == [YEAR + 1]
    assert road.prove().differences == ()


def test_the_open_year_has_to_bear_it(road: Road) -> None:
    claim_id = approved_in_november(road)
    road.confirm(road.instruct(road.prepare(claim_id).batch_id))
    year_closed(road)
    road.appropriate("2499.99", YEAR + 1)
    with pytest.raises(Conflict, match=r"尚缺 0\.01 元"):
        sent_back(road, claim_id)
    assert road.claim(claim_id).state == "paid"
