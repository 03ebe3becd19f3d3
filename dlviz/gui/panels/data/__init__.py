"""The data panel: table, picture, split and import."""
