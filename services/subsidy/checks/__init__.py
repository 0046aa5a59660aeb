"""Checks before payment: what is on file elsewhere about the people of a claim, or about its payee.

gathering     asked of registry and training before a batch is made, page by page, outside any transaction
comparing     each claim's comparison stored as evidence; what it found becomes hits, each once
holding       which claims an open hit or a block keeps out of a batch, or takes out of it
deciding      the district clears a hit or upholds it, and what follows
judging       the decision behind that
matches       what was answered, as the rules read it
reading       hits and comparisons as they are shown
tables        comparisons, hits, what stayed out of which batch
"""
