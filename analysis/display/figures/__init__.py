"""One module a topic: each declares the figures it makes."""
