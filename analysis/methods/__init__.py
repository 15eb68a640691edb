"""Pure statistics on numpy and pandas: no study knowledge, no reading, no formatting.

Every function takes plain values and returns a frozen dataclass (or a frame). A quantity that does not exist
is NaN (None for texts and flags) and `warning` says why, in words that can be printed below a table. Data never
raise; only a call that contradicts itself does (an unknown option, more events than patients).
"""
