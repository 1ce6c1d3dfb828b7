"""
Synthetic wallet rows whose balances add up
===========================================

Every operator's table obeys rules that no generator knows of: what is left in a
wallet is what was there, less the amount and the fee, and never negative. And a
desk in one region wants rows like its own, not like the country's.
"""

import numpy as np

from synda_sk import SyntheticAugmenter
from synda_sk.conditioning import Range, SumIs
from synda_sk.datasets import make_mobile_money

COLUMNS = ["type", "channel", "region", "amount", "fee", "balance_before", "balance_after", "hour"]
X, y = make_mobile_money(6_000, fraud_rate=0.02, n_regions=3, random_state=0)
X, y = X[COLUMNS], np.asarray(y)

# %%
# The rules, as one would say them: after a payment the balance is what it was, less the amount and the
# fee; after a cash-in, more. No balance is negative, and no amount is 0.

payments = [kind for kind in X["type"].cat.categories if kind != "cash_in"]
rules = [
    SumIs("balance_after", {"balance_before": 1, "amount": -1, "fee": -1}, where={"type": payments}),
    SumIs("balance_after", {"balance_before": 1, "amount": 1, "fee": -1}, where={"type": "cash_in"}),
    Range("balance_after", low=0),
    Range("amount", low=0, closed="neither"),
]

# %%
# With ``context`` and ``constraints`` the same generators make rows of the region asked for that obey
# the rules.


def worst_balance(rows):
    """How far balances are from adding up, at most."""
    moved = np.where(rows["type"] == "cash_in", rows["amount"], -rows["amount"]) - rows["fee"]
    return np.abs(rows["balance_before"] + moved - rows["balance_after"]).max()


for generator in ("gaussian", "copula"):
    plain = SyntheticAugmenter(generator, random_state=0).fit(X, y)
    ruled = SyntheticAugmenter(generator, context=["region"], constraints=rules, random_state=0).fit(X, y)
    free, _ = plain.sample(1_000, 1)
    rows, _ = ruled.sample(1_000, 1, context={"region": "border"})
    rates = ruled.acceptance_rate_
    print(f"{generator}: a balance is wrong by up to {worst_balance(free):,.0f} without rules,", end=" ")
    print(f"by {worst_balance(rows):.0e} with them;")
    print(f"  rows of the border: {np.mean(free['region'] == 'border'):.0%}, given the context", end=" ")
    print(f"{np.mean(rows['region'] == 'border'):.0%};")
    print(
        f"  {rates['before_repair']:.0%} of the rows drawn obeyed, {rates['after_repair']:.0%} after repair"
    )
