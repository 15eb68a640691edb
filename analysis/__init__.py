"""From data to results: read, derive, analyse, display, verify and export."""

import sys

# So Python says that it is about to run a module by -m, while it still looks for it.
if sys.argv[:1] == ["-m"]:
    from analysis.ending import watch

    watch()
