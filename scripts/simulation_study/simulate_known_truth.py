"""Draw clients from the therapist model itself; write them, and the exact truth in the units of the fitted data."""

import pandas as pd

from iatrogenesis.core.files import write_csv, write_parquet
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.models.interaction import TRUE_STATES
from iatrogenesis.inference.models.measurement import TRAITS
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate, truth
from iatrogenesis.verification.records import recorded


def main(known_truth: dict, seed: int, clients_path: str, truth_path: str) -> None:
    """Write the clients and the truth of each parameter."""
    sizes = (known_truth["clients_per_therapist"],) * known_truth["therapists"]
    rest = {name: value for name, value in known_truth.items() if name not in ("therapists", "clients_per_therapist")}
    design = LogitNormal(clients_per_therapist=sizes, **rest)
    clients = simulate(design, Noise(seed)).clients
    exact = truth(design, from_clients(clients, TRUE_STATES, dataset="known"))
    exact |= {f"log_odds_ratio[{trait}]": getattr(design.coefficients, trait) for trait in TRAITS}
    write_parquet(clients, clients_path)
    write_csv(pd.DataFrame({"estimand": list(exact), "truth": list(exact.values())}), truth_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            known_truth=snakemake.params.known_truth,
            seed=snakemake.params.seed,
            clients_path=snakemake.output.clients,
            truth_path=snakemake.output.truth,
        )
