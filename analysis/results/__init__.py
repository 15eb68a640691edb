"""What a result is: its row and key, the rows that it was counted from, and how its value is printed."""
