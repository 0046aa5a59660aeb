"""Checks before payment: what is on file elsewhere about the people of a claim, or about its payee.

sources         asked of registry and training before a batch is made, page by page, outside any transaction
matches         what was answered, as the rules read it
comparison      each claim's comparison stored as evidence; what it found becomes hits, each once
holds           which claims an open hit or a block keeps out of a batch, or takes out of it
hit_decisions   the district clears a hit or upholds it, and what follows
clearance       the decision behind that
queries         hits and comparisons as they are shown
"""
