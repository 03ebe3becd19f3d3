"""Small forms that chips and pickers open, built from declared settings."""
