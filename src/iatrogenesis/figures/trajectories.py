"""How do clients fare, session by session, with therapists of low, middle and high burnout?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import t

from iatrogenesis.figures.labels import at_ends
from iatrogenesis.figures.style import BLUE, GREY, ORANGE, figure, heading, styled

PLACE = 3
TABLES = {
    "clients": "simulated/{routine_care}/clients.parquet",
    "sessions": "simulated/{routine_care}/sessions.parquet",
}
ALT = (
    "Line chart: mean PHQ-9 by session for clients of therapists in three thirds of burnout, with interval bands and a "
    "few single courses; below, the share of clients still in treatment, which falls at every session."
)
CAPTION = (
    "Above: mean PHQ-9 (higher is worse) at each session for clients whose therapist was in the lowest, middle or "
    "highest third of burnout when they began. Bands: 95 % intervals of the means that treat the therapist, not the "
    "client, as the unit (clustered standard error, t distribution over therapists). Faint lines: six single clients. "
    "Below: the share still in treatment. Read both together: later means are over those who stayed, and who stays is "
    "no matter of chance, so a falling line is not the course of a typical client. A line ends where fewer than twenty "
    "clients or three therapists are left."
)
SESSIONS, FEWEST_CLIENTS, FEWEST_THERAPISTS = 12, 20, 3
COMPARED = 6  # session of the title: half are still in treatment
THIRDS = (("lowest third", BLUE, "-"), ("middle third", GREY, "--"), ("highest third", ORANGE, "-."))


@styled()
def draw(clients: pd.DataFrame, sessions: pd.DataFrame) -> Figure:
    """Draw from the clients and sessions tables of one scenario."""
    thirds = _thirds(clients)
    early = sessions[sessions["session"] <= SESSIONS].assign(third=sessions["client_id"].map(thirds))
    made, (top, bottom) = figure(
        _title(early),
        height=3.9,
        nrows=2,
        sharex=True,
        height_ratios=(3, 1.2),
    )
    _single_courses(top, early)
    ends = []
    for number, (name, colour, line) in enumerate(THIRDS):
        part = early[early["third"] == number]
        means = _means(part)
        top.plot(means["session"], means["mean"], line, color=colour, lw=1.4)
        ends.append((means["session"].iloc[-1], means["mean"].iloc[-1], name, colour))
        top.fill_between(means["session"], means["low"], means["high"], color=colour, alpha=0.18, lw=0)
        staying = 100 * part.groupby("session")["client_id"].nunique() / (thirds == number).sum()
        bottom.plot(staying.index, staying, line, color=colour, lw=1.4)
    top.set(ylabel="PHQ-9 (points, 0 to 27)", ylim=(0, None))
    bottom.set(xlabel="Session", ylabel="Still in\ntreatment (%)", ylim=(0, 105), xticks=range(1, SESSIONS + 1))
    heading(top, "By thirds of the therapist's burnout")
    at_ends(top, ends)
    return made


def _title(early: pd.DataFrame) -> str:
    """How clients of the most burned-out third compare with those of the least, at the last early session of both."""
    by = early[early["session"] <= COMPARED].groupby(["session", "third"])["phq9"].mean().unstack().dropna()
    if by.empty or not {0, 2} <= set(by.columns):
        return "Do clients of burned-out therapists get better more slowly?"
    more = by[2].iloc[-1] - by[0].iloc[-1]
    words = f"{abs(more):.1f} PHQ-9 points {'higher' if more >= 0 else 'lower'}"
    return f"Clients of the most burned-out therapists score {words} at session {by.index[-1]}"


def _thirds(clients: pd.DataFrame) -> pd.Series:
    """Third of burnout (0, 1, 2) by client; ties are kept in the order of the table, so that thirds are equal."""
    ranks = clients["burnout"].rank(method="first").to_numpy()
    return pd.Series(np.ceil(3 * ranks / len(clients)).astype(int) - 1, index=clients["client_id"])


def _means(part: pd.DataFrame) -> pd.DataFrame:
    """Mean over clients by session, with a 95 % interval whose unit is the therapist."""
    rows = []
    for session, group in part.groupby("session"):
        by_therapist = group.groupby("therapist_id")["phq9"].agg(["sum", "size"])
        k, n = len(by_therapist), len(group)
        if k < FEWEST_THERAPISTS or n < FEWEST_CLIENTS:
            break
        mean = by_therapist["sum"].sum() / n
        error = np.sqrt(k / (k - 1) * np.sum((by_therapist["sum"] - mean * by_therapist["size"]) ** 2)) / n
        reach = t.ppf(0.975, k - 1) * error
        rows.append({"session": session, "mean": mean, "low": mean - reach, "high": mean + reach})
    return pd.DataFrame(rows, columns=["session", "mean", "low", "high"])


def _single_courses(axes, early: pd.DataFrame, shown: int = 6) -> None:
    """A few clients with at least six sessions, evenly picked from the table."""
    long = early.groupby("client_id").size()
    ids = long.index[long >= min(6, long.max())]
    for place in np.unique(np.linspace(0, len(ids) - 1, shown).round().astype(int)):
        course = early[early["client_id"] == ids[place]]
        axes.plot(course["session"], course["phq9"], color=GREY, lw=0.5, alpha=0.45, zorder=0)
