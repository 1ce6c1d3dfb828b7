"""Files of models: they come back bit by bit, run nothing, and hold no row they should not."""

import json
import pickle
import zipfile

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import (
    CurriculumMixer,
    HybridQuerySelector,
    LinearBudget,
    QualityFilter,
    RandomQuerySelector,
    SigmoidSchedule,
    SynDAClassifier,
    SyntheticAugmenter,
)
from synda_sk.datasets import make_mobile_money
from synda_sk.generators import (
    CopulaGenerator,
    GaussianGenerator,
    KDEGenerator,
    OverSamplerGenerator,
    SDVGenerator,
    TableGAN,
    TableVAE,
)
from synda_sk.mixing import AdaptiveRatio
from synda_sk.persistence import load, save, trusted_types
from synda_sk.quality import GlobalThreshold
from synda_sk.selection import ProxyClassifier
from synda_sk.utils import TableEncoder

pytest.importorskip("skops")

MODELS = {
    "default": None,
    "logistic": make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000)),
    "forest": make_pipeline(TableEncoder(), RandomForestClassifier(8)),
}


def frame():
    X, y = make_mobile_money(300, fraud_rate=0.1, random_state=0)
    return X.assign(secret=np.random.default_rng(0).random(300)), np.asarray(y)


def taught(model, X, y, **params):
    partly = y.astype(float)
    partly[120:] = np.nan
    clf = SynDAClassifier(model, random_state=0, **params).fit(X, partly)
    rows = clf.query(n_queries=5)
    return clf.teach(rows, y[rows]).teach(X[200:203], y[200:203])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("container", ["pandas", "polars", "numpy"])
def test_a_classifier_comes_back_and_goes_on(name, container, tmp_path):
    X, y = frame()
    if container == "polars":
        X = pl.from_pandas(X)
    elif container == "numpy":
        X = X.select_dtypes("number").to_numpy(dtype=float)
    clf = taught(MODELS[name], X, y)
    save(clf, tmp_path / "m.skops")
    back = load(tmp_path / "m.skops")
    assert (tmp_path / "m.skops").stat().st_mode & 0o777 == 0o600
    assert_array_equal(clf.predict_proba(X), back.predict_proba(X))
    assert back.history_ == clf.history_
    rows = clf.query(n_queries=6)
    assert_array_equal(rows, back.query(n_queries=6))
    clf.teach(rows, y[rows])
    back.teach(rows, y[rows])
    assert_array_equal(clf.predict_proba(X), back.predict_proba(X))
    save(back.to_predictor(), tmp_path / "p.skops")
    assert_array_equal(clf.predict_proba(X), load(tmp_path / "p.skops").predict_proba(X))


@pytest.mark.parametrize(
    "parts",
    [
        dict(augmenter=SyntheticAugmenter(KDEGenerator()), mixer=CurriculumMixer(ratio=AdaptiveRatio())),
        dict(augmenter=SyntheticAugmenter(GaussianGenerator()), selector=RandomQuerySelector()),
        dict(
            augmenter=SyntheticAugmenter(CopulaGenerator()), mixer=CurriculumMixer(schedule=SigmoidSchedule())
        ),
        dict(augmenter=SyntheticAugmenter(OverSamplerGenerator())),
        dict(augmenter=SyntheticAugmenter(SDVGenerator())),
        dict(augmenter=SyntheticAugmenter(TableVAE(max_steps=2))),
        dict(selector=HybridQuerySelector(proxy=ProxyClassifier(), batch_size=LinearBudget(3, 1))),
        dict(quality_filter=QualityFilter(threshold=GlobalThreshold(0.3))),
    ],
    ids=lambda parts: "-".join(parts),
)
def test_every_part_of_ours_is_trusted(parts, tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 3))
    clf = SynDAClassifier(LogisticRegression(), random_state=0, **parts)
    clf.fit(X, np.where(np.arange(60) < 40, X[:, 0] > 0, np.nan))
    save(clf, tmp_path / "model.skops")
    back = load(tmp_path / "model.skops")
    assert repr(back) == repr(clf)
    assert_array_equal(back.predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize(
    "generator",
    [
        GaussianGenerator(random_state=0),
        CopulaGenerator(random_state=0),
        KDEGenerator(random_state=0),
        TableVAE(max_steps=3, random_state=0),
        TableGAN(max_steps=3, random_state=0),
    ],
    ids=lambda generator: type(generator).__name__,
)
def test_a_fitted_generator_comes_back(generator, tmp_path):
    X, y = frame()
    save(generator.fit(X, y), tmp_path / "generator.skops")
    back = load(tmp_path / "generator.skops")
    assert generator.sample(20)[0].equals(back.sample(20)[0])


def test_parts_and_a_journal(tmp_path):
    X, y = frame()
    parts = {
        "selector": HybridQuerySelector(),
        "mixer": CurriculumMixer(synthetic_weight=0.3),
        "quality_filter": QualityFilter(threshold=0.5),
        "journal": tmp_path / "j.db",
    }
    clf = taught(MODELS["logistic"], X, y, **parts)
    save(clf, tmp_path / "m.skops")
    clf._journal.close()
    back = load(tmp_path / "m.skops")
    assert back.teach(X[250:251], [1]).n_labels_ == 129


@pytest.mark.parametrize("name", ["logistic", "forest"])
def test_a_predictor_holds_no_row(name, tmp_path):
    X, y = frame()
    X = X[["secret", "amount", "type"]]
    even = CurriculumMixer(synthetic_weight=0)  # the median of an odd number of rows is a value of one
    save(taught(MODELS[name], X, y, mixer=even).to_predictor(), tmp_path / "p.skops")
    with zipfile.ZipFile(tmp_path / "p.skops") as archive:
        content = b"".join(archive.read(member) for member in archive.namelist())
    for value in X["secret"].to_numpy():
        assert value.tobytes() not in content
        assert repr(float(value)).encode() not in content
    assert b"LabelState" not in content


def test_a_pickle_is_refused_without_being_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "canary"), "w"))

    (tmp_path / "m.skops").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match="no skops file; pickles"):
        load(tmp_path / "m.skops")
    assert not (tmp_path / "canary").exists()


def tamper(path, change):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members["schema.json"])
    change(schema)
    members["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("target", ["os.system", "builtins.exec", "subprocess.Popen"])
def test_a_tampered_type_is_refused_by_name(target, tmp_path):
    X, y = frame()
    path = tmp_path / "m.skops"
    save(taught(MODELS["logistic"], X, y), path)
    canary = tmp_path / "canary"
    argument = {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(f"touch {canary}"),
        "is_json": True,
    }

    def change(schema):
        module, name = target.rsplit(".", 1)
        arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode"}
        arguments["content"] = [argument]
        loader = {"__class__": name, "__module__": module, "__loader__": "ConstructorFromReduceNode"}
        schema.update({**loader, "content": arguments})

    tamper(path, change)
    with pytest.raises(ValueError, match=target):
        load(path)
    assert not canary.exists()


def test_a_tampered_table_reaches_no_function(tmp_path):
    X, y = frame()
    path = tmp_path / "m.skops"
    save(taught(MODELS["logistic"], pl.from_pandas(X), y), path)
    tamper(path, lambda schema: schema.update(json.loads(json.dumps(schema).replace("Float64", "read_csv"))))
    with pytest.raises(ValueError, match="no sound skops file"):
        load(path)


def test_a_tampered_tree_is_refused(tmp_path):
    X, y = frame()
    clf = taught(MODELS["forest"], X, y)
    clf.estimator_[-1].estimators_[0].tree_.children_left[0] = 10**6
    save(clf, tmp_path / "m.skops")
    with pytest.raises(ValueError, match="tree in it is not sound"):
        load(tmp_path / "m.skops")


class Own(LogisticRegression):
    pass


def test_a_model_of_ones_own_needs_a_word(tmp_path):
    X, y = frame()
    model = make_pipeline(TableEncoder(), Own())
    save(taught(model, X, y), tmp_path / "m.skops")
    with pytest.raises(ValueError, match=r"not trusted: .*Own"):
        load(tmp_path / "m.skops")
    assert load(tmp_path / "m.skops", trusted=[f"{__name__}.Own"]).n_labels_ == 128


def test_what_cannot_be_saved_leaves_the_former_file(tmp_path):
    path = tmp_path / "m.skops"
    save(LogisticRegression(), path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="cannot be saved"):
        save(SynDAClassifier(features=lambda X: X), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["m.skops"]
    (tmp_path / "cut.skops").write_bytes(before[:50])
    with pytest.raises(ValueError, match="no skops file"):
        load(tmp_path / "cut.skops")


def test_trusted_types_exist():
    import importlib

    for name in trusted_types():
        parts = name.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            try:
                thing = importlib.import_module(".".join(parts[:cut]))
            except ModuleNotFoundError:
                continue
            for part in parts[cut:]:
                thing = getattr(thing, part)
            break
        assert thing is not None
