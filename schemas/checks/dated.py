"""Which dates a domain has, and what their names begin with.

Not here: what the dates say: `schemas.domains.iso8601` reads them, `dates` and `spans` check them.
"""

from __future__ import annotations

from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.variables import prefix, variables


def date_variables(domains: Domains, domain: str) -> list[str]:
    """The date variables that were delivered with a domain."""
    dates = [name for name, variable in variables(domain).items() if variable.type == "Date"]
    return [name for name in dates if domains.has(domain, name)]


def own_prefix(domain: str) -> str:
    """What a domain's own dates begin with: also that of domains which SDTM gives no prefix."""
    return prefix(domain) or domain
