"""A simulator of a mobile-money operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synda_sk.datasets import _accounts as world_
from synda_sk.datasets import _fraud
from synda_sk.datasets._accounts import Array, World
from synda_sk.typing import RandomState
from synda_sk.utils import SeedStreams, import_optional

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY = "2024-01-01"
HOUR = 3_600
DAY = 86_400


def make_mobile_money(
    n_samples: int = 100_000,
    *,
    fraud_rate: float = 0.008,
    difficulty: str = "hard",
    return_ids: bool = False,
    random_state: RandomState = None,
) -> tuple[pd.DataFrame, pd.Series]:
    """Simulate.
    """
    if n_samples < 200:
        raise ValueError(f"n_samples == {n_samples}, must be >= 200.")
    if not 0 < fraud_rate <= 0.2:
        raise ValueError(f"fraud_rate == {fraud_rate}, must be in (0, 0.2].")
    if difficulty not in _fraud.LEVELS:
        raise ValueError(f"difficulty must be one of {sorted(_fraud.LEVELS)}, got {difficulty!r}.")
    pd = import_optional("pandas", extra="cli", feature="make_mobile_money")

    fresh = np.random.SeedSequence().entropy if random_state is None else random_state
    streams = SeedStreams(fresh)
    n_frauds = round(n_samples * fraud_rate)
    world = world_.build_world(streams.generator("world"), max(60, n_samples // 25, n_frauds))
    rows = _plan(streams, world, n_samples, n_frauds, _fraud.LEVELS[difficulty])
    rng = streams.generator("top-up")
    cash_in = np.full(n_samples, world_.CASH_IN)
    book = world_.settle(
        world,
        rows,
        home_agent=world_.draw_peers(rng, world, rows["wallet"], cash_in, 0.8),
        top_up=world_.draw_cents(rng, world, rows["wallet"], cash_in),
    )
    columns = _columns(pd, world, rows, book)
    if return_ids:
        columns = _ids(pd, world, rows) | columns
    return pd.DataFrame(columns), pd.Series(rows["fraud"], name="fraud")


def _plan(streams: SeedStreams, world: World, n_samples: int, n_frauds: int, level: _fraud.Level) -> Array:
    """Frauds, honest look-alikes and ordinary rows, ``n_samples`` in all and in time order."""
    n_careful = round(level.careful_share * n_frauds)
    n_bold = n_frauds - n_careful
    bold, careful, errand = np.split(
        streams.generator("owners").permutation(world.n_wallets),
        np.cumsum([_fraud.max_episodes(n_bold), _fraud.max_episodes(n_careful)]),
    )
    groups = (
        (level.bold, n_bold, bold, True),
        (level.careful, n_careful, careful, True),
        (level.errand, int(level.errand_share * n_samples), errand, False),
    )
    special = []
    for i, (style, n_rows, wallets, fraud) in enumerate(groups):
        special += _fraud.episodes(streams.generator("episodes", i), world, style, n_rows, wallets, fraud)
    n_daily = n_samples - sum(map(len, special))
    rows = np.concatenate([*special, world_.daily_traffic(streams.generator("traffic"), world, n_daily)])
    return rows[np.argsort(rows["time"], kind="stable")]


def _columns(pd, world: World, rows: Array, book: dict[str, Array]) -> dict[str, object]:
    """Columns as an analyst would see them at the time of each row."""
    wallet, peer, kind, time = (rows[name].astype(np.int64) for name in ("wallet", "peer", "type", "time"))
    to_wallet = kind == world_.TRANSFER
    debit = kind != world_.CASH_IN
    money = {name: cents / 100 for name, cents in book.items()}
    amount = money["amount"]
    merchant = np.where(kind == world_.PAYMENT, peer - world.blocks["M"][0], -1)
    category = np.where(merchant >= 0, world.merchant_category[merchant], -1)
    out = _History(wallet[debit], time[debit], amount[debit])
    into = _History(
        np.concatenate([wallet[~debit], peer[to_wallet]]),
        np.concatenate([time[~debit], time[to_wallet]]),
        np.concatenate([amount[~debit], amount[to_wallet]]),
    )
    sim = _History(*_registry(world.sim, rows, "sim"))
    device = _History(*_registry(world.device, rows, "device"))
    n_before, sum_before = out.window(wallet, time, None)
    n_hour, _ = out.window(wallet, time, HOUR)
    n_day, sum_day = out.window(wallet, time, DAY)
    _, in_day = into.window(wallet, time, DAY)
    peer_in, _ = into.window(peer, time, DAY)
    with np.errstate(invalid="ignore"):
        usual = np.where(n_before > 0, sum_before / n_before, np.nan)

    def category_of(codes: Array, names: tuple[str, ...]) -> object:
        return pd.Categorical.from_codes(codes, categories=names)

    pair = pd.Series(wallet * world.region.size + peer)
    met = (world.favourites[wallet] == peer[:, None]).any(axis=1) | pair.duplicated().to_numpy()
    return {
        "type": category_of(kind, world_.TYPES),
        "channel": category_of(rows["channel"], world_.CHANNELS),
        "region": category_of(world.region[wallet], world_.REGIONS),
        "merchant_category": category_of(category, world_.MERCHANTS),
        "amount": amount,
        "fee": money["fee"],
        "balance_before": money["before"],
        "balance_after": money["after"],
        "receiver_balance_before": np.where(to_wallet, money["peer_before"], np.nan),
        "hour": (time // HOUR % 24).astype(np.int8),
        "weekday": (time // DAY % 7).astype(np.int8),
        "account_age_days": ((time - world.opened[wallet]) // DAY).astype(np.int16),
        "sim_age_days": np.round(sim.since_last(wallet, time) / DAY, 2),
        "device_age_days": np.where(
            rows["channel"] == world_.APP, np.round(device.since_last(wallet, time) / DAY, 2), np.nan
        ),
        "receiver_age_days": np.where(
            to_wallet, (time - world.opened[np.where(to_wallet, peer, 0)]) // DAY, np.nan
        ),
        "new_counterparty": ~met,
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
    planned = rows[name] != world_.NEVER
    wallet = np.concatenate([changes[0], rows["wallet"][planned]])
    time = np.concatenate([changes[1], rows[name][planned]])
    return wallet, time, np.ones(wallet.size)


class _History:
    """Events of all accounts, to be asked what happened before a row."""

    REACH = 1 << 40
    START = 1 << 39

    def __init__(self, account: Array, time: Array, value: Array) -> None:
        key = account * self.REACH + time + self.START
        order = np.argsort(key, kind="stable")
        self.key = key[order]
        self.total = np.concatenate([[0.0], value[order].cumsum()])

    def window(
        self, account: Array, time: Array, seconds: int | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Number and sum of an account's events in the time before a row; None asks for all of it."""
        now = account * self.REACH + time + self.START
        stop = np.searchsorted(self.key, now)
        start = np.searchsorted(self.key, account * self.REACH if seconds is None else now - seconds)
        return stop - start, self.total[stop] - self.total[start]

    def since_last(self, account: Array, time: Array) -> NDArray[np.float64]:
        """Seconds since an account's last event, NaN before the first."""
        now = account * self.REACH + time + self.START
        last = self.key[np.maximum(np.searchsorted(self.key, now) - 1, 0)]
        return np.where((last < now) & (last // self.REACH == account), now - last, np.nan)


def _ids(pd, world: World, rows: Array) -> dict[str, object]:
    """Time and accounts of each row; the agent is the origin of a cash-in."""
    names = np.array(
        [f"{letter}{i:07d}" for letter, (start, stop) in world.blocks.items() for i in range(stop - start)],
        dtype=object,
    )
    credit = rows["type"] == world_.CASH_IN
    return {
        "time": pd.Timestamp(FIRST_DAY) + pd.to_timedelta(rows["time"], unit="s"),
        "origin": names[np.where(credit, rows["peer"], rows["wallet"])],
        "destination": names[np.where(credit, rows["wallet"], rows["peer"])],
    }
