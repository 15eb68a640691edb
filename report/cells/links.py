"""Where a link of a report may lead, whoever wrote it: the one rule for texts, bibliography and the finished page.

Not here: links between volumes (`report.render.beside`).
"""

from __future__ import annotations

import re

# Inside the report a link leads to what begins with #.
ALLOWED = re.compile(r"(?:https?://|mailto:|doi:)\S+", re.IGNORECASE)
WORDS = "http, https, mailto or doi"
