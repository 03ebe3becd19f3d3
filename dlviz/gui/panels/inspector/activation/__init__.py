"""The activation card: curve and slope with the sums of a layer, settings, comparison, table and derivation."""
