"""The ledger, proven: every account and counter worked out again from what was decided and what happened.

proof         the whole
receivables   what is asked back, from the decisions that found it due
discharges    how that ended
payments      what the bank paid and sent back
closing       what closed periods carried, lapsed and froze
expected_book amounts by bucket and account, and the sentences about what doesn't fit
"""
