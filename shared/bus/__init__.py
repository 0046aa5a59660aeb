"""The bus: how commands, queries and events travel, and the one straight line that each of them walks.

who comes in   doorway.py what the broker says of a call; grants.py who may call what; broker_rights.py, management.py
               what users may do on RabbitMQ
what travels   wire.py bytes and headers; topology.py exchanges and queues; lines.py connections
asking         client.py calls with a deadline; system.py the whole system as one caller sees it
the line       kernel.py decode → who → may → seen → ask → transaction → answer, the same for every service
               conflicts.py lost races and broken constraints; auditing.py its audit row
               service.py `Service`, `handles`, `hears`; work.py what a use case is given and can tell
telling        outbox.py, publisher.py what was committed is sent; inbox.py what was heard is applied, once
upkeep         upkeep.py what every service answers of itself; sealing.py the audit chain; files.py; health.py
               duties.py the loops; boundaries.py where a crash test kills
nameko         entrypoints.py, replies.py and launcher.py, nothing else; parts.py puts a service together;
               embedded.py all five in one process
"""
