"""What is done with problems after they were found: accepted, compared with the last delivery, shown and written."""

from trial_report.runtime.told import ToldError

__all__ = ["UnreadableError"]


class UnreadableError(ToldError):
    """A file of findings, of the engine or of an earlier run of ours, is not one; the message says why, in a line."""
