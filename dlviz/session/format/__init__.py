"""Documents as JSON and back, with sentences for what is wrong."""
