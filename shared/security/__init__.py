"""Who is speaking, what they may do, and what stays secret. Libraries: keys and instants are arguments.

keys.py         reads the key folder (or its copy in the environment); read-only
live_keys.py    the same while a service runs: follows the files
key_files.py    makes and rotates that folder; only `skills keys` writes it
speaker.py      who speaks: role, place, organisation, purposes
tokens.py       signed, short-lived proof of who speaks
permissions.py  role × jurisdiction × object, default deny
aead.py         authenticated encryption by key id: AES-256-GCM, SM4-GCM
personal.py     personal fields: encrypted by place, found by keyed digest
objects.py      encrypted files, named by the SHA-256 of their content
canonical.py    one way to write a JSON value as bytes
audit_chain.py  hash-chained, signed audit rows, and what is wrong with a chain
"""
