"""Symptom of data: rows held out that are not like those that train."""

from dlviz.core.health.kind import Finding, Number, Symptom, Vitals, symptoms

FAR = 0.5  # standard deviations between two means of one input that are told at least; our choice
CERTAIN = 4.0  # standard errors of their difference, beyond which chance hardly explains it


def _shifted(vitals: Vitals) -> Finding | None:
    """Find the input whose mean over dev rows lies farthest from that over training rows."""
    worst, far = None, 0.0
    for name, (train, dev, distance, error) in vitals.shift.items():
        limit = max(FAR, CERTAIN * error)
        if distance > max(limit, far):
            far = distance
            numbers: dict[str, Number] = {
                "input": name, "train": train, "dev": dev, "distance": distance, "limit": limit,
            }  # fmt: skip
            worst = Finding("shifted", numbers=numbers)
    return worst


symptoms.add(
    Symptom(
        "shifted", "Dev rows unlike the training rows",
        "The mean of {input} is {train} over the training rows and {dev} over the dev rows: what is learnt on the ones "
        "says little about the others.",
        "{distance} standard deviations apart; told from {limit} on, where chance hardly explains it.",
        _shifted, ("deal_rows",), (),
        "curriculum DIA-14: covariate shift; Shimodaira 2000",
    )
)  # fmt: skip
