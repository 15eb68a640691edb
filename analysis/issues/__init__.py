"""What is done with problems after they were found: accepted, compared with the last delivery, shown and written."""
