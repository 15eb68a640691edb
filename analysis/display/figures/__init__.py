"""One module a topic: each has `outputs(book)`, the figures it makes."""
