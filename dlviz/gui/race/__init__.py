"""The race as the window shows it: where it stands, and how it is moved."""
