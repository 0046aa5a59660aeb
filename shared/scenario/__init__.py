"""Scenarios: stories in YAML that an official can read, independent of how their calls travel.

    text ──yaml_nodes──▶ values with lines ──language, steps──▶ Scenario (story) ──runner──▶ calls, each step checked

    references     ${a.b[0].c}, what earlier steps saved        cast          made-up people and organisations
    expectations   what an answer must hold                     files         spreadsheets read, files written
    story_so_far   what is known where a file is being read

The language is described in `language.py`.
"""
