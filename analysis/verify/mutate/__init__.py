"""Mutation: named faults planted into a copy of the first road, to see whether the comparison finds them."""
