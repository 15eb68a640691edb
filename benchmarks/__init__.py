"""Measurements, printed and never asserted: what a report costs beside what it cannot avoid."""
