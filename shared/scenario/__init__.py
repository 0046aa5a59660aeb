"""Scenarios: stories in YAML that an official can read, independent of how their calls travel.

    text ──yaml_nodes──▶ values with lines ──language──▶ Scenario ──runner──▶ calls, each step checked
                                                         references   ${a.b[0].c}
                                                         expectations what an answer must hold
                                                         files        spreadsheets read, files written

The language itself is described in `language.py`.
"""
