"""A comparison as one page that needs nothing else: no network, no script."""

import json
import os
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import synda_sk
from synda_sk.evaluation._html_extra import robustness_section, value_section
from synda_sk.evaluation._html_groups import groups_section
from synda_sk.evaluation._html_sections import (
    Page,
    cards,
    comparison_section,
    cost_section,
    differences_section,
    learning_curves_section,
    measures_section,
    setup_section,
    synthetic_section,
)
from synda_sk.evaluation._result import KEYS, ProtocolResult
from synda_sk.utils import write_atomically

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def write_report(
    results: ProtocolResult | Mapping[str, Any] | str | os.PathLike[str], path: str | os.PathLike[str]
) -> None:
    """Write a comparison as one HTML page, readable on a phone, in light and dark.

    The page has its pictures and its style inside: it asks for nothing over the
    network and runs no script.

    Parameters
    ----------
    results : ProtocolResult, mapping or path
        A result, what its ``to_dict`` returns, or the path of ``results.json``.
    path : path
        Where to write; the folder exists.

    Raises
    ------
    ValueError
        If `results` is no such thing, or no run is finished.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_breast_cancer
    >>> from synda_sk.evaluation import run_protocol, write_report
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> result = run_protocol(X, y, positive=0, label_budget=20, n_rounds=1, n_seeds=1)
    >>> with TemporaryDirectory() as folder:
    ...     write_report(result, f"{folder}/report.html")
    """
    page = html_report(results)
    write_atomically(Path(path), lambda file: file.write(page.encode()))


def html_report(results: ProtocolResult | Mapping[str, Any] | str | os.PathLike[str]) -> str:
    """Return the page that :func:`write_report` writes.

    Parameters
    ----------
    results : ProtocolResult, mapping or path
        As in :func:`write_report`.

    Returns
    -------
    str
        HTML.
    """
    content = _content(results)
    result = ProtocolResult(
        **{key: content[key] for key in KEYS}, interrupted=bool(content.get("interrupted"))
    )
    if not result.rounds:
        raise ValueError("results holds no round; at least one run must be finished.")
    page = Page(result)
    what = (
        "What each part is worth" if "studies" in result.configuration else "Labels bought, quality reached"
    )
    data = result.configuration.get("data")
    title = what if data is None else f"{what}: {data}"
    n_arms, n_seeds = len(page.rows), max(row["n_seeds"] for row in page.rows.values())
    stopped = " Stopped early: this is what was finished." if result.interrupted else ""
    sizes = f"{result.runs[0]['n_train']:,} rows to label, {result.runs[0]['n_test']:,} to test on."
    body = "".join(
        [
            f'<header><p class="kicker">synda_sk {escape(synda_sk.__version__)}</p><h1>{escape(title)}</h1>'
            f"<p>{n_arms} method{'s' * (n_arms > 1)}, {n_seeds} paired seed{'s' * (n_seeds > 1)}, "
            f"{sizes}{stopped}</p></header>",
            cards(page),
            learning_curves_section(page),
            differences_section(page),
            comparison_section(page),
            groups_section(page),
            value_section(page),
            measures_section(page),
            robustness_section(page),
            synthetic_section(page),
            cost_section(page),
            setup_section(page, content),
            "<footer>This page is one file: it asks for nothing over the network.</footer>",
        ]
    )
    style = (files("synda_sk.evaluation") / "report.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{style}</style></head>'
        f"<body><main>{body}</main></body></html>\n"
    )


def _content(results: Any) -> dict[str, Any]:
    if isinstance(results, ProtocolResult):
        return results.to_dict()
    if isinstance(results, str | os.PathLike):
        try:
            results = json.loads(Path(results).read_text())
        except ValueError as error:
            raise ValueError(f"results == {str(results)!r} is no file of JSON.") from error
    if not isinstance(results, Mapping):
        raise ValueError(f"results == {results!r}, must be a ProtocolResult, a mapping or a path.")
    missing = [key for key in KEYS if key not in results]
    if missing:
        raise ValueError(f"results lacks {missing[0]!r}; it has {list(results)}.")
    return dict(results)
