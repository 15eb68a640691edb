"""From data to results: read, check, derive, analyse, display, and compute everything a second time."""
