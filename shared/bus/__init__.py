"""The bus: how commands, queries and events travel, and the one straight line that each of them walks.

wire.py        bytes of a call, an answer and an event; the headers
topology.py    exchanges, queues and who hears what
client.py      calling a service, with a deadline, from anywhere
kernel.py      decode → who → may → seen → ask → transaction → answer; the same line for every service
work.py        what a use case is given: its session, the speaker, the day, the documents; what it can tell
service.py     `Service`, `handles`, `hears`: how a service says what it does
outbox.py      tells what was committed        inbox.py   applies what was heard, once
duties.py      the loops of one service        sealing.py chains the audit
entrypoints.py nameko, and nothing else is     launcher.py processes; embedded.py all five in one
"""
