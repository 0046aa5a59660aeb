"""How a summons moves, from the call to an interview to the day when all is put right (APP-26).

summoned ──agree──▶ mending ──remedy──▶ closed
    │ refuse           │ report, once the day to mend has passed
    ▼                  ▼
refused ──report──▶ reported ──suspend──▶ suspended ──remedy──▶ remedied ──lift──▶ closed

Until the city suspends, the employer may be interviewed again, and putting it right ends the matter.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from shared.errors import Conflict

State = Literal["summoned", "mending", "refused", "reported", "suspended", "remedied", "closed"]
Move = Literal["agree", "refuse", "report", "suspend", "remedy", "lift"]

TRANSITIONS: dict[tuple[State, Move], State] = {
    ("summoned", "agree"): "mending",
    ("summoned", "refuse"): "refused",
    ("mending", "agree"): "mending",  # by another day
    ("mending", "refuse"): "refused",
    ("mending", "report"): "reported",
    ("mending", "remedy"): "closed",
    ("refused", "agree"): "mending",
    ("refused", "refuse"): "refused",
    ("refused", "report"): "reported",
    ("refused", "remedy"): "closed",
    ("reported", "agree"): "mending",
    ("reported", "refuse"): "refused",
    ("reported", "suspend"): "suspended",
    ("reported", "remedy"): "closed",
    ("suspended", "remedy"): "remedied",
    ("remedied", "remedy"): "remedied",  # what the city didn't find enough
    ("remedied", "lift"): "closed",
}

STATE_WORDS: dict[State, str] = {
    "summoned": "已通知约谈",
    "mending": "企业正在整改",
    "refused": "企业拒不改正",
    "reported": "已报市级",
    "suspended": "停训整改中",
    "remedied": "整改已记录，等待市级恢复培训",
    "closed": "已了结",
}
MOVE_WORDS: dict[Move, str] = {
    "agree": "记录约谈",
    "refuse": "记录约谈",
    "report": "报市级",
    "suspend": "停训",
    "remedy": "记录整改",
    "lift": "恢复培训",
}


def transition(state: State, move: Move, *, mend_by: date | None, today: date) -> State:
    """Where a summons stands after a move; raises Conflict for one that its state, or the day to mend, forbids."""
    after = TRANSITIONS.get((state, move))
    if after is None:
        raise Conflict(
            f"该约谈目前{STATE_WORDS[state]}，不能{MOVE_WORDS[move]}，请刷新后查看最新状态", state=state, move=move
        )
    if (state, move) == ("mending", "report") and mend_by is not None and today <= mend_by:
        raise Conflict(f"整改期限至 {mend_by}，期满未改正方可报市级，请在次日以后办理", mend_by=mend_by.isoformat())
    return after
