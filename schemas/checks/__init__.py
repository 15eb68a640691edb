"""Everything that is checked of a study's data, and the one call that checks it."""

from schemas.checks.run import check_all

__all__ = ["check_all"]
