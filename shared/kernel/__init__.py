"""What every service has in common: the straight line of a command, and what goes on beside it. It knows no framework.

the line       pipeline.py decode → who → may → seen → ask → transaction → answer; request_ids.py, retry.py,
               rejections.py, unexpected_errors.py, audit_rows.py its steps
a service      service.py its table: `handles`, `hears`; work.py what a use case is given and can tell
telling        outbox.py what was committed is sent; inbox.py what was heard is applied, once; redeliveries.py
loops          background_loops.py; audit_sealer.py the audit chain; crash_points.py where a crash test kills
of itself      operations.py what every service answers: files.py, decision_replay.py, policy_documents.py
lists          spreadsheets.py a sheet read before the transaction, and given back with its errors
"""
