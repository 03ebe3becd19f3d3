"""Recipes: experiments that are asked for often, with defaults that suit the document at hand.

A recipe is one entry: what it varies (make), for which documents it makes sense (refuse), and which pictures tell it.
"""

from dlviz.session.vary.recipes import descent, networks, rows  # noqa: F401 - they add their entries
from dlviz.session.vary.recipes.kind import (
    Offer,
    Picture,
    Recipe,
    experiment_of,
    offers,
    recipes,
    refusal,
    usual_length,
)

__all__ = ["Offer", "Picture", "Recipe", "experiment_of", "offers", "recipes", "refusal", "usual_length"]
