"""The section of a report on groups: regions, periods, scripts."""

from html import escape
from typing import Any

from synda_sk.evaluation._groups import WORST_GROUP
from synda_sk.evaluation._html_parts import number, p_value, section, sentence, spread, table
from synda_sk.evaluation._html_sections import Page


def groups_section(page: Page) -> str:
    """Return the quality of each method in each group; empty without groups."""
    found = page.summary.get("groups")
    if not found:
        return ""
    sizes = {group: means[group] for means in found.values() for group in means}
    groups = [group for group in page.configuration["groups"] if group in sizes]
    head = [
        "method",
        "worst group",
        *(f"{escape(group)}<br><small>{_size(sizes[group])}</small>" for group in groups),
    ]
    if page.reference is not None:
        head[2:2] = ["difference", "p"]
    rows = []
    for arm in sorted(found, key=lambda name: -page.rows[name][WORST_GROUP]):
        row = page.rows[arm]
        cells = [escape(arm), spread(row[WORST_GROUP], row[f"{WORST_GROUP}_standard_error"])]
        if page.reference is not None:
            difference = row[f"{WORST_GROUP}_difference_mean"]
            cells += [number(difference, sign=True), p_value(row[f"{WORST_GROUP}_difference_p_holm"])]
        cells += [_mean(found[arm].get(group), page.quality) for group in groups]
        rows.append(cells)
    lead = (
        f"{sentence(page.name(page.quality))} of the test rows of each group at the end, mean of the seeds; "
        "the worst group is the lowest of each seed."
    )
    if page.quality == "average_precision":
        lead += (
            " Average precision depends on how frequent positives are: compare methods within a group. "
            "A dash: the group lacks one of the classes."
        )
    if page.reference is not None:
        lead += f" Differences of the worst group are to {escape(page.reference)}, paired by seed."
    return section("Group by group", lead, table(head, rows))


def _size(means: dict[str, Any]) -> str:
    positives = means.get("positives_test")
    tail = "" if positives is None else f", {number(positives, 0)} positive"
    return f"{number(means['n_test'], 0)} rows{tail}"


def _mean(means: dict[str, Any] | None, quality: str) -> str:
    return "–" if means is None else spread(means[quality]["mean"], means[quality]["standard_error"])
