"""Calls as rows of a table, walked by one function that Numba compiles. Nothing here is imported without Numba."""
