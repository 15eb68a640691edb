"""One module a topic: each declares the tables it makes."""
