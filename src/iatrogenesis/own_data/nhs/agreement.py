"""The data set's own flags beside our judgement: where they agree, and each course where they do not."""

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import FIRST_JUDGED_SESSION, Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.own_data.nhs.referrals import FLAGS
from iatrogenesis.own_data.nhs.scores import INSTRUMENTS

OURS = {"flag_completed": "finished", "flag_deteriorated": "deteriorated"}
"""What of ours each flag is held to: CompletedTreatment_Flag asks for two contacts for treatment, and an end."""


def judged(clients: pd.DataFrame, instruments: Instruments) -> pd.DataFrame:
    """Return `finished` and `deteriorated` (boolean, missing where unknown) by the rule of NHS Talking Therapies.

    Parameters
    ----------
    clients
        `n_sessions`, or `n_treatment_contacts` where the kind of contact is known; first and last scores.
    """
    sessions = clients.get("n_treatment_contacts", clients["n_sessions"]).astype("Float64")
    finished = sessions >= FIRST_JUDGED_SESSION
    unknown = pd.Series(np.nan, clients.index)
    first, last = (
        {name: clients.get(f"{name}_{place}", unknown).to_numpy(dtype=float) for name in INSTRUMENTS}
        for place in ("first", "last")
    )
    worse, better = Judgement(instruments=INSTRUMENTS).worse_and_better(first, last, instruments)
    known = np.all([np.isfinite(first[name]) & np.isfinite(last[name]) for name in INSTRUMENTS], axis=0)
    outcome = pd.Series(worse, clients.index, dtype="boolean").mask(~known & ~better)
    return pd.DataFrame({"finished": finished, "deteriorated": outcome.where(finished.astype(object).eq(True))})


def agreement(clients: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Return how many courses have which flag and which judgement.

    Returns
    -------
    pandas.DataFrame
        `flag` (the field's name), `flagged` and `ours` (yes, no, unknown), `courses`; only combinations that occur.
    """
    parts = []
    for flag, field in FLAGS.items():
        if flag in clients:
            both = pd.DataFrame({"flagged": _words(clients[flag]), "ours": _words(ours[OURS[flag]])})
            parts.append(both.value_counts(sort=False).rename("courses").reset_index().assign(flag=field))
    columns = ["flag", "flagged", "ours", "courses"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def disagreements(clients: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Return each course whose flag and judgement are both known and differ.

    Returns
    -------
    pandas.DataFrame
        `row` (in the file of referrals), `flag`, `flagged`, `ours`, sessions and scores. No id.
    """
    parts = []
    names = [
        "n_sessions",
        "n_treatment_contacts",
        *(f"{i}_{place}" for i in INSTRUMENTS for place in ("first", "last")),
    ]
    for flag, field in FLAGS.items():
        if flag in clients:
            own = ours[OURS[flag]]
            unlike = (clients[flag].notna() & own.notna() & (clients[flag] != own)).fillna(False).astype(bool)
            found = clients.loc[unlike, [name for name in names if name in clients]]
            words = {"flag": field, "flagged": _words(clients.loc[unlike, flag]), "ours": _words(own[unlike])}
            parts.append(pd.DataFrame({"row": found.index, **words}, index=found.index).join(found))
    empty = pd.DataFrame(columns=["row", "flag", "flagged", "ours"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def _words(values: pd.Series) -> pd.Series:
    return values.map({True: "yes", False: "no"}).astype("str").fillna("unknown")
