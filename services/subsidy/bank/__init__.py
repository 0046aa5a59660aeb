"""What the bank did with our payments, line by line: what fits is applied at once, what doesn't is kept and listed.

moves.py       the life of a payment
fitting.py     whether a line fits, and what to do where it doesn't: pure
obstacles.py   what stands against taking a payment back
holding.py     the payments that a list names, held with their projects and batches, as they stand
recording.py   the one way in: lists, what is typed from a receipt, and returns
confirming.py  a batch typed from the treasury's receipt
applying.py    what lines that fit change: payments, postings, claims, batches, set by set
settling.py    what becomes of a claim when the bank has spoken about its payments
returning.py   what else follows where money came back from somebody who earns nothing any more
differences.py where our books and the bank's lists disagree, and what an officer says about it
needs.py       what waits for the finance officer
sheet.py       the list as a spreadsheet
tables.py      lines, returns, settled set-offs
"""
