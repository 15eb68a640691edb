"""Analyses: each reads the analysis datasets and gives rows of the one results frame."""
