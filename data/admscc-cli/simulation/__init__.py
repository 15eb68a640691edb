"""The parts of `simulate.py`: design, patients, findings, events, conduct, and the SDTM tables."""
