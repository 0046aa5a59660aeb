"""Government documents as data, and decisions that explain themselves down to the clause.

yaml_files → yaml_entries, tables → document_parser → document
                                          one YAML file becomes one frozen Document, or every problem with its cure
policies                                  which document governs a programme, a place and a day (X-7)
readings                                  the settings by which a document chooses how its text is understood
rules, document_check, workflow_check     which functions decide which clause, compared both ways at load
findings, decisions, verification         every finding of a decision, stored whole and decided again (X-6)
replay                                    the same under another document: what would change
"""
