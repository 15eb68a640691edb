"""Adverse events: overview, terms, grades, relationship, serious, dose-limiting, rates, times."""
