"""Pure statistics: a table and column names in, one row a group out.

Nothing here reads a file, knows a publisher or draws a random number.
"""
