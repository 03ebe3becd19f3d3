"""The one door for text that a user reads; it belongs to no layer and imports none."""

import gettext

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def install(catalogue: gettext.NullTranslations) -> None:
    """Use this catalogue for every later `tr`."""
    global _catalogue
    _catalogue = catalogue


def tr(text: str, **values: object) -> str:
    """Translate text, then fill in its `{named}` places.

    The English text is the key, so it must be a literal at the call.
    """
    translated = _catalogue.gettext(text)
    return translated.format(**values) if values else translated


def trn(one: str, many: str, n: int, **values: object) -> str:
    """Translate a sentence about n things, in the singular or plural of the language; `{n}` is filled in as well."""
    return _catalogue.ngettext(one, many, n).format(**{"n": n, **values})
