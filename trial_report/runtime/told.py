"""What a person can mend: an exception whose message is the whole of what is told, without a traceback."""

from __future__ import annotations


class ToldError(Exception):
    """Something is wrong with what was given: the message says what, where, what was expected, what to do."""
