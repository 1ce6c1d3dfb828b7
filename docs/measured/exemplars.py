"""A generator from elsewhere and a few local images."""

from collections.abc import Callable
from statistics import mean
from typing import Any

from measured._format import table

WAYS = {
    "images": "the local images themselves",
    "elsewhere": "generator of elsewhere, as it is",
    "fine-tuned": "the same, trained on with the local images",
    "as context": "generator of both, the place as context",
    "local alone": "generator of the local images alone",
}


def by_way(load: Callable[[str], Any]) -> str:
    """Return the worth of each way, means over the seeds."""
    rows = []
    for name, seeds in load("exemplars")["runs"].items():
        keys = {key: None for found in seeds.values() for key in found}
        for key in sorted(keys, key=lambda key: int(key.partition(", ")[2] or 0)):
            way, _, n = key.partition(", ")
            own = [found[key] for found in seeds.values() if key in found]
            told = [mean(one[measure] for one in own) for measure in ("CAS", "Frechet", "agree")]
            seconds = [one["training seconds"] for one in own if "training seconds" in one]
            rows.append(
                [name, WAYS[way], n, str(len(own)), f"{told[0]:.3f}", f"{told[1]:.3g}", f"{told[2]:.2f}"]
                + [f"{mean(seconds):.0f} s" if seconds else ""]
            )
    header = ["place", "images of", "local images a class", "seeds", "CAS", "Frechet", "agree", "training"]
    return table(header, rows)
