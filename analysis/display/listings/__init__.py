"""One module a topic: each declares the listings it makes."""
