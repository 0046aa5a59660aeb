"""Scenarios: stories in YAML that an official can read, independent of how their calls travel.

    text ──yaml_nodes──▶ values with lines ──language──▶ Scenario (story) ──runner──▶ calls, each step checked

    references     ${a.b[0].c}, what earlier steps saved        casting       made-up people and organisations
    expectations   what an answer must hold                     files         spreadsheets read, files written

The language is described in `language.py`.
"""
