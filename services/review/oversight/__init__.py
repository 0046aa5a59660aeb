"""Oversight of a project: what stands in the way of its money, and everybody who put it there or took it away.

tables       blocks, matters, acts, whom an inquiry is about, what is published
matters      to open a matter, to act in it, to tell
blocks       to open and to lift what stands in the way of money (X-11)
objections   X-11
notices      public notices; notice_pages reads them (X-11)
audits       audits and evaluations (APP-23)
inspections  APP-37
summonses    interview, report, suspension, remedy (APP-26)
fraud        inquiries (APP-27)
errands      what waits for whom
reading      a project's oversight whole
"""
