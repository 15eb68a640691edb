"""From data to results: read, derive, analyse, display, verify and export."""
