"""The sections of a report on what was measured beside the quality: money, corrupted rows."""

from html import escape

from synda_sk.evaluation._html_parts import number, p_value, section, spread, table
from synda_sk.evaluation._html_sections import Page
from synda_sk.evaluation._value import VALUE_MEASURES

DECIMALS = dict(zip(VALUE_MEASURES, (3, 0), strict=True))


def value_section(page: Page) -> str:
    """Return what of the money each method finds, and what its errors cost; empty without amounts."""
    if not set(VALUE_MEASURES) <= set(page.rows[page.hero]):
        return ""
    head = ["method"]
    for name in VALUE_MEASURES:
        head += [page.name(name), *(["difference", "p"] if page.reference is not None else [])]
    rows = []
    for arm, row in sorted(page.rows.items(), key=lambda item: item[1]["operating_cost"]):
        cells = [escape(arm)]
        for name, decimals in DECIMALS.items():
            cells.append(spread(row[name], row[f"{name}_standard_error"], decimals))
            if page.reference is not None:
                cells.append(number(row[f"{name}_difference_mean"], decimals, sign=True))
                cells.append(p_value(row[f"{name}_difference_p_holm"]))
        rows.append(cells)
    lead = (
        "At the end, mean of the seeds. The cost is the value of the positives that are not among the "
        f"alerts, and {page.configuration['alert_cost']:g} for each alert; the cheapest first."
    )
    if page.reference is not None:
        lead += f" Differences are to {escape(page.reference)}, paired by seed; a lower cost is a gain."
    return section("Money", lead, table(head, rows))


def robustness_section(page: Page) -> str:
    """Return what is kept of the quality on corrupted rows; empty where that was not measured."""
    found = page.summary.get("robustness")
    if not found:
        return ""
    kinds = page.configuration["corruptions"]
    rows = [
        [escape(arm), *(spread(shares[kind]["mean"], shares[kind]["standard_error"]) for kind in kinds)]
        for arm, shares in found.items()
    ]
    lead = (
        f"The share of its {page.name(page.quality)} that the last model keeps on corrupted test rows, mean "
        "of three severities and the seeds. 1 is all of it; a poor model has little to lose."
    )
    return section("On corrupted rows", lead, table(["method", *kinds], rows))
