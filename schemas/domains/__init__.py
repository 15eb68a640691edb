"""What an SDTM domain is: its variables by version of the guide, which of them are needed, dates, and its frame."""
