"""Members of an ensemble as the tests of conclusions and of their drivers write them."""

import numpy as np
import pandas as pd


def table(values, mcse=0.0, name="net"):
    """Members of one conclusion."""
    values = np.asarray(values, dtype=float)
    return pd.DataFrame(
        {"conclusion": name, "label": name.title(), "member": np.arange(len(values)), "value": values, "mcse": mcse}
    )
