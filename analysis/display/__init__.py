"""Make tables, figures, listings and sentences from results; nothing here computes a number."""
