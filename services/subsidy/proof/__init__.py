"""The ledger, proven: every account and counter worked out again from what was decided and what happened.

proving       the whole, and the ledger as it is read
receivables   what is asked back, from the decisions that found it due
ends          how that ended
payments      what the bank paid and sent back
closing       what closed periods carried, lapsed and froze
book          amounts by bucket and account, and the sentences about what doesn't fit
"""
