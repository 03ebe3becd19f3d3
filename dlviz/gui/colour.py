"""Arithmetic on #RRGGBB colours: luminance, contrast and mixtures."""


def channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def luminance(colour: str) -> float:
    """Return the relative luminance from 0 to 1. Source: WCAG 2.2, "relative luminance"."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours from 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(under: str, over: str, amount: float) -> str:
    """Return `over` laid on `under` with this opacity."""
    parts = zip(channels(under), channels(over), strict=True)
    return "#" + "".join(f"{round(255 * (u + (o - u) * amount)):02X}" for u, o in parts)
