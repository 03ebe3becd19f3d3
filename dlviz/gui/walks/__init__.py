"""Pictures of what is walked without a network: rules among their points, graphs of formulas, patterns."""
