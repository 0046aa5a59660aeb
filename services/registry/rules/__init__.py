"""Who may take part: employers, providers, apprentices, mentors, instructors; and what a catalogue says on a day.

Importing this registers every rule. Each decision returns every finding, so that all can be mended at once.
"""

from services.registry.rules import apprentices, catalogues, organisations, teachers

__all__ = ["apprentices", "catalogues", "organisations", "teachers"]
