"""What the research proposal promises against what was measured."""

from collections.abc import Callable
from statistics import mean, median
from typing import Any, NamedTuple

from measured._format import names, percent, signed, table
from measured.images import beside_teachers, fewer, nearness, worth

DOMAINS = ("finance", "health", "agriculture", "education")
BASELINES = {
    "real rows alone": ("random",),
    "transfer": ("transfer", "transfer tuned"),
    "active learning without synthetic data": ("active learning", "entropy"),
    "synthetic data without active learning": ("synthetic",),
    "semi-supervised": ("self-training", "label spreading"),
}
OF_IMAGES = {  # what benchmarks/image_labels.py has of these arms
    "random": ("augmented",),
    "synthetic": ("vae", "diffusion", "diffusion_filtered"),
    "self-training": ("self_training",),
}
FEWER_LABELS, CHEAPER, BETTER = (0.40, "40 to 60 %"), (0.30, "30 to 50 %"), (0.15, "15 to 30 %")
KEPT = 0.85
Load = Callable[[str], Any]


class Cell(NamedTuple):
    """A share measured, whether it is more than chance, and the least that was promised."""

    share: float | None
    promised: float
    is_sure: bool = True
    sign: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the promise was kept."""
        return self.share is not None and self.share >= self.promised

    def __str__(self) -> str:
        if self.share is None:
            return "none"
        text = percent(self.share, sign=self.sign)
        text = text if self.is_sure else f"({text})"
        return f"**{text}**" if self.is_reached else text


def summary(load: Load) -> str:
    """Return a row for each promise: what was promised, how often it was reached, the range measured."""
    columns = _columns(load)
    rows = [
        _promise("labels saved against random labelling", FEWER_LABELS[1], columns["saved"], "data sets"),
        _promise("cost of labels saved", CHEAPER[1], _costs(load), "data sets"),
    ]
    for title in BASELINES:
        told = [cell for cell in columns[title] if cell is not None]
        rows.append(_promise(f"better at equal labels: {title}", BETTER[1], told, "data sets"))
    kept = [cell for *_, cell, _ in _generators(load)]
    title = "worth of a generator with 50 to 75 % fewer numbers"
    rows.append(_promise(title, "85 % or more", kept, "generators"))
    return table(["promise", "promised", "reached", "least, median, most"], rows)


def promises(load: Load) -> str:
    """Return a row for each data set and a column for each promise; what was reached is bold."""
    columns = _columns(load)
    rows = []
    for i, row in enumerate(_sets(load)):
        told = ["" if column[i] is None else str(column[i]) for column in columns.values()]
        rows.append([row["domain"], _name(row), *told, _end(row), str(row["n_seeds"])])
    header = ["domain", "data set", f"labels saved ({FEWER_LABELS[1]})"]
    header += [f"better than {title} ({BETTER[1]})" for title in BASELINES]
    return table([*header, "at labels", "seeds"], rows)


def generators(load: Load) -> str:
    """Return what smaller generators keep of their quality."""
    rows = [
        [data, title, percent(fewer), str(kept), near] for data, title, fewer, kept, near in _generators(load)
    ]
    header = ["data", "generator", "fewer numbers (50 to 75 %)", "worth kept as training data (85 % or more)"]
    return table([*header, "Frechet distance: the larger one's over its own"], rows)


def cost(load: Load) -> str:
    """Return what share of the cost of labels is saved, and what computing that takes."""
    rows = []
    for row, cell in zip(_sets(load), _costs(load), strict=True):
        extra = row["arms"]["synda"]["cpu_seconds"] - row["arms"]["random"]["cpu_seconds"]
        fewer = (cell.share or 0) * int(_end(row))
        price = f"{extra / fewer:.2g} s" if fewer > 0 else ""
        rows.append([row["domain"], _name(row), str(cell), f"{extra:.1f} s", price])
    header = ["domain", "data set", f"cost of labels saved ({CHEAPER[1]})", "CPU more than random labelling"]
    return table([*header, "for each label saved"], rows)


def against_baselines(load: Load) -> str:
    """Return every arm at the first, the middle and the last number of labels."""
    rows = []
    for row in _sets(load):
        for arm, found in row["arms"].items():
            cells = [_at(n, cell) for n, cell in found["at"].items()]
            synthetic = "{} of {}".format(*found["models_with_synthetic"])
            rows.append([_name(row), arm, str(row["n_seeds"]), *cells, synthetic])
    header = ["data set", "arm", "seeds", "first labels", "half way", "the end"]
    return table([*header, "models with synthetic rows"], rows)


def sources(load: Load) -> str:
    """Return what transfer learnt from, and which data sets had nothing of the kind."""
    told: dict[str, list[str]] = {}
    for row in _sets(load):
        told.setdefault(load("headline")["source of transfer"][row["set"]], []).append(_name(row))
    return "\n".join(f"- {names(found)}: {source}." for source, found in told.items())


def _sets(load: Load) -> list[dict[str, Any]]:
    found = load("headline")["table"]
    return [row for domain in DOMAINS for row in found if row["domain"] == domain]


def _name(row: dict[str, Any]) -> str:
    return row["set"].replace("_", " ")


def _end(row: dict[str, Any]) -> str:
    return list(row["arms"]["synda"]["at"])[-1]


def _columns(load: Load) -> dict[str, list[Cell | None]]:
    """Return the cells of each promise, one a data set."""
    sets = _sets(load)
    columns: dict[str, list[Cell | None]] = {
        "saved": [Cell(_share_saved(load, row), FEWER_LABELS[0]) for row in sets]
    }
    return columns | {title: [_better(load, row, arms) for row in sets] for title, arms in BASELINES.items()}


def _costs(load: Load) -> list[Cell]:
    return [Cell(_share_saved(load, row), CHEAPER[0]) for row in _sets(load)]


def _share_saved(load: Load, row: dict[str, Any]) -> float | None:
    """Return the labels saved of the benchmark made for that, of this one where it lacks the data set."""
    found = {row["set"]: row["arms"]["synda"]["labels_saved"]}
    for one in load("image_labels" if row["of images"] else "labels_saved")["table"]:
        name, _, model = one.get("cell", one.get("set")).partition("/")
        if one["arm"] == "synda" and model in ("", "forest"):
            found[name] = one["labels_saved"]
    return found[row["set"]]


def _better(load: Load, row: dict[str, Any], arms: tuple[str, ...]) -> Cell | None:
    """Compare with the strongest of these arms at the last number of labels."""
    found = []
    for arm in arms:
        of_images = _better_images(load, row["set"], arm) if row["of images"] else []
        if not of_images and arm in row["arms"]:
            cell = row["arms"][arm]["at"][_end(row)]
            found.append(Cell(cell["relative"], BETTER[0], cell.get("p, Holm", 1) < 0.05, "+"))
        found += of_images
    return min(found, key=lambda cell: cell.share) if found else None


def _better_images(load: Load, name: str, arm: str) -> list[Cell]:
    ends: dict[str, dict[str, float]] = {}
    for key, run in load("image_labels")["runs"].items():
        data, played, seed = key.split("/")
        if data == name:
            ends.setdefault(played, {})[seed] = run["scores"][-1][0]
    cells = []
    for other in OF_IMAGES.get(arm, ()):
        own, theirs = ends.get("synda", {}), ends.get(other, {})
        shared = own.keys() & theirs.keys()
        if len(shared) > 1:
            better = mean(own[seed] for seed in shared) / mean(theirs[seed] for seed in shared) - 1
            cells.append(Cell(better, BETTER[0], False, "+"))
    return cells


def _promise(title: str, promised: str, cells: list[Cell], what: str) -> list[str]:
    known = [cell.share for cell in cells if cell.share is not None]
    if not known:
        return [title, promised, f"0 of {len(cells)} {what}", ""]
    never = len(cells) - len(known)
    sign = cells[0].sign
    told = ", ".join(percent(value, sign=sign) for value in (min(known), median(known), max(known)))
    told += f" (never: {never})" if never else ""
    reached = [cell for cell in cells if cell.is_reached]
    count = f"{len(reached)} of {len(cells)} {what}"
    if sign:  # differences, which are tested
        count += f", {sum(cell.is_sure for cell in reached)} significantly"
    return [title, promised, count, told]


def _generators(load: Load) -> list[tuple[str, str, float, Cell, str]]:
    """Return data, names, shares of numbers spared, worth kept, and Frechet distances."""
    told = {row["way"]: row["against"] for row in load("compression")["summary"] if row["generator"] == "vae"}
    pairs = {
        "`vae` against SDV's TVAE": told["whole"]["SDV alone: TVAE"],
        "`vae` against SDV's CTGAN": told["whole"]["SDV alone: CTGAN"],
        "`vae` of half the width against the whole": told["half"]["vae"],
        "`vae` of a quarter of the width": told["quarter"]["vae"],
    }
    rows = [
        ("tables, the worst of four", title, one["fewer_parameters"], Cell(one["worst_tstr_auc"], KEPT), "")
        for title, one in pairs.items()
    ]
    for cell, _, both in beside_teachers(load):
        name, n = cell.replace("_", " ").split("/")
        share, kept, near = (mean(told(*pair) for pair in both) for told in (fewer, worth, nearness))
        data = f"{name}, {n} images a class"
        rows.append((data, "diffusion against its teacher", share, Cell(kept, KEPT), f"{near:.2f}"))
    return rows


def _at(n_labels: str, cell: dict[str, Any]) -> str:
    told = f"{n_labels}: {cell['mean'][0]:.3f}"
    if "synda minus it" not in cell:
        return told
    mark = "\\*" if cell.get("p, Holm", 1) < 0.05 else ""
    return f"{told} ({signed(cell['synda minus it'])}{mark})"
