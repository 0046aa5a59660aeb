"""Collecting what is asked back (X-10): what is done to a demand, and how it is shown.

notices.py      the payee is told what, why, how to pay and until when
repayments.py   money came back, or a recorded repayment was none
set_off.py      an approved claim's money is kept for a demand
write_offs.py   given up by two approvers
shapes.py       a demand with its sums; queries.py: many, by age; timeline.py: all that happened to one
worklist.py     what waits of a demand, and for whom
"""
