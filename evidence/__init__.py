"""Evidence about a report: what changed, whether it can be made again, where a number comes from."""
