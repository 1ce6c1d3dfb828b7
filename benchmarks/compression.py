"""How small SDV's TVAE can be made, and what that costs in quality.

    python benchmarks/compression.py [--data DIR] [--tables NAME,...] [--seeds N] [--quick] [--out FILE]

The teacher is the adapter's TVAE with SDV's default widths, one a class. Its
decoders, which are all that sampling needs of the networks, are replaced by
smaller ones: narrower students distilled from them, fewer bits, fewer weights.
Distillation sees noise and the teacher, no data. Quality is train on synthetic,
test on real (AUC of gradient boosting on held-out rows), as a share of the
teacher's, plainly and after 0.5 is taken off both; and how well boosting tells
synthetic from held-out rows. Another teacher is a function that returns a
`Teacher`: see TEACHERS.
"""

import argparse
import copy
import json
import pickle
import shlex
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from ctgan.synthesizers.tvae import Decoder
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from torch import nn

from synda_sk.compression import distill, prune, quantize, report
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import SDVGenerator
from synda_sk.utils import TableEncoder, concat_rows

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "compression.json"
TEACHER = "teacher"


class Teacher(NamedTuple):
    module: nn.Module
    narrow: Callable[[float], nn.Module]  # the same at a share of the width, untrained
    noise: Callable[[torch.Generator], tuple[torch.Tensor, ...]]  # a batch of what `module` is called with
    sample: Callable[[nn.Module, np.ndarray], tuple[Any, np.ndarray]]  # rows of these labels out of a module
    pickled: int  # bytes of the generator as it is


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
        return tuple(torch.randn(256, model.embedding_dim, generator=rng) for model in models)

    def sample(module: nn.Module, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        copied = copy.deepcopy(generator)
        for synthesizer, decoder in zip(copied.synthesizers_, module.decoders, strict=True):
            synthesizer._model.decoder = decoder
        return copied.sample(len(labels), labels)

    module = Decoders([copy.deepcopy(model.decoder) for model in models])
    return Teacher(module, narrow, noise, sample, len(pickle.dumps(generator)))


TEACHERS = {"tvae": tvae}


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
    score = boosting(seed).fit(X, y).predict_proba(rows["X_test"])[:, 1]
    n = min(len(y), len(rows["y_test"]))
    both = concat_rows(rows["X_test"][:n], X.sample(n, random_state=seed))
    source = np.repeat([0, 1], n)
    told = cross_val_predict(boosting(seed), both, source, cv=3, method="predict_proba")[:, 1]
    cost = report(module, teacher.noise(torch.Generator().manual_seed(0)))
    return {
        "tstr_auc": round(float(roc_auc_score(rows["y_test"], score)), 4),
        "detection_auc": round(float(roc_auc_score(source, told)), 4),
        "n_parameters": cost.n_parameters,
        "n_nonzero": cost.n_nonzero,
        "bytes_stored": cost.bytes_stored,
        "bytes_fp32": cost.bytes_fp32,
        "flops_per_row": cost.flops // 256,
    }


def run(name: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    X, y = TABLES[name](options.data, seed)
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
    teacher = TEACHERS[options.teacher](X_train, y_train, seed, options.epochs)
    seconds = time.process_time() - start
    real = boosting(seed).fit(X_train, y_train).predict_proba(X_test)[:, 1]
    start = time.process_time()
    modules = {TEACHER: teacher.module} | make_variants(teacher, seed, options.steps, options.quick)
    return {
        "n_train": n_train,
        "positive_rate": round(float(np.mean(y_train)), 4),
        "real_auc": round(float(roc_auc_score(y_test, real)), 4),
        "bytes_pickle": teacher.pickled,
        "fit_cpu_seconds": round(seconds, 1),
        "compress_cpu_seconds": round(time.process_time() - start, 1),
        "variants": {way: measure(teacher, module, rows, seed) for way, module in modules.items()},
    }


def summarise(cells: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return for each way shares of the teacher: means over seeds, then over tables, and the worst table."""
    found: dict[str, dict[str, Any]] = {}
    for way in next(iter(next(iter(cells.values())).values()))["variants"]:
        by_table = {}
        for name, runs in cells.items():
            values = {
                key: np.mean([[r["variants"][w][key] for w in (way, TEACHER)] for r in runs.values()], axis=0)
                for key in ("tstr_auc", "detection_auc", "n_nonzero", "bytes_stored", "flops_per_row")
            }
            auc, best = values["tstr_auc"]
            by_table[name] = {
                "tstr_auc": auc,
                "quality": auc / best,
                "quality_beyond_chance": (auc - 0.5) / (best - 0.5),
                "detection_auc": values["detection_auc"][0],
                "fewer_nonzero": 1 - values["n_nonzero"][0] / values["n_nonzero"][1],
                "fewer_bytes": 1 - values["bytes_stored"][0] / values["bytes_stored"][1],
                "fewer_flops": 1 - values["flops_per_row"][0] / values["flops_per_row"][1],
            }
        rounded = {name: {k: round(float(v), 3) for k, v in row.items()} for name, row in by_table.items()}
        row = {key: round(float(np.mean([t[key] for t in by_table.values()])), 3) for key in by_table[name]}
        for key in ("quality", "quality_beyond_chance"):
            row[f"worst_{key}"] = min(table[key] for table in rounded.values())
        found[way] = row | {"tables": rounded}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument(
        "--data", type=Path, default=Path(), help="folder with the folders adult and bank_marketing"
    )
    parser.add_argument("--tables", help=f"some of {', '.join(TABLES)}")
    parser.add_argument("--teacher", choices=TEACHERS, default="tvae")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000, help="training rows")
    parser.add_argument("--epochs", type=int, default=300, help="of the teacher; 300 is SDV's default")
    parser.add_argument("--steps", type=int, default=1_000, help="of each distillation")
    parser.add_argument(
        "--quick", action="store_true", help="breast_cancer, one seed, 5 epochs, 50 steps, three ways"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.quick:
        options.tables, options.seeds, options.epochs, options.steps = "breast_cancer", 1, 5, 50
    names = options.tables.split(",") if options.tables else list(TABLES)
    words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
    content: dict[str, Any] = {
        "command": shlex.join(["python", "benchmarks/compression.py", *words]),
        "versions": versions() | {name: version(name) for name in ("torch", "sdv", "ctgan", "safetensors")},
        "settings": {key: getattr(options, key) for key in ("teacher", "rows", "epochs", "steps", "seeds")},
        "skipped": {},
        "cells": {},
        "summary": {},
    }
    torch.set_num_threads(1)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name not in TABLES:
            parser.error(f"--tables: {name!r} is none of {', '.join(TABLES)}")
        if name in ("adult", "bank_marketing") and not (options.data / name).is_dir():
            content["skipped"][name] = "DATA absent (not in the folder given by --data)"
            print(f"{name}: skipped: {content['skipped'][name]}")
    for seed in range(options.seeds):
        for name in names:
            if name in content["skipped"]:
                continue
            cell = run(name, seed, options)
            content["cells"].setdefault(name, {})[str(seed)] = cell
            content["summary"] = summarise(content["cells"])
            write_json(options.out, content)
            sys.stderr.write(
                f"{name} {seed}: {json.dumps({k: v for k, v in cell.items() if k != 'variants'})}\n"
            )
    for way, row in content["summary"].items():
        print(
            f"{way:22s} {row['fewer_bytes']:6.1%} fewer bytes, {row['fewer_nonzero']:6.1%} fewer weights, "
            f"quality {row['quality']:6.1%} (worst {row['worst_quality']:6.1%}), beyond chance "
            f"{row['quality_beyond_chance']:6.1%} (worst {row['worst_quality_beyond_chance']:6.1%}), "
            f"detection {row['detection_auc']:.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
