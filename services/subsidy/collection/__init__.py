"""Collecting what is asked back (X-10): what is done to a demand, and how it is shown.

notices.py      the payee is told what, why, how to pay and until when
repayments.py   money came back, or a recorded repayment was none
offsetting.py   an approved claim's money is kept for a demand
write_offs.py   given up by two approvers
shown.py        a demand with its sums; lists.py: many, by age; moves.py: all that happened to one
"""
