"""When training may start, what it must contain, and when it is done. Importing this registers every rule.

enrolment    agreements, two mentors, file, textbooks, fraud, other programmes (APP-10, 11, 14, 16, 24, 26, 27, X-1)
programme    hours, modes, media, platform, wage, attendance (APP-7, 25, 31, 33, 35, 36)
days         a day of training: suspended, on a break, guided; months trained (APP-11, 14, 26)
completion   credits and joint assessment (APP-15, APP-13)
progress     persons trained against the plan's target (APP-28)
"""

from services.training.rules import completion, days, enrolment, programme, progress

__all__ = ["completion", "days", "enrolment", "programme", "progress"]
