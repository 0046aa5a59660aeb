"""What the bank did with our payments, line by line: what fits is applied at once, what doesn't is kept and listed.

statement_lines      the one way in: lists, what is typed from a receipt, and returns
spreadsheet          the list as a spreadsheet
batch_confirmation   a batch typed from the treasury's receipt
locked_payments      the payments that a list names, locked with their projects and batches, as they stand
one_reference        several payments under one reference: a note
matching             whether a line fits, and what to do where it doesn't: pure
return_obstacles     what stands against taking a payment back
applied_lines        what lines that fit change: payments, postings, claims, batches, set by set
claim_settlement     what becomes of a claim when the bank has spoken about its payments
return_effects       what else follows where money came back from somebody who earns nothing any more
differences          where our books and the bank's lists disagree, and what an officer says about it
worklist             what waits for the finance officer
"""
