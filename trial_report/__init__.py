"""trial-report: from the visit data of a clinical trial to its study report, every number traced to its rows.

This is the one name under which everything is imported. Where it is installed its rooms stand in it; in a clone they
are the folders `schemas`, `analysis`, `report` and `evidence` beside this one, where a reader looks for them.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ != "trial_report":
    raise ImportError("trial_report is found in itself")  # what stands beside it in a clone includes it
_HERE = Path(__file__).resolve().parent
if not (_HERE / "schemas").is_dir():
    __path__.append(str(_HERE.parent))

# So Python says that it is about to run a module by -m, while it still looks for it.
if sys.argv[:1] == ["-m"]:
    from trial_report.runtime.ending import watch

    watch()
