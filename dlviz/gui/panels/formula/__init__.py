"""The formula panel: the running step in symbols, with numbers, and its result."""
