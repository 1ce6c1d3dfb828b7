"""Settings of the documentation site: ``make docs`` builds it, without a network, with warnings as errors."""

import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import site_pages  # noqa: E402

import synda_sk  # noqa: E402

project = "synda_sk"
author = copyright = "The synda_sk developers"
version = release = synda_sk.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "mathml",
]
templates_path = ["templates"]
exclude_patterns = ["_build", "templates"]
html_theme = "furo"
html_title = f"synda_sk {release}"
html_show_sourcelink = False
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_generate = True
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "generated/gallery",
    # Rendered without being run, which `.ci/run examples` does; `make docs GALLERY=1` runs them here.
    "plot_gallery": os.environ.get("GALLERY") == "1",
    "filename_pattern": "",
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "show_memory": False,
    "write_computation_times": False,
    "show_signature": False,
}
suppress_warnings = ["autosummary.import_cycle"]  # asks for shorter names, which would be ambiguous
# Other projects are not looked up, because that needs a network.
nitpick_ignore_regex = [("py:.*", r"(sklearn|scipy|numpy|pandas|torch)\..*")]


def _home_of_everyday_names(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Resolve ``synda_sk.HybridQuerySelector``, or that name alone, to the page in its sub-package."""
    name = node.get("reftarget", "").removeprefix("synda_sk.")
    if node.get("refdomain") != "py" or name.partition(".")[0] not in synda_sk._HOME:
        return None
    target = f"{synda_sk._HOME[name.partition('.')[0]]}.{name}"
    domain = env.get_domain("py")
    return domain.resolve_xref(env, node["refdoc"], app.builder, node["reftype"], target, node, content)


def _skip_what_is_inherited_from_others(
    app: Any, what: str, name: str, thing: Any, skip: bool, options: Any
) -> Any:
    """Leave out methods of scikit-learn's and torch's base classes, which their own sites explain."""
    function = getattr(thing, "fget", None) or getattr(thing, "__func__", None) or thing
    is_foreign = not str(getattr(function, "__module__", "synda_sk")).startswith("synda_sk")
    return True if what == "class" and is_foreign else None


def setup(app: Any) -> None:
    """Write the pages that follow from the code before Sphinx looks for pages."""
    site_pages.write(HERE / "generated")
    app.connect("autodoc-skip-member", _skip_what_is_inherited_from_others)
    app.connect("missing-reference", _home_of_everyday_names)
