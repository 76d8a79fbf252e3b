"""Is a file current? Versions of the code that makes it, and the inputs that it was made from."""
