"""How do clients fare, session by session, with therapists of low, middle and high burnout?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREY, ORANGE, figure

ALT = "Mean PHQ-9 by session for clients of therapists in three thirds of burnout, and the share still in treatment."
CAPTION = (
    "Mean PHQ-9 at each session for clients whose therapist was in the lowest, middle or highest third of burnout when "
    "they began. Bands: 95 % intervals from the spread of therapists' means. Below, the share still in treatment: "
    "later means are over those who stayed, so the composition changes along the way."
)
SESSIONS = 12
THIRDS = (("lowest third", BLUE, "-"), ("middle third", GREY, "--"), ("highest third", ORANGE, "-."))


def draw(clients: pd.DataFrame, sessions: pd.DataFrame) -> Figure:
    """Draw from the clients and sessions tables."""
    third = pd.qcut(clients["burnout"], 3, labels=False)
    by_client = pd.Series(third.to_numpy(), index=clients["client_id"])
    early = sessions[sessions["session"] <= SESSIONS].assign(third=sessions["client_id"].map(by_client))
    made, (top, bottom) = figure(height=5.4, nrows=2, sharex=True, height_ratios=(3, 1))
    for number, (name, colour, line) in enumerate(THIRDS):
        part = early[early["third"] == number]
        means = part.groupby(["session", "therapist_id"])["phq9"].agg(["mean", "size"]).reset_index()
        rows = [_clustered(group) for _, group in means.groupby("session")]
        at, low, high = np.array(rows).T
        session = np.sort(part["session"].unique())
        top.plot(session, at, line, color=colour, lw=2, label=f"{name} of burnout")
        top.fill_between(session, low, high, color=colour, alpha=0.18, lw=0)
        staying = part.groupby("session").size() / (by_client == number).sum()
        bottom.plot(staying.index, 100 * staying, line, color=colour, lw=2)
    top.set(ylabel="PHQ-9 (points)", title="Do clients of burned-out therapists improve more slowly?")
    top.legend()
    bottom.set(xlabel="Session", ylabel="Still in\ntreatment (%)", ylim=(0, 100), xticks=range(1, SESSIONS + 1))
    return made


def _clustered(group: pd.DataFrame) -> tuple[float, float, float]:
    """Mean over clients with a 95 % interval whose unit is the therapist."""
    weight = group["size"] / group["size"].sum()
    mean = float((weight * group["mean"]).sum())
    k = len(group)
    error = np.sqrt(k / max(k - 1, 1) * np.sum((weight * (group["mean"] - mean)) ** 2))
    return mean, mean - 1.96 * error, mean + 1.96 * error
