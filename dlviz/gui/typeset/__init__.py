"""Formulas on screen: TeX laid out once, painted again with new digits."""
