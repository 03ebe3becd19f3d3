"""The mathematics: no Qt, no files, no threads, no clock."""
