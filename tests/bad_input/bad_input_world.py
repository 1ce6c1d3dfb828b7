"""Small fitted things to be given bad input, and whether it changed them."""

import contextlib
import copy
import io
import json
import pickle

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier, SyntheticAugmenter, cli
from synda_sk.evaluation import run_protocol
from synda_sk.images import ConvClassifier
from synda_sk.interop import case_queue, label_studio
from synda_sk.quality import QualityFilter
from synda_sk.selection import ProxyClassifier
from synda_sk.utils import TableCodec, TableEncoder

LR = LogisticRegression(max_iter=1000)
N_ROWS, N_KNOWN = 60, 30


class CommandError(Exception):
    """What the command line wrote before it gave up."""


def state_of(clf, X):
    """All that bad input must leave as it was."""
    return {
        "parameters": {name: repr(value) for name, value in clf.get_params().items()},
        "classes_": clf.classes_.tolist(),
        "n_labels_": clf.n_labels_,
        "labeled_iter_": clf.labeled_iter_.tolist(),
        "set_aside_": clf.set_aside_.tolist(),
        "history_": repr(clf.history_),
        "predict_proba": clf.predict_proba(X).tobytes(),
    }


class World:
    """Tables, classifiers with and without a pool, fitted parts, and files."""

    def __init__(self, folder):
        self.folder = folder
        self.images = folder / "images"
        self.stack = np.random.default_rng(0).uniform(size=(N_ROWS, 4, 4))
        self.X, self.y = make_classification(N_ROWS, 4, n_redundant=0, weights=[0.7], random_state=5)
        self.partly = np.where(np.arange(N_ROWS) < N_KNOWN, self.y, np.nan)
        self.frame = pd.DataFrame(self.X, columns=list("abcd")).assign(kind=["bill", "transfer"] * 30)
        self.journal = folder / "labels.db"
        self.live = SynDAClassifier(LR, journal=self.journal, query_estimator=None, random_state=0).fit(
            self.X, self.partly
        )
        self.live.teach(np.array([40]), self.y[[40]])
        self.framed = SynDAClassifier(make_pipeline(TableEncoder(), LR), random_state=0)
        self.framed.fit(self.frame, self.partly)
        self.done = SynDAClassifier(LR, random_state=0).fit(self.X, self.y)
        self.model = LR.fit(self.X, self.y)
        self.augmenter = SyntheticAugmenter(random_state=0).fit(self.X, self.y)
        self.quality = QualityFilter(threshold=0.5, random_state=0).fit(self.X, self.y)
        self.proxy = ProxyClassifier(LogisticRegression(), random_state=0).distill(self.model, self.X)
        self.network = ConvClassifier(width=1, max_steps=1, random_state=0).fit(self.X, self.y)
        self.encoder = TableEncoder().fit(self.frame)
        self.codec = TableCodec().fit(self.frame)
        self.parts = (
            self.framed,
            self.augmenter,
            self.quality,
            self.proxy,
            self.network,
            self.encoder,
            self.codec,
            self.model,
        )
        self._copies = []
        self._write_files()

    def having(self, **params):
        """Return a copy of the live classifier with other parameters, to be compared later."""
        clf = copy.deepcopy(self.live).set_params(**params)
        self._copies.append((clf, state_of(clf, self.X)))
        return clf

    def state(self):
        """All that bad input must leave as it was."""
        return {
            "live": state_of(self.live, self.X),
            "done": state_of(self.done, self.X),
            "journal": self.journal.read_bytes(),
            "parts": [pickle.dumps(part) for part in self.parts],
            "files": sorted(path.name for path in self.folder.iterdir()),
        }

    def changed_copies(self):
        """Tell what bad input changed of the copies that were asked for, and forget them."""
        copies, self._copies = self._copies, []
        return [
            name
            for clf, before in copies
            for name, value in state_of(clf, self.X).items()
            if value != before[name]
        ]

    def protocol(self, **settings):
        """Compare with settings of which one is bad."""
        given = {"X": self.X, "y": self.y, "estimator": LR, "label_budget": 20, "n_seeds": 1, **settings}
        return run_protocol(given.pop("X"), given.pop("y"), given.pop("estimator"), **given)

    def queue(self, **given):
        """Write a queue."""
        return case_queue.write_queue(
            **{"path": self.folder / "queue.csv", "X": self.X, "indices": [0, 1], **given}
        )

    def tasks(self, **given):
        """Write tasks."""
        return label_studio.write_tasks(
            **{"path": self.folder / "tasks.json", "X": self.X, "indices": [0, 1], **given}
        )

    def command(self, *words):
        """Run the command line; raise what it wrote to stderr."""
        written = io.StringIO()
        with contextlib.redirect_stderr(written):
            try:
                code = cli.main([str(word) for word in words])
            except SystemExit as stop:
                code = stop.code
        if code == 2:
            raise CommandError(written.getvalue())

    def _write_files(self):
        answers = "position,answer,minutes\n"
        texts = {
            "text.txt": "hello",
            "empty.csv": "",
            "other.csv": "a,b\n1,2\n",
            "filled.csv": f"{answers}1,fraud,2\n",
            "huge.csv": f"{answers}1e30,fraud,2\n",
            "broken.parquet": "PAR1",
            "broken.json": "{",
            "dict.json": "{}",
            "no_annotations.json": json.dumps([{"data": {"position": 1}, "annotations": [3]}]),
            "number.json": json.dumps(
                [
                    {
                        "data": {"position": 1},
                        "annotations": [{"result": [{"from_name": "label", "value": {"choices": [3]}}]}],
                    }
                ]
            ),
            "table.csv": "amount,fraud\n" + "1.5,yes\n2.5,no\n" * 20,
        }
        texts["broken.npz"] = texts["images/rust/broken.png"] = "no image"
        for name in ("rust", "scab"):
            (self.images / name).mkdir(parents=True)
        for name, text in texts.items():
            (self.folder / name).write_text(text)
