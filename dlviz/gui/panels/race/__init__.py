"""The race panel: the numbers inside one optimizer at the ball, and the settings of the race."""
