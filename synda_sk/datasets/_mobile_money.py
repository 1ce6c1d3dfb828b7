"""A simulator of a mobile-money operator."""

from __future__ import annotations

import secrets
from numbers import Integral, Real
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.utils import check_scalar

from synda_sk.datasets import _accounts as acc
from synda_sk.datasets import _fraud
from synda_sk.datasets._accounts import Array, World
from synda_sk.typing import RandomState
from synda_sk.utils import SeedStreams, import_optional

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY = "2024-01-01"
HOUR = 3_600
DAY = 86_400
DELAY_SPREAD = 0.8
"""Standard deviation of the logarithm of the delay of a report."""


def make_mobile_money(
    n_samples: int = 100_000,
    *,
    fraud_rate: float = 0.008,
    difficulty: str = "hard",
    n_regions: int = 5,
    drift: float = 0.0,
    label_noise: float = 0.0,
    label_delay: float = 7.0,
    return_ids: bool = False,
    return_details: bool = False,
    random_state: RandomState = None,
) -> tuple[Any, ...]:
    """Simulate the transactions of a mobile-money operator, frauds among them.

    Customers hold wallets, pay cash in and out at agents, send money to each other, pay merchants and bills
    and buy airtime, for ninety days, with the daily and weekly rhythm of their region and more money on
    pay-days. Every balance adds up to the cent. Some wallets take part in one of four frauds; some honest
    customers behave much as if they did.

    Parameters
    ----------
    n_samples : int, default=100_000
        Number of transactions, at least 200. There is about one wallet for every 25 of them.
    fraud_rate : float, default=0.008
        Share of fraudulent transactions, in (0, 0.2]; exactly ``round(n_samples * fraud_rate)`` are frauds.
    difficulty : {"easy", "medium", "hard"}, default="hard"
        How well the frauds are hidden among honest customers, see Notes.
    n_regions : int, default=5
        Number of regions, in [1, 50]. The first five have names; each further one lies between them and
        blends their habits.
    drift : float, default=0.0
        How far the table changes over the ninety days, in [0, 1]: SIM swaps and mule chains fade to
        ``1 - drift`` of their share, the other two kinds take their place, and honest amounts rise by up to
        ``drift / 2``.
    label_noise : float, default=0.0
        Share of the frauds that carry the label 0, in [0, 0.5]; as many genuine rows carry the label 1.
    label_delay : float, default=7.0
        Median number of days until a fraud is reported, at least 0; see `details`.
    return_ids : bool, default=False
        Whether to put the columns `time`, `origin` and `destination` in front of the others.
    return_details : bool, default=False
        Whether to return `details` too.
    random_state : int, RandomState instance or None, default=None
        An int gives the same table on every call; None draws fresh entropy. All levels of difficulty share
        their accounts for the same int.

    Returns
    -------
    X : pandas.DataFrame of shape (n_samples, 26)
        Transactions in the order of time, seen from the customer's wallet: the one that pays or, in a
        cash-in, the one that is filled. Money is in units of the currency with two decimals.

        - `type` (category): airtime, bill, cash_in, cash_out, payment or transfer.
        - `channel` (category): agent, app or ussd.
        - `region` (category): home region of the wallet.
        - `merchant_category` (category): line of business of the merchant; missing unless a payment.
        - `amount` (float): money moved, without the fee.
        - `fee` (float): what the customer pays to the operator on top.
        - `balance_before`, `balance_after` (float): balance of the wallet.
        - `receiver_balance_before` (float): balance of the receiving wallet; missing unless a transfer.
        - `hour` (int8): hour of the day, 0 to 23.
        - `weekday` (int8): 0 for Monday to 6 for Sunday.
        - `day_of_month` (int8): 1 to 31; wages come on the 25th.
        - `account_age_days` (int16): days since the wallet was opened.
        - `sim_age_days` (float): days since the last change of the wallet's SIM on record.
        - `device_age_days` (float): days since the last change of device on record; missing unless by app.
        - `receiver_age_days` (float): days since the receiving wallet was opened; missing unless a transfer.
        - `new_counterparty` (bool): whether the wallet never dealt with this account before.
        - `dealings_24h` (int16): number of rows between the wallet and this account in the 24 hours before.
        - `other_region` (bool): whether the counterparty is at home in another region.
        - `debits_1h`, `debits_24h` (int16): number of debits of the wallet in the hours before.
        - `debit_sum_24h`, `credit_sum_24h` (float): money out of and into the wallet in the 24 hours before.
        - `hours_since_credit` (float): hours since money last came in; missing before the first time.
        - `receiver_credits_24h` (float): number of credits of the receiving wallet in the 24 hours before;
          missing unless a transfer.
        - `amount_to_usual` (float): amount divided by the mean of the wallet's earlier debits; missing
          before the first debit.

        With ``return_ids=True`` also `time` (datetime64, to the second) and `origin` and `destination`
        (str), account ids that begin with W (wallet), A (agent), M (merchant), B (biller) or O (operator).
    y : pandas.Series of shape (n_samples,)
        Labels (int8) named "fraud", 1 for a fraud and 0 otherwise.
    details : pandas.DataFrame of shape (n_samples, 4)
        Only with ``return_details=True``: what no model may see.

        - `time` (datetime64): when the row happened.
        - `kind` (category): everyday, sim_swap, mule_chain, commission_splitting or social_engineering;
          honest look-alikes bear the name of what they look like.
        - `fraud` (bool): whether it is a fraud, before `label_noise`.
        - `label_time` (datetime64): when its label is known: for label 1 a delay after `time`, log-normal
          with median `label_delay`; for label 0 the 95th percentile of that delay after it.

    Raises
    ------
    ValueError
        If a parameter is out of range.
    TypeError
        If `n_samples` or `n_regions` is no integer, or a share or delay no number.
    ImportError
        If pandas is not installed.

    See Also
    --------
    load_paysim : Reader for a well-known simulated table, which one rule solves.

    Notes
    -----
    Each kind of fraud leaves a trace of its own (``docs/fraud_traces.png``). In a *SIM swap* somebody takes
    over the number of a genuine customer and empties the wallet in three to six transfers and cash-outs,
    never all at once: a young SIM and device, a burst of debits, new counterparties and, at times, odd
    hours. In a *mule chain* money hops from wallet to wallet, most of it sent on soon after it came in, and
    is cashed by the last one: credits that are forwarded at once, receivers opened recently. In *commission
    splitting* an agent books a deposit as several, each just below a step of the commission, or the same
    money in and out again: many dealings of one wallet with one agent, credits that follow each other within
    minutes, amounts of one size. In *social engineering* customers are talked into sending money to a
    stranger or to a friend's stolen account: large transfers from well-to-do wallets, in the victims' own
    manner, that pile up at one receiver.

    Thieves are bold or careful. Careful ones wait after the swap, pause between rows, act by day, stick to
    everyday amounts and use counterparties the customer knows. Honest customers run the same errands for
    reasons of their own: they change SIM, drain their wallet after a deposit, pass money on, deposit their
    takings in parts, pay a friend twice. The levels differ in the share of careful thieves and in the number
    and manner of these errands. Frauds are spread evenly over the ninety days.

    Measured at 100,000 rows and the default `fraud_rate`, trained on the first 70 % of the rows and tested
    on the others: average precision, mean and standard deviation over ``random_state`` 0 to 4
    (``benchmarks/simulator_difficulty.py``). Gradient boosting is ``HistGradientBoostingClassifier`` with
    its defaults, a random forest has 100 trees.

    =======================================  =============  =============  =============
    trained on or scored by                  easy           medium         hard
    =======================================  =============  =============  =============
    gradient boosting, all labels            0.934 ± 0.020  0.740 ± 0.028  0.440 ± 0.037
    random forest, all labels                0.932 ± 0.023  0.796 ± 0.018  0.534 ± 0.026
    random forest, 200 frauds + 800 genuine  0.891 ± 0.034  0.711 ± 0.039  0.404 ± 0.037
    random forest, 60 frauds + 440 genuine   0.835 ± 0.042  0.620 ± 0.047  0.334 ± 0.061
    random forest, 500 random rows           0.300 ± 0.147  0.221 ± 0.111  0.133 ± 0.074
    best single column                       0.223 ± 0.016  0.181 ± 0.012  0.107 ± 0.007
    isolation forest                         0.221 ± 0.056  0.209 ± 0.026  0.109 ± 0.009
    rule "amount == balance"                 0.008 ± 0.000  0.008 ± 0.000  0.008 ± 0.000
    =======================================  =============  =============  =============

    Boosting with its defaults varies more from table to table than the forest does: 0.40 to 0.50 at "hard".
    At "medium", judged by what was fraud in truth, it falls from 0.74 to 0.69 with ``drift=1`` and to 0.53
    with ``label_noise=0.2``. Smaller tables hold fewer frauds and give other figures. One million rows took
    about twenty seconds on one core of a busy machine.

    Examples
    --------
    >>> from synda_sk.datasets import make_mobile_money
    >>> X, y = make_mobile_money(1_000, fraud_rate=0.02, random_state=0)
    >>> X.shape, int(y.sum())
    ((1000, 26), 20)
    >>> X["type"].cat.categories.tolist()
    ['airtime', 'bill', 'cash_in', 'cash_out', 'payment', 'transfer']
    """
    check_scalar(n_samples, "n_samples", Integral, min_val=200)
    check_scalar(fraud_rate, "fraud_rate", Real, min_val=0, max_val=0.2, include_boundaries="right")
    check_scalar(n_regions, "n_regions", Integral, min_val=1, max_val=50)
    check_scalar(drift, "drift", Real, min_val=0, max_val=1)
    check_scalar(label_noise, "label_noise", Real, min_val=0, max_val=0.5)
    check_scalar(label_delay, "label_delay", Real, min_val=0)
    if difficulty not in _fraud.LEVELS:
        raise ValueError(f"difficulty must be one of {sorted(_fraud.LEVELS)}, got {difficulty!r}.")
    pd = import_optional("pandas", extra="cli", feature="make_mobile_money")

    streams = SeedStreams(secrets.randbits(128) if random_state is None else random_state)
    n_frauds = round(n_samples * fraud_rate)
    regions = acc.build_regions(streams.generator("regions"), n_regions)
    world = acc.build_world(streams.generator("world"), max(60, n_samples // 25, n_frauds), regions)
    rows = _plan(streams, world, n_samples, n_frauds, _fraud.LEVELS[difficulty], drift)
    rng = streams.generator("top-up")
    cash_in = np.full(n_samples, acc.CASH_IN)
    book = acc.settle(
        world,
        rows,
        home_agent=acc.draw_peers(rng, world, rows["wallet"], cash_in, 0.8),
        top_up=acc.draw_cents(rng, world, rows["wallet"], cash_in),
    )
    columns = _columns(pd, world, rows, book)
    if return_ids:
        columns = _ids(pd, world, rows) | columns
    labels = _labels(streams.generator("label noise"), rows["fraud"], round(label_noise * n_frauds))
    table = pd.DataFrame(columns), pd.Series(labels, name="fraud")
    if not return_details:
        return table
    return *table, _details(pd, streams.generator("label delay"), rows, labels, label_delay)


def _labels(rng: np.random.Generator, fraud: Array, n_wrong: int) -> Array:
    """Labels of which ``n_wrong`` frauds and as many genuine rows have the wrong one."""
    labels = fraud.copy()
    for truth in (1, 0):
        labels[rng.choice(np.flatnonzero(fraud == truth), n_wrong, replace=False)] = 1 - truth
    return labels


def _details(
    pd: ModuleType, rng: np.random.Generator, rows: Array, labels: Array, label_delay: float
) -> pd.DataFrame:
    """What happened in each row, and when its label is known."""
    reported = rng.lognormal(0.0, DELAY_SPREAD, len(rows))
    settled = np.exp(DELAY_SPREAD * norm.ppf(0.95))
    delay = pd.to_timedelta(label_delay * np.where(labels == 1, reported, settled), unit="D")
    time = pd.Series(_clock(pd, rows))
    return pd.DataFrame(
        {
            "time": time,
            "kind": pd.Categorical.from_codes(rows["kind"], categories=["everyday", *_fraud.KINDS]),
            "fraud": rows["fraud"] == 1,
            "label_time": (time + delay).dt.floor("s"),
        }
    )


def _clock(pd: ModuleType, rows: Array) -> pd.DatetimeIndex:
    return pd.Timestamp(FIRST_DAY) + pd.to_timedelta(rows["time"], unit="s")


def _plan(
    streams: SeedStreams, world: World, n_samples: int, n_frauds: int, level: _fraud.Level, drift: float
) -> Array:
    """Frauds, honest look-alikes and ordinary rows, ``n_samples`` in all and in time order."""
    n_careful = round(level.careful_share * n_frauds)
    n_bold = n_frauds - n_careful
    bold, careful, errand = np.split(
        streams.generator("owners").permutation(world.n_wallets),
        np.cumsum([_fraud.max_episodes(n_bold), _fraud.max_episodes(n_careful)]),
    )
    groups = (
        (level.bold, n_bold, bold, True, drift),
        (level.careful, n_careful, careful, True, drift),
        (level.errand, int(level.errand_share * n_samples), errand, False, 0.0),
    )
    special: list[Array] = []
    for i, group in enumerate(groups):
        special += _fraud.episodes(streams.generator("episodes", i), world, *group)
    n_daily = n_samples - sum(part.size for part in special)
    daily = acc.daily_traffic(streams.generator("traffic"), world, n_daily)
    daily["cents"] = daily["cents"] * (1.0 + 0.5 * drift * daily["time"] / acc.HORIZON)
    rows = np.concatenate([*special, daily])
    return rows[np.argsort(rows["time"], kind="stable")]


def _columns(pd: ModuleType, world: World, rows: Array, book: dict[str, Array]) -> dict[str, object]:
    """Columns as an analyst would see them at the time of each row."""
    wallet, peer, kind, time = (rows[name].astype(np.int64) for name in ("wallet", "peer", "type", "time"))
    to_wallet = kind == acc.TRANSFER
    debit = kind != acc.CASH_IN
    money = {name: cents / 100 for name, cents in book.items()}
    amount = money["amount"]
    merchant = np.where(kind == acc.PAYMENT, peer - world.blocks["M"][0], -1)
    category = np.where(merchant >= 0, world.merchant_category[merchant], -1)
    out = _History(wallet[debit], time[debit], amount[debit])
    into = _History(
        np.concatenate([wallet[~debit], peer[to_wallet]]),
        np.concatenate([time[~debit], time[to_wallet]]),
        np.concatenate([amount[~debit], amount[to_wallet]]),
    )
    sim = _History(*_registry(world.sim, rows, "sim"))
    device = _History(*_registry(world.device, rows, "device"))
    (n_hour, _), (n_day, sum_day), (n_ever, sum_ever) = out.windows(wallet, time, (HOUR, DAY, acc.HORIZON))
    ((_, in_day),) = into.windows(wallet, time, (DAY,))
    ((peer_in, _),) = into.windows(peer, time, (DAY,))
    usual = sum_ever / np.where(n_ever > 0, n_ever, np.nan)

    def category_of(codes: Array, names: tuple[str, ...]) -> object:
        return pd.Categorical.from_codes(codes, categories=names)

    pair = wallet * world.region.size + peer
    met = (world.favourites[wallet] == peer[:, None]).any(axis=1) | pd.Series(pair).duplicated().to_numpy()
    ((dealings, _),) = _History(pair, time, amount).windows(pair, time, (DAY,))
    return {
        "type": category_of(kind, acc.TYPES),
        "channel": category_of(rows["channel"], acc.CHANNELS),
        "region": category_of(world.region[wallet], world.regions.names),
        "merchant_category": category_of(category, acc.MERCHANTS),
        "amount": amount,
        "fee": money["fee"],
        "balance_before": money["before"],
        "balance_after": money["after"],
        "receiver_balance_before": np.where(to_wallet, money["peer_before"], np.nan),
        "hour": (time // HOUR % 24).astype(np.int8),
        "weekday": (time // DAY % 7).astype(np.int8),
        "day_of_month": _clock(pd, rows).day.to_numpy(np.int8),
        "account_age_days": ((time - world.opened[wallet]) // DAY).astype(np.int16),
        "sim_age_days": np.round(sim.since_last(wallet, time) / DAY, 2),
        "device_age_days": np.where(
            rows["channel"] == acc.APP, np.round(device.since_last(wallet, time) / DAY, 2), np.nan
        ),
        "receiver_age_days": np.where(
            to_wallet, (time - world.opened[np.where(to_wallet, peer, 0)]) // DAY, np.nan
        ),
        "new_counterparty": ~met,
        "dealings_24h": dealings.astype(np.int16),
        "other_region": world.region[wallet] != world.region[peer],
        "debits_1h": n_hour.astype(np.int16),
        "debits_24h": n_day.astype(np.int16),
        "debit_sum_24h": np.round(sum_day, 2),
        "credit_sum_24h": np.round(in_day, 2),
        "hours_since_credit": np.round(into.since_last(wallet, time) / HOUR, 2),
        "receiver_credits_24h": np.where(to_wallet, peer_in, np.nan),
        "amount_to_usual": np.round(amount / usual, 3),
    }


def _registry(changes: Array, rows: Array, name: str) -> tuple[Array, Array, Array]:
    """Wallets and times of all changes of SIM or device, with a weight of one each."""
    planned = rows[name] != acc.NEVER
    wallet = np.concatenate([changes[0], rows["wallet"][planned]])
    time = np.concatenate([changes[1], rows[name][planned]])
    return wallet, time, np.ones(wallet.size)


class _History:
    """Events of all accounts, to be asked what happened before each row of an account."""

    REACH = 1 << 40
    START = 1 << 39

    def __init__(self, account: Array, time: Array, value: Array) -> None:
        key = self._key(account, time)
        order = np.argsort(key, kind="stable")
        self.key = key[order]
        self.total = np.concatenate([[0.0], value[order].cumsum()])

    def windows(self, account: Array, time: Array, spans: tuple[int, ...]) -> list[tuple[Array, Array]]:
        """For each span in seconds, number and sum of the events that far back and before the row."""
        now = self._key(account, time)
        stop = np.searchsorted(self.key, now)
        starts = [np.searchsorted(self.key, now - span) for span in spans]
        return [(stop - start, self.total[stop] - self.total[start]) for start in starts]

    def since_last(self, account: Array, time: Array) -> NDArray[np.float64]:
        """Seconds since an account's last event, NaN before the first."""
        now = self._key(account, time)
        last = self.key[np.maximum(np.searchsorted(self.key, now) - 1, 0)]
        return np.where((last < now) & (last // self.REACH == account), now - last, np.nan)

    def _key(self, account: Array, time: Array) -> NDArray[np.int64]:
        return account * self.REACH + time + self.START


def _ids(pd: ModuleType, world: World, rows: Array) -> dict[str, object]:
    """Time and accounts of each row; the agent is the origin of a cash-in."""
    names = np.array(
        [f"{letter}{i:07d}" for letter, (start, stop) in world.blocks.items() for i in range(stop - start)],
        dtype=object,
    )
    credit = rows["type"] == acc.CASH_IN
    return {
        "time": _clock(pd, rows),
        "origin": names[np.where(credit, rows["peer"], rows["wallet"])],
        "destination": names[np.where(credit, rows["wallet"], rows["peer"])],
    }
