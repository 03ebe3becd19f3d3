"""Losses as plain formulas, with the document's convention in front."""

from dlviz.core.losses.kind import Loss, Settings

LOGARITHMS = {"e": "ln", "2": "log₂", "10": "log₁₀"}


def formulas(entry: Loss, settings: Settings, a: str) -> tuple[str, str]:
    """Return the plain formulas of the batch loss and of dL/da, with the document's convention in front."""
    text = entry.text.format(**settings).replace("ln", LOGARITHMS[settings.get("base", "e")])
    text += ", y = 2t − 1" if settings.get("labels") == "zero_one" else ""
    value = _with_front(share(settings) + _number_in_front(settings["factor"]), text)
    slope_front = share(settings) + _number_in_front(settings["factor"] * entry.slope_factor)
    return value, _with_front(slope_front, entry.slope_text.format(a=a, **settings))


def front(settings: Settings, gain: float = 1.0) -> str:
    """Return what stands in front of a term: shares of examples and outputs, and factor × gain."""
    return share(settings) + _number_in_front(settings["factor"] * gain)


def share(settings: Settings) -> str:
    """Return the parts of the front that divide: 1/n and 1/k."""
    parts = [name for name, key in (("1/n ", "reduction"), ("1/k ", "outputs")) if settings[key] == "mean"]
    return "".join(parts)


def _with_front(front: str, text: str) -> str:
    """Put a factor in front of a formula, behind its sign: −1/n Σ y ln a, never 1/n −Σ y ln a."""
    sign, rest = ("−", text[1:]) if text.startswith("−") else ("", text)
    return f"{sign}{front}{'· ' if front and rest[0] not in 'Σ(' else ''}{rest}"


def _number_in_front(factor: float) -> str:
    return {1.0: "", 0.5: "½ "}.get(factor, f"{factor:g} ")
