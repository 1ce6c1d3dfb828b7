"""Images with few labels."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, signed, table

ARMS = {
    "real": "no augmentation",
    "augmented": "random labels, standard augmentation",
    "self_training": "self-training",
    "vae": "synthetic images of a VAE",
    "diffusion": "synthetic images of a diffusion model",
    "diffusion_filtered": "the same, filtered",
    "synda": "SynDA chooses the labels",
}


def by_set(load: Callable[[str], Any]) -> str:
    """Return the accuracy of each way at each number of labels, and what was saved."""
    content = load("image_labels")
    counts = [str(count) for count in content["labels a class"]["reported"]]
    rows = []
    for row in content["table"]:
        accuracy = [f"{row['accuracy'][count][0]:.3f}" for count in counts]
        end = row.get("minus augmented", {}).get(counts[-1])
        cells = ["" if row["arm"] == "augmented" else percent(row["labels_saved"], "none")]
        cells += ["" if end is None else signed(end), _harmed(row)]
        rows.append([row["set"], ARMS.get(row["arm"], row["arm"]), str(row["n_seeds"]), *accuracy, *cells])
    header = ["images", "way", "seeds", *(f"{count} a class" for count in counts), "labels saved"]
    return table([*header, f"difference at {counts[-1]}", "significantly worse at"], rows)


def same_labels(load: Callable[[str], Any]) -> str:
    """Return what images that the loop labels itself add to the labels it asked for."""
    rows = []
    for row in load("image_labels")["same labels"]:
        pairs = zip(row["accuracy"].values(), row["minus alone"].values(), strict=True)
        cells = [told for alone, gain in pairs for told in (f"{alone[0]:.3f}", signed(gain))]
        rows.append([row["set"], str(row["n_seeds"]), *cells, _harmed(row)])
    counts = load("image_labels")["same labels"][0]["accuracy"]
    header = [told for n in counts for told in (f"{n} a class, alone", "with its own")]
    return table(["images", "seeds", *header, "significantly worse at"], rows)


def _harmed(row: dict[str, Any]) -> str:
    return ", ".join(count for count, p in row.get("p of harm, Holm", {}).items() if p < 0.05)
