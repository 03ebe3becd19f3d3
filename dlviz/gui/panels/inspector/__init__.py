"""The inspector: what stands behind the selected number, unit, layer or parameter."""
