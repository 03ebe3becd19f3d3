"""Conventions: single values, profiles of libraries and textbooks, and how they fill in what is left out."""

from dlviz.core.conventions import values  # noqa: F401  (registration)
from dlviz.core.conventions.fill import filled, filled_network
from dlviz.core.conventions.kind import Convention, conventions
from dlviz.core.conventions.profiles import DLVIZ, Conventions, Profile, profiles

__all__ = ["DLVIZ", "Convention", "Conventions", "Profile", "conventions", "filled", "filled_network", "profiles"]
