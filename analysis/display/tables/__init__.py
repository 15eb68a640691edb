"""One module a topic: each has `outputs(book)`, the tables it makes."""
