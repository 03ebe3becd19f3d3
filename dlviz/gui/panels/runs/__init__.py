"""The runs panel: every run of the session in a table, and the settings in which two of them differ."""
