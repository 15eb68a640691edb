"""Two results frames side by side: what changed, which conclusions changed, and which rows of data made the change."""
