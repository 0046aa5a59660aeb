"""What generates `docs/contracts/` from the contracts: generate.py runs json_schema.py, asyncapi.py and pages.py.

questions.py reads from the services' code who asks whom, which `shared/bus/questions.py` states.
"""
