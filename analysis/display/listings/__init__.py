"""One module a topic: each has `outputs(book)`, the listings it makes."""
