"""How small a generator of tables can be made, and what that costs in quality.

    python benchmarks/compression.py [--data DIR] [--generators NAME,...] [--tables NAME,...] [--seeds N]
                                     [--quick] [--out FILE]

The generators are our TableVAE, the SDV's TVAE and CTGAN as its manual uses
them (all defaults, the label a column), and the adapter's TVAE (the SDV's
widths, one a class). The networks that draw the rows of the first and the last
are also replaced by smaller ones: narrower students distilled from them, fewer
bits, fewer weights. Distillation sees noise and the teacher, no data.

Quality is train on synthetic, test on real (AUC of gradient boosting on
held-out rows); likeness of columns and of pairs of columns to the held-out rows;
and how well boosting tells synthetic from held-out rows. Each way is compared
with each whole generator: shares of its parameters, bytes and figures. The TSTR
is compared plainly, and after 0.5 is taken off both where the other has more
than 0.6. Finished cells are written at once and not run again.
"""

import argparse
import copy
import itertools
import json
import pickle
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from _told import command_line
from ctgan.synthesizers.tvae import Decoder
from generators import Alone
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from torch import nn

from synda_sk.compression import distill, prune, quantize, report
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import SDVGenerator, TableVAE
from synda_sk.metrics import column_shapes, pair_trends
from synda_sk.nn import TableDecoder, initialise
from synda_sk.utils import TableEncoder, concat_rows

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "compression.json"
WHOLE = "whole"
N_BATCH = 256
FEWER = {
    "parameters": "n_parameters",
    "nonzero": "n_nonzero",
    "bytes": "bytes_stored",
    "flops": "flops_per_row",
}


class Teacher(NamedTuple):
    module: nn.Module
    noise: Callable[[torch.Generator], tuple[torch.Tensor, ...]]  # a batch of what `module` is called with
    sample: Callable[[nn.Module, np.ndarray], tuple[Any, np.ndarray]]  # rows of these labels out of a module
    pickled: int  # bytes of the generator as it is
    narrow: Callable[[float], nn.Module] | None = None  # the same at a share of the width, untrained


class Decoders(nn.Module):
    """The decoders of all classes, each with its own noise."""

    def __init__(self, decoders: list[nn.Module]) -> None:
        super().__init__()
        self.decoders = nn.ModuleList(decoders)

    def forward(self, *noise: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return sum((decoder(z) for decoder, z in zip(self.decoders, noise, strict=True)), ())


def tvae(X: Any, y: np.ndarray, seed: int, epochs: int) -> Teacher:
    generator = SDVGenerator("tvae", synthesizer_params={"epochs": epochs}, random_state=seed).fit(X, y)
    models = [synthesizer._model for synthesizer in generator.synthesizers_]

    def narrow(share: float) -> nn.Module:
        torch.manual_seed(seed)
        return Decoders(
            [
                Decoder(m.embedding_dim, [round(share * n) for n in m.decompress_dims], len(m.decoder.sigma))
                for m in models
            ]
        )

    def noise(rng: torch.Generator) -> tuple[torch.Tensor, ...]:
        return tuple(torch.randn(N_BATCH, model.embedding_dim, generator=rng) for model in models)

    def sample(module: nn.Module, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        copied = copy.deepcopy(generator)
        for synthesizer, decoder in zip(copied.synthesizers_, module.decoders, strict=True):
            synthesizer._model.decoder = decoder
        return copied.sample(len(labels), labels)

    module = Decoders([copy.deepcopy(model.decoder) for model in models])
    return Teacher(module, noise, sample, len(pickle.dumps(generator)), narrow)


def vae(X: Any, y: np.ndarray, seed: int, epochs: int) -> Teacher:
    """Our network; it trains by steps of its own number, not by epochs."""
    generator = TableVAE(random_state=seed).fit(X, y)
    whole = generator.to_module()

    def narrow(share: float) -> nn.Module:
        shape = generator._shape | {"width": round(share * generator.width)}
        student = initialise(TableDecoder(**shape), torch.Generator().manual_seed(seed))
        student.spread.data.copy_(whole.spread)  # no output of the network, so nothing would teach it
        return student

    def noise(rng: torch.Generator) -> tuple[torch.Tensor, ...]:
        labels = torch.randint(len(generator.classes_), (N_BATCH,), generator=rng)
        state = np.random.RandomState(int(torch.randint(2**31, (1,), generator=rng)))
        return torch.from_numpy(generator._draw_latent(labels.numpy(), state)).float(), labels

    def sample(module: nn.Module, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        return generator.with_module(module).sample(len(labels), labels)

    return Teacher(whole, noise, sample, len(pickle.dumps(generator)), narrow)


def alone(name: str) -> Callable[[Any, np.ndarray, int, int], Teacher]:
    def fit(X: Any, y: np.ndarray, seed: int, epochs: int) -> Teacher:
        generator = Alone(f"{name}Synthesizer", epochs, seed).fit(X, y)
        model = generator.synthesizer._model
        network, n_in = (
            (model.decoder, model.embedding_dim)
            if name == "TVAE"
            else (model._generator, model._embedding_dim + model._data_sampler.dim_cond_vec())
        )

        def noise(rng: torch.Generator) -> tuple[torch.Tensor, ...]:
            return (torch.randn(N_BATCH, n_in, generator=rng),)

        def sample(module: nn.Module, labels: np.ndarray) -> tuple[Any, np.ndarray]:
            return generator.sample(len(labels))  # with the labels it draws

        return Teacher(network, noise, sample, len(pickle.dumps(generator.synthesizer)))

    return fit


TEACHERS = {"vae": vae, "SDV alone: TVAE": alone("TVAE"), "SDV alone: CTGAN": alone("CTGAN"), "tvae": tvae}


def mobile_money(data: Path, seed: int) -> tuple[Any, np.ndarray]:
    X, y = make_mobile_money(12_000, fraud_rate=0.05, difficulty="hard", random_state=seed)[:2]
    return X, np.asarray(y)


def breast_cancer(data: Path, seed: int) -> tuple[Any, np.ndarray]:
    return load_breast_cancer(return_X_y=True, as_frame=True)


def adult(data: Path, seed: int) -> tuple[Any, np.ndarray]:
    frame = pd.read_csv(data / "adult" / "adult.csv.gz").sample(8_000, random_state=seed)
    return frame.drop(columns=["income", "split"]), (frame["income"] == ">50K").to_numpy(int)


def bank_marketing(data: Path, seed: int) -> tuple[Any, np.ndarray]:
    frame = pd.read_csv(data / "bank_marketing" / "bank_marketing.csv.gz")
    return frame.drop(columns=["y", "duration"]), (frame["y"] == "yes").to_numpy(int)


TABLES: dict[str, Callable[[Path, int], tuple[Any, np.ndarray]]] = {
    "mobile_money": mobile_money,
    "breast_cancer": breast_cancer,
    "adult": adult,
    "bank_marketing": bank_marketing,
}


def make_variants(teacher: Teacher, seed: int, n_steps: int, quick: bool) -> dict[str, nn.Module]:
    """Return the teacher's module made smaller in each way."""
    if teacher.narrow is None:
        return {}

    def learn(student: nn.Module) -> nn.Module:
        return distill(teacher.module, student, teacher.noise, n_steps=n_steps, random_state=seed)

    half = learn(teacher.narrow(0.5))
    made = {
        "half": half,
        "int8": quantize(teacher.module, 8),
        "pruned 50%": prune(teacher.module, amount=0.5),
    }
    if quick:
        return made
    quarter = learn(teacher.narrow(0.25))
    made |= {
        "quarter": quarter,
        "half untrained": teacher.narrow(0.5),
        "int4": quantize(teacher.module, 4),
        "half, int8": quantize(half, 8),
        "quarter, int8": quantize(quarter, 8),
    }
    for share in (0.3, 0.5, 0.7):
        pruned = prune(teacher.module, amount=share)
        made[f"pruned {share:.0%}"] = pruned
        made[f"pruned {share:.0%}, distilled"] = learn(pruned)
    return made


def boosting(seed: int) -> Any:
    return make_pipeline(TableEncoder(), HistGradientBoostingClassifier(random_state=seed))


def measure(teacher: Teacher, module: nn.Module, rows: dict[str, Any], seed: int) -> dict[str, float]:
    """Return what a module costs and how good the rows are that come out of it."""
    X, y = teacher.sample(module, rows["y_train"])
    n = min(len(y), len(rows["y_test"]))
    source = np.repeat([0, 1], n)
    both = concat_rows(rows["X_test"][:n], X.sample(n, random_state=seed))
    told = cross_val_predict(boosting(seed), both, source, cv=3, method="predict_proba")[:, 1]
    cost = report(module, teacher.noise(torch.Generator().manual_seed(0)))
    return {
        "tstr_auc": round(tstr(X, y, rows, seed), 4),
        "shapes": round(float(np.mean(list(column_shapes(rows["X_test"], X).values()))), 4),
        "trends": round(float(np.mean(list(pair_trends(rows["X_test"], X).values()))), 4),
        "detection_auc": round(float(roc_auc_score(source, told)), 4),
        "n_parameters": cost.n_parameters,
        "n_nonzero": cost.n_nonzero,
        "bytes_stored": cost.bytes_stored,
        "bytes_fp32": cost.bytes_fp32,
        "flops_per_row": cost.flops // N_BATCH,
    }


def tstr(X: Any, y: np.ndarray, rows: dict[str, Any], seed: int) -> float:
    if len(np.unique(y)) < 2:
        return 0.5
    score = boosting(seed).fit(X, y).predict_proba(rows["X_test"])[:, 1]
    return float(roc_auc_score(rows["y_test"], score))


def run(table: str, name: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    X, y = TABLES[table](options.data, seed)
    n_train = min(options.rows, len(X) // 2)
    X_train, X_test, y_train, y_test = train_test_split(
        X,
        np.asarray(y),
        train_size=n_train,
        test_size=min(4 * n_train, len(X) - n_train),
        random_state=seed,
        stratify=y,
    )
    rows = {"y_train": y_train, "X_test": X_test, "y_test": y_test}
    start = time.process_time()
    teacher = TEACHERS[name](X_train, y_train, seed, options.epochs)
    seconds = time.process_time() - start
    start = time.process_time()
    modules = {WHOLE: teacher.module} | make_variants(teacher, seed, options.steps, options.quick)
    return {
        "n_train": n_train,
        "positive_rate": round(float(np.mean(y_train)), 4),
        "real_auc": round(tstr(X_train, y_train, rows, seed), 4),
        "bytes_pickle": teacher.pickled,
        "fit_cpu_seconds": round(seconds, 1),
        "compress_cpu_seconds": round(time.process_time() - start, 1),
        "variants": {way: measure(teacher, module, rows, seed) for way, module in modules.items()},
    }


def summarise(cells: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each way of each generator: means, and how it compares with each whole generator."""
    found: dict[tuple[str, str], dict[tuple[str, str], dict[str, float]]] = {}
    for key, cell in cells.items():
        table, name, seed = key.split("/")
        for way, figures in cell["variants"].items():
            found.setdefault((name, way), {})[table, seed] = figures
    rows = []
    for (name, way), own in found.items():
        tables = by_table(own)
        row: dict[str, Any] = {"generator": name, "way": way, "n_cells": len(own)}
        row |= {k: _round(np.mean([t[k] for t in tables.values()])) for k in next(iter(tables.values()))}
        row["tables"] = {t: {k: _round(v) for k, v in figures.items()} for t, figures in tables.items()}
        row["against"] = {
            other: compare(own, found[other, WHOLE])
            for other in TEACHERS
            if own.keys() & found.get((other, WHOLE), {}).keys()
        }
        rows.append(row)
    return rows


def by_table(cells: dict[tuple[str, str], dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return means over the seeds."""
    runs: dict[str, list[dict[str, float]]] = {}
    for (table, _), figures in cells.items():
        runs.setdefault(table, []).append(figures)
    return {t: {k: float(np.mean([r[k] for r in own])) for k in own[0]} for t, own in runs.items()}


def compare(own: dict[Any, dict[str, float]], other: dict[Any, dict[str, float]]) -> dict[str, Any]:
    """Return shares of the other's figures on shared cells: means over the tables, and the worst."""
    shared = own.keys() & other.keys()
    first, second = (by_table({cell: cells[cell] for cell in sorted(shared)}) for cells in (own, other))
    pairs = [(first[table], second[table]) for table in first]
    known = [(a["tstr_auc"] - 0.5, b["tstr_auc"] - 0.5) for a, b in pairs if b["tstr_auc"] > 0.6]
    shares = {name: [a[name] / b[name] for a, b in pairs] for name in ("tstr_auc", "shapes", "trends")}
    shares["tstr_beyond_chance"] = [a / b for a, b in known]
    row: dict[str, Any] = {"n_cells": len(shared)}
    for name, key in FEWER.items():
        row[f"fewer_{name}"] = _round(np.mean([1 - a[key] / b[key] for a, b in pairs]))
    for name, values in shares.items():
        if values:
            row |= {name: _round(np.mean(values)), f"worst_{name}": _round(min(values))}
    lower = [b["detection_auc"] - a["detection_auc"] for a, b in pairs]
    return row | {"detection_auc_less": _round(np.mean(lower))}


def _round(value: Any) -> float:
    return round(float(value), 3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument(
        "--data", type=Path, default=Path(), help="folder with the folders adult and bank_marketing"
    )
    parser.add_argument("--tables", type=lambda text: text.split(","), default=list(TABLES))
    parser.add_argument("--generators", type=lambda text: text.split(","), default=list(TEACHERS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000, help="training rows")
    parser.add_argument("--epochs", type=int, default=300, help="of the SDV's networks; 300 is its default")
    parser.add_argument("--steps", type=int, default=1_000, help="of each distillation")
    parser.add_argument(
        "--quick", action="store_true", help="breast_cancer, one seed, 5 epochs, 50 steps, three ways"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.quick:
        options.tables, options.seeds, options.epochs, options.steps = ["breast_cancer"], 1, 5, 50
    for option, known in (("tables", TABLES), ("generators", TEACHERS)):
        for name in getattr(options, option):
            if name not in known:
                parser.error(f"--{option}: {name!r} is none of {', '.join(known)}")
    settings = {key: getattr(options, key) for key in ("rows", "epochs", "steps")}
    content: dict[str, Any] = {"settings": settings, "cells": {}}
    if options.out.exists():
        content = json.loads(options.out.read_text())
        if content["settings"] != settings:
            parser.error(f"--out: {options.out} was made with {content['settings']}; name another file")
    content |= {
        "command": command_line(),
        "versions": versions() | {name: version(name) for name in ("torch", "sdv", "ctgan", "safetensors")},
        "skipped": {},
    }
    for table in options.tables:
        if table in ("adult", "bank_marketing") and not (options.data / table).is_dir():
            content["skipped"][table] = "DATA absent (not in the folder given by --data)"
            print(f"{table}: skipped: {content['skipped'][table]}")
    torch.set_num_threads(1)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for seed, table, name in itertools.product(range(options.seeds), options.tables, options.generators):
        key = f"{table}/{name}/{seed}"
        if table in content["skipped"] or key in content["cells"]:
            continue
        cell = content["cells"][key] = run(table, name, seed, options)
        write_json(options.out, content | {"summary": summarise(content["cells"])})
        shown = {k: v for k, v in cell.items() if k != "variants"} | cell["variants"][WHOLE]
        sys.stderr.write(f"{key}: {json.dumps(shown)}\n")
    content["summary"] = summarise(content["cells"])
    write_json(options.out, content)
    for row in content["summary"]:
        print(
            f"{row['generator']}, {row['way']} ({row['n_cells']} cells): {row['n_parameters']:.0f} "
            f"parameters, {row['bytes_stored']:.0f} bytes, TSTR {row['tstr_auc']:.3f}, shapes "
            f"{row['shapes']:.3f}, trends {row['trends']:.3f}, detection {row['detection_auc']:.3f}"
        )
        for other, share in row["against"].items():
            print(
                f"    of {other}: {share['fewer_bytes']:.1%} fewer bytes, TSTR {share['tstr_auc']:.1%} "
                f"(worst {share['worst_tstr_auc']:.1%}), shapes {share['shapes']:.1%}, "
                f"trends {share['trends']:.1%}, detection lower by {share['detection_auc_less']:.3f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
