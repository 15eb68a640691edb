"""The report: its documents, what their cells may call, its look, and how it is rendered and published."""

import analysis  # noqa: F401  (which watches how a command ends, also one of this package)
