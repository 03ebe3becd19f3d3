"""The output panel: map, curve, picture and errors of what the network answers."""
