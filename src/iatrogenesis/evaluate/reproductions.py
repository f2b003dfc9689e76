"""Published simulations done again, and done again where it matters here: with rare harm and unlike clients."""

import numpy as np
import pandas as pd

from iatrogenesis.evaluate import referral, removal
from iatrogenesis.streams import Noise, derived_seed

COLUMNS = ("study", "setting", "quantity", "published", "value", "mcse", "replicates", "note")
HARM_RATE = 0.0584  # D01, reliable deterioration in England
SPREAD = 0.101  # T01, share of variance of deterioration between therapists
ICC_REPLICATES = 10  # per replicate of the other, since one costs so little


def table(seed: int, replicates: int) -> pd.DataFrame:
    """Every reproduction with its published value, and what follows for harm; columns `COLUMNS`."""
    rows = [*_removal(seed, replicates), *_harm(seed, replicates), *_referral(seed, ICC_REPLICATES * replicates)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _removal(seed: int, replicates: int) -> list[dict]:
    rows = []
    for vpc, published in removal.PUBLISHED.items():
        noise = Noise(derived_seed(seed, "reproductions", "removal"))
        found = removal.simulate(removal.Removal(vpc), noise, replicates)
        setting = f"VPC {vpc:.0%}, half respond"
        rows.append(_row("Imel et al. 2015", setting, "responses gained in ten years", published, found.gained))
        note = "share of those removed who are not in the worst fifth of all therapists"
        rows.append(_row("", setting, "wrongly removed, %", np.nan, 100 * found.wrongly, note))
    return rows


def _harm(seed: int, replicates: int) -> list[dict]:
    rows = []
    for sd, clients in ((0.0, "clients come by chance"), (0.5, "places get unlike clients, SD 0.5 log odds")):
        noise = Noise(derived_seed(seed, "reproductions", "harm"))
        policy = removal.Removal(SPREAD, HARM_RATE, harm=True, referral_sd=sd)
        found = removal.simulate(policy, noise, replicates)
        setting = f"VPC {SPREAD:.1%}, {HARM_RATE:.1%} deteriorate, {clients}"
        seen = policy.therapists * policy.clients * policy.quarters
        note = f"of {seen:,} clients; therapists are replaced, what their clients bring stays"
        rows.append(_row("with rare harm", setting, "deteriorations averted in ten years", np.nan, found.gained, note))
        rows.append(_row("", setting, "wrongly removed, %", np.nan, 100 * found.wrongly))
    return rows


def _referral(seed: int, replicates: int) -> list[dict]:
    rows = []
    for confounding, published in ((0.075, referral.PUBLISHED), (0.0, np.nan)):
        design = referral.Referral(confounding=confounding)
        between, inside = referral.simulate(design, Noise(derived_seed(seed, "reproductions", "referral")), replicates)
        value, error = referral.icc(between, inside)
        setting = f"true ICC {design.icc:g}, referral as strong as an ICC of {confounding:g}"
        note = f"in the long run {design.apparent:.4f}"
        row = {"study": "Magnusson 2023", "setting": setting, "quantity": "apparent ICC", "published": published}
        rows.append(row | {"value": value, "mcse": error, "replicates": replicates, "note": note})
    return rows


def _row(study: str, setting: str, quantity: str, published: float, values: np.ndarray, note: str = "") -> dict:
    error = values.std(ddof=1) / np.sqrt(len(values))
    about = {"study": study, "setting": setting, "quantity": quantity, "published": published}
    return about | {"value": values.mean(), "mcse": error, "replicates": len(values), "note": note}
