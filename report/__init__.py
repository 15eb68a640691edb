"""The report: its documents, what their cells may call, its look, and how it is rendered and published."""
