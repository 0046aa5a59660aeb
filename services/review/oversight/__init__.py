"""Oversight of a project: what stands in the way of its money, and everybody who put it there or took it away.

    matters       to open a matter, to act in it, to keep a decision about it
    blocks        to open and to lift what stands in the way of money (X-11)
    audits        audits and evaluations (APP-23)
    inspections   APP-37
    summonses     interview, report, suspension, remedy (APP-26)
    fraud         inquiries (APP-27)
    pending_acts  what waits for whom

Objections and public notices are matters, too: `notices/`. What is read of all of them: `views/`.
"""
