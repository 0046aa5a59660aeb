"""Papers to print and stamp.

making      who stands on a paper is asked, the paper is written and filed
of_claim    register, summary and letter of a claim
of_batch    the treasury's list, and the blank for the bank's results
of_demand   the notice of what is asked back
"""
