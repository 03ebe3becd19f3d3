"""Files: atomic writes, projects, data and saved states."""
