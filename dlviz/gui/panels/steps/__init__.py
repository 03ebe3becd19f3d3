"""The steps panel: the contents of the pass that is walked."""
