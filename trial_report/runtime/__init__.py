"""What every command stands on: where files are, how a process ends, private folders, the study that is meant."""
