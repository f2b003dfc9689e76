"""A worked example on published counts: twelve hospitals, drawn like the therapists."""

from iatrogenesis.figures.caterpillar import draw as draw_caterpillar

ALT = "Twelve hospitals ordered by modelled death rate; raw rates are drawn towards the average."
CAPTION = (
    "The same model on published counts: deaths after infant heart surgery in twelve hospitals (A to L, from the "
    "bottom by modelled rate). Dot and bar: model with 95 % interval; open circle: raw rate."
)


def draw(therapists):
    """Draw from the hospitals' rows of the therapists table."""
    made = draw_caterpillar(therapists.drop(columns=["true_rate"], errors="ignore"))
    axes = made.axes[0]
    rows = therapists.sort_values("rate")
    axes.set_yticks(range(len(rows)), rows["therapist_id"])
    axes.set(xlabel="Died (% of operations)", ylabel="Hospital")
    axes.set_title("Do twelve hospitals differ, once chance is allowed for?")
    return made
