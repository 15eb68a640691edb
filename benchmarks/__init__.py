"""Measurements: what a report costs beside what it cannot avoid, and validation beside plain pandas."""
