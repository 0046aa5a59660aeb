"""Papers to print and stamp.

make_form       every paper, who is asked for what stands on it, and who writes it
claim_papers    register, summary and letter of a claim
batch_papers    the treasury's list, and the blank for the bank's results
demand_papers   the notice of what is asked back
written_paper   what all of them need
"""
