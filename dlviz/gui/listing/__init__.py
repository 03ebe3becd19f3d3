"""Everything that is drawn, as a list that the keyboard and a screen reader can walk."""
