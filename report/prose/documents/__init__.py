"""Sentences and tables of the documents beside the report: short ones, numbered in themselves, on the same results."""
