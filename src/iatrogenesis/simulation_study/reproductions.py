"""Published simulations reproduced, and repeated with a rare harmful outcome and different case mix."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import binom

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.spread import sd_of, vpc
from iatrogenesis.simulation_study import referral, removal
from iatrogenesis.simulation_study.reproduced import Published, Reproduced

COLUMNS = ("study", "setting", "quantity", "published", "value", "mcse", "replicates", "note")
ICC_REPLICATES = 10  # per replicate of the other, since one costs so little


def table(seed: int, replicates: int, published: Published, reproduced: Reproduced) -> pd.DataFrame:
    """Every reproduction with its published value, and what follows for harm; columns `COLUMNS`."""
    rows = [
        *_removal(seed, replicates, reproduced),
        *_harm(seed, replicates, published, reproduced.unlike.value),
        *_referral(seed, ICC_REPLICATES * replicates, reproduced),
        *_rare_referral(seed, replicates, published, reproduced),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _removal(seed: int, replicates: int, reproduced: Reproduced) -> list[dict]:
    rows = []
    for share, published in ((float(name), record.value) for name, record in reproduced.gained.items()):
        noise = Noise(derived_seed(seed, "reproductions", "removal"))
        found = removal.simulate(removal.Removal(share), noise, replicates)
        setting = f"VPC {share:.0%}, half respond"
        rows.append(_row("Imel et al. 2015", setting, "responses gained in ten years", published, found.gained))
        note = "share of those removed who are not in the worst fifth of all therapists"
        rows.append(_row("", setting, "removed falsely (FDR), %", np.nan, 100 * found.fdr, note))
    return rows


def _harm(seed: int, replicates: int, published: Published, unlike: float) -> list[dict]:
    rows = []
    for sd, clients in (
        (0.0, "clients come by chance"),
        (unlike, f"places get unlike clients, SD {unlike:g} log odds"),
    ):
        noise = Noise(derived_seed(seed, "reproductions", "harm"))
        policy = removal.Removal(published.spread, published.harm_rate, harm=True, referral_sd=sd)
        found = removal.simulate(policy, noise, replicates)
        setting = f"VPC {published.spread:.1%}, {published.harm_rate:.1%} deteriorate, {clients}"
        seen = policy.therapists * policy.clients * policy.quarters
        note = f"of {seen:,} clients; therapists are replaced, what their clients bring stays"
        rows.append(_row("with rare harm", setting, "deteriorations averted in ten years", np.nan, found.gained, note))
        rows.append(_row("", setting, "removed falsely (FDR), %", np.nan, 100 * found.fdr))
    return rows


def _referral(seed: int, replicates: int, reproduced: Reproduced) -> list[dict]:
    rows = []
    settings = ((reproduced.confounding.value, reproduced.apparent_icc.value), (0.0, np.nan))
    for confounding, published in settings:
        design = referral.Referral(reproduced.icc.value, confounding)
        between, inside = referral.simulate(design, Noise(derived_seed(seed, "reproductions", "referral")), replicates)
        value, error = referral.icc(between, inside)
        setting = f"true ICC {design.icc:g}, referral as strong as an ICC of {confounding:g}"
        note = f"in the long run {design.apparent:.4f}"
        row = {"study": "Magnusson 2023", "setting": setting, "quantity": "apparent ICC", "published": published}
        rows.append(row | {"value": value, "mcse": error, "replicates": replicates, "note": note})
    return rows


def _rare_referral(seed: int, replicates: int, published: Published, reproduced: Reproduced) -> list[dict]:
    """Apparent share of variance of deterioration: with unlike clients, and with burnout that comes and goes."""
    noise, rows = Noise(derived_seed(seed, "reproductions", "rare referral")), []
    unlike, burnout = reproduced.unlike.value, reproduced.burnout.value
    size = (round(reproduced.therapists.value), round(reproduced.clients.value))
    settings = {
        "clients come by chance": (0.0, 0.0, 1),
        f"therapists get unlike clients, SD {unlike:g} log odds, not measured": (unlike, 0.0, 1),
        f"{burnout:g} log odds per SD of it come from burnout, one year": (0.0, burnout, 1),
        "the same over ten years": (0.0, burnout, 10),
    }
    for setting, (brought, moving, years) in settings.items():
        found = [
            _apparent(noise, replicate, published, size, brought, moving, years) for replicate in range(replicates)
        ]
        note = "" if years == 1 else "what moves averages out, and the share of what stays is seen"
        if brought:
            note = f"in the long run {vpc(np.hypot(sd_of(published.spread), brought)):.3f}"
        about = f"true VPC at any time {published.spread:.1%}, {published.harm_rate:.1%} deteriorate, {setting}"
        rows.append(_row("with rare harm", about, "apparent VPC", np.nan, np.array(found), note))
    return rows


def _apparent(
    noise: Noise,
    replicate: int,
    published: Published,
    size: tuple[int, int],
    unlike: float,
    moving: float,
    years: int,
) -> float:
    """VPC by maximum likelihood of a service's counts over some years, the last part of the spread moving.

    `size` is the number of therapists, and of clients of each in a year.
    """
    therapists, clients = size
    who = {"replicate": replicate, "therapist": np.arange(therapists)}
    lasting = np.sqrt(sd_of(published.spread) ** 2 - moving**2) * noise.normal("lasting", **who)
    lasting = lasting + unlike * noise.normal("unlike", **who)
    burnout, kept, events = noise.normal("burnout", **who), published.stability**0.25, np.zeros(therapists)
    quarters = 4 * years
    for quarter in range(quarters):
        if quarter:
            burnout = kept * burnout + np.sqrt(1 - kept**2) * noise.normal("burnout", **who, occasion=quarter)
        rate = expit(logit(published.harm_rate) + lasting + moving * burnout)
        events += binom.ppf(noise.uniform("outcome", **who, occasion=quarter), clients // 4, rate)
    trials = np.full(therapists, quarters * (clients // 4))
    return fit(counts("apparent", [f"T{j:03d}" for j in range(therapists)], events.astype(int), trials)).vpc[0]


def _row(study: str, setting: str, quantity: str, published: float, values: np.ndarray, note: str = "") -> dict:
    error = values.std(ddof=1) / np.sqrt(len(values))
    about = {"study": study, "setting": setting, "quantity": quantity, "published": published}
    return about | {"value": values.mean(), "mcse": error, "replicates": len(values), "note": note}
