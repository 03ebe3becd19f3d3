"""The surface panel: the landscape from above and in relief, the paths on it, and the table of a race."""
