"""Vocabularies as data with their sources, and the modules that read them: terms, units, frequencies, spellings."""
