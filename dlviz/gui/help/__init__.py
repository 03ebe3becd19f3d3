"""Help cards in windows of their own, which stay open beside the work."""
