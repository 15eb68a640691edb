"""The command: one module a verb. Each reads its arguments, calls one room, prints, and ends with an exit code."""
