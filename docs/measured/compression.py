"""Generators of tables made small."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, table

NETWORKS = {
    ("SDV alone: CTGAN", "whole"): "SDV's CTGAN, all defaults",
    ("SDV alone: TVAE", "whole"): "SDV's TVAE, all defaults",
    ("tvae", "whole"): "`tvae`: SDV's TVAE, one a class",
    ("vae", "whole"): "`vae`",
    ("vae", "int4"): "`vae`, 4 bits",
    ("vae", "half"): "`vae`, distilled to half the width",
    ("vae", "half, int8"): "the same, 8 bits",
    ("vae", "quarter, int8"): "`vae`, distilled to a quarter, 8 bits",
    ("vae", "pruned 50%"): "`vae`, half of the weights pruned",
    ("vae", "pruned 50%, distilled"): "the same, distilled",
}
STANDARD = {
    "vae": "`vae`",
    "SDV alone: TVAE": "SDV's TVAE",
    "SDV alone: CTGAN": "SDV's CTGAN",
    "tvae": "`tvae`",
}


def by_network(load: Callable[[str], Any]) -> str:
    """Return size and worth of each network, means over tables and seeds."""
    rows = []
    for row, title in _rows(load):
        sizes = [f"{row[key]:,.0f}" for key in ("n_parameters", "bytes_stored")]
        worth = [f"{row[key]:.3f}" for key in ("tstr_auc", "shapes", "trends", "detection_auc")]
        rows.append([title, *sizes, *worth])
    return table(["network", "parameters", "bytes", "TSTR", "shapes", "trends", "two-sample AUC"], rows)


def against_standard(load: Callable[[str], Any]) -> str:
    """Return how much smaller each network is than standard ones, and what it keeps on its worst table."""
    rows = []
    for row, title in _rows(load):
        if row["generator"] == "vae":
            found = [row["against"][key] for key in STANDARD]
            rows.append([title, *(_against(one) for one in found)])
    return table(["network", *(f"against {title}" for title in STANDARD.values())], rows)


def _rows(load: Callable[[str], Any]) -> list[tuple[dict[str, Any], str]]:
    found = {(row["generator"], row["way"]): row for row in load("compression")["summary"]}
    return [(found[key], title) for key, title in NETWORKS.items()]


def _against(found: dict[str, Any]) -> str:
    return f"{percent(found['fewer_bytes'])} fewer bytes, {percent(found['worst_tstr_auc'])} of TSTR"
