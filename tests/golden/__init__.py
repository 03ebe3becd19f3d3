"""Numbers from other programs and from hand calculation that dlviz has to reproduce."""
