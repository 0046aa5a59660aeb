"""The composition root: what puts a service together and runs it. Nothing else knows nameko.

assembly.py             a service's parts, from its settings; rulebook.py the rules that documents are checked against
launcher.py             one service as a process; health.py what it answers over HTTP
nameko_entrypoints.py   what nameko runs, over the loop of nameko_consumer.py
embedded.py             all five in one process, on a folder; system_client.py the whole system as one caller sees it
"""
