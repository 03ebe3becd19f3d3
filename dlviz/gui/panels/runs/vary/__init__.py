"""Experiments in the runs panel: what is asked, how far it has come, and what came out."""
