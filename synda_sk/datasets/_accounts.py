"""The operator's world: who holds an account, how they use it day by day, and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DAYS = 90
HORIZON = DAYS * 86_400
FLOOR = 5_000
"""Cents that a genuine debit always leaves in a wallet."""

TYPES = ("airtime", "bill", "cash_in", "cash_out", "payment", "transfer")
AIRTIME, BILL, CASH_IN, CASH_OUT, PAYMENT, TRANSFER = range(6)
REGIONS = ("border", "capital", "coast", "highlands", "lakes")
CHANNELS = ("agent", "app", "ussd")
AT_AGENT, APP, USSD = range(3)
POPULATION = np.array([0.12, 0.34, 0.2, 0.16, 0.18])
MERCHANTS = ("clothing", "fuel", "groceries", "pharmacy", "restaurant", "transport")

MEDIAN_CENTS = np.array([5_000, 70_000, 200_000, 150_000, 30_000, 80_000])
COMMISSION_STEPS = np.array([50_000, 100_000, 250_000, 500_000, 1_000_000])
"""Cents at which an agent's commission for a deposit or a withdrawal rises."""
FEE_PER_MILLE = np.array([0, 5, 0, 15, 0, 10])
ROUND_STEPS = np.array([1, 100, 1_000, 5_000, 10_000, 50_000])
KNOWN_SHARE = np.array([1.0, 0.9, 0.8, 0.75, 0.7, 0.75])
DRAIN_SHARE = np.array([0.0, 0.0, 0.0, 0.25, 0.0, 0.12])

PAY_DAYS = (24, 55, 84)
"""Days on which wages come: the 25th of each month."""
PAY_SPELL = 3
"""Days for which they are felt: more traffic, larger cash-ins."""

# One line per region: mix of types, the morning and the evening peak, weekend traffic, share of app users.
TYPE_MIX = np.array(
    [
        [0.18, 0.05, 0.14, 0.23, 0.12, 0.28],
        [0.16, 0.12, 0.09, 0.13, 0.32, 0.18],
        [0.20, 0.08, 0.11, 0.17, 0.24, 0.20],
        [0.22, 0.06, 0.15, 0.22, 0.13, 0.22],
        [0.19, 0.07, 0.13, 0.20, 0.18, 0.23],
    ]
)
PEAK_HOURS = np.array([[8.0, 16.0], [9.5, 19.5], [10.0, 20.5], [7.5, 17.0], [9.0, 18.0]])
WEEKEND = np.array([1.2, 0.7, 1.3, 0.9, 1.1])
APP_SHARE = np.array([0.25, 0.65, 0.5, 0.2, 0.35])

ROW = np.dtype(
    [
        ("time", np.int64),
        ("type", np.int8),
        ("wallet", np.int32),
        ("peer", np.int32),
        ("channel", np.int8),
        ("cents", np.int64),
        ("share", np.float64),
        ("step", np.int64),
        ("sim", np.int64),
        ("device", np.int64),
        ("kind", np.int8),
        ("fraud", np.int8),
    ]
)
"""A planned row; ``share`` > 0 takes that share of the balance, up to ``cents``, cut to ``step``."""

NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Regions:
    """The habits of each region, one line or entry a region."""

    names: tuple[str, ...]
    population: Array
    type_mix: Array
    peak_hours: Array
    weekend: Array
    app_share: Array


@dataclass(frozen=True)
class World:
    """Accounts, numbered through: wallets first, then agents, merchants, billers and the operator."""

    regions: Regions
    region: Array
    opened: Array
    wealth: Array
    activity: Array
    app_user: Array
    opening_cents: Array
    sim: Array
    device: Array
    merchant_category: Array
    favourites: Array
    blocks: dict[str, tuple[int, int]]

    @property
    def n_wallets(self) -> int:
        """Number of customers' wallets, which have the lowest account numbers."""
        return self.blocks["W"][1]


def build_regions(rng: np.random.Generator, n_regions: int) -> Regions:
    """Five regions by name; each further one lies between them and blends their habits."""
    n_named = len(REGIONS)
    blend = np.vstack([np.eye(n_named), rng.dirichlet(np.full(n_named, 0.5), n_regions)])[:n_regions]
    population = blend @ POPULATION
    return Regions(
        names=(*REGIONS, *(f"region_{i + 1:02d}" for i in range(n_named, n_regions)))[:n_regions],
        population=population / population.sum(),
        type_mix=blend @ TYPE_MIX,
        peak_hours=blend @ PEAK_HOURS,
        weekend=blend @ WEEKEND,
        app_share=blend @ APP_SHARE,
    )


def build_world(rng: np.random.Generator, n_wallets: int, regions: Regions) -> World:
    """Draw the population: wallets, with their regions, means and habits, and those who serve them."""
    n_regions = len(regions.names)
    served = {"A": max(10, 2 * n_regions) + n_wallets // 40, "M": max(24, 2 * n_regions) + n_wallets // 20}
    sizes = {"W": n_wallets, **served, "B": 12, "O": 1}
    ends = np.cumsum(list(sizes.values()))
    blocks = {name: (int(end) - sizes[name], int(end)) for name, end in zip(sizes, ends, strict=True)}
    region = np.concatenate(
        [
            rng.choice(n_regions, n_wallets, p=regions.population),
            np.arange(ends[-1] - n_wallets) % n_regions,
        ]
    )
    home = region[:n_wallets]
    wealth = rng.lognormal(0.0, 0.7, n_wallets)
    favourites = np.column_stack(
        [
            _nearby(rng, blocks[name], region, home, n_regions)
            for name, k in (("A", 3), ("M", 4))
            for _ in range(k)
        ]
        + [rng.integers(*blocks[name], n_wallets) for name, k in (("B", 2), ("W", 5)) for _ in range(k)]
        + [np.full(n_wallets, blocks["O"][0])]
    ).astype(np.int32)
    return World(
        regions=regions,
        region=region,
        opened=-(rng.exponential(700, n_wallets) * 86_400).astype(np.int64) - 86_400,
        wealth=wealth,
        activity=rng.gamma(1.5, 1.0, n_wallets) + 0.1,
        app_user=rng.random(n_wallets) < regions.app_share[home],
        opening_cents=FLOOR + (wealth * rng.exponential(150_000, n_wallets)).astype(np.int64),
        sim=_changes(rng, n_wallets, mean_days=200),
        device=_changes(rng, n_wallets, mean_days=300),
        merchant_category=rng.integers(0, len(MERCHANTS), sizes["M"]),
        favourites=favourites,
        blocks=blocks,
    )


def _nearby(
    rng: np.random.Generator, block: tuple[int, int], region: Array, home: Array, n_regions: int
) -> NDArray[np.int64]:
    """For each wallet, one account of a block in the wallet's own region."""
    start, stop = block
    offset = np.array([np.flatnonzero(region[start:stop] == r)[0] for r in range(n_regions)])
    per_region = (stop - start) // n_regions
    return start + offset[home] + n_regions * rng.integers(0, per_region, home.size)


def _changes(rng: np.random.Generator, n_wallets: int, mean_days: float) -> NDArray[np.int64]:
    """(wallet, time) of each wallet's last change before the first day, and of those after it."""
    before = np.stack([np.arange(n_wallets), -rng.exponential(mean_days * 86_400, n_wallets)])
    later = rng.integers(0, n_wallets, rng.poisson(n_wallets * DAYS / mean_days))
    return np.hstack([before, np.stack([later, rng.uniform(0, HORIZON, later.size)])]).astype(np.int64)


def in_pay_spell(time: Array) -> NDArray[np.bool_]:
    """Tell which times, in seconds, fall in the days when wages have just come."""
    since = np.asarray(time)[..., None] // 86_400 - np.array(PAY_DAYS)
    return ((since >= 0) & (since < PAY_SPELL)).any(axis=-1)


def draw_times(rng: np.random.Generator, world: World, region: Array) -> NDArray[np.int64]:
    """Seconds since the first midnight, by pay-days and the rhythm of each row's region."""
    hour = np.arange(24) + 0.5
    weekend = np.arange(DAYS) % 7 >= 5
    paid = np.where(in_pay_spell(np.arange(DAYS) * 86_400), 1.7, 1.0)
    slot = np.empty(region.size, dtype=np.int64)
    for r, peaks in enumerate(world.regions.peak_hours):
        daily = 0.08 + np.exp(-(((hour[:, None] - peaks) / 2.8) ** 2)).sum(axis=1)
        weights = np.outer(paid * np.where(weekend, world.regions.weekend[r], 1.0), daily).ravel().cumsum()
        here = region == r
        slot[here] = np.searchsorted(weights, rng.random(here.sum()) * weights[-1], side="right")
    return slot * 3_600 + rng.integers(0, 3_600, region.size)


def daily_traffic(rng: np.random.Generator, world: World, n_rows: int) -> Array:
    """Plan the ordinary rows: who, when, what, to whom and how much."""
    rows = np.zeros(n_rows, dtype=ROW)
    weights = world.activity.cumsum()
    wallet = np.searchsorted(weights, rng.random(n_rows) * weights[-1], side="right")
    region = world.region[wallet]
    kind = (rng.random(n_rows)[:, None] > world.regions.type_mix.cumsum(axis=1)[region, :-1]).sum(axis=1)
    rows["wallet"], rows["type"] = wallet, kind
    rows["time"] = draw_times(rng, world, region)
    rows["peer"] = draw_peers(rng, world, wallet, kind, KNOWN_SHARE[kind])
    rows["sim"] = rows["device"] = NEVER
    rows["channel"] = draw_channels(rng, world, wallet)
    rows["step"] = rng.choice(ROUND_STEPS, n_rows)
    rows["cents"] = draw_cents(rng, world, wallet, kind)
    drains = rng.random(n_rows) < DRAIN_SHARE[kind]
    rows["share"][drains] = rng.uniform(0.4, 0.97, drains.sum())
    rows["cents"][drains] *= 20
    rows["cents"][(kind == CASH_IN) & in_pay_spell(rows["time"])] *= 2
    return rows


def draw_cents(rng: np.random.Generator, world: World, wallet: Array, kind: Array) -> NDArray[np.int64]:
    """Amounts wished for, most of them round, by the type of row and the wallet's means."""
    cents = MEDIAN_CENTS[kind] * world.wealth[wallet] * rng.lognormal(0.0, 0.8, wallet.size)
    step = 5.0 * 10.0 ** (np.floor(np.log10(cents)) - 2)
    rounded = np.where(rng.random(wallet.size) < 0.75, np.round(cents / step) * step, cents)
    return np.maximum(rounded, 500).astype(np.int64)


def draw_channels(rng: np.random.Generator, world: World, wallet: Array) -> NDArray[np.int8]:
    """App users mostly use the app; everyone else dials a short code."""
    return np.where(world.app_user[wallet] & (rng.random(wallet.size) < 0.85), APP, USSD).astype(np.int8)


def draw_peers(
    rng: np.random.Generator, world: World, wallet: Array, kind: Array, known_share: Array | float
) -> NDArray[np.int64]:
    """Counterparties: one of the wallet's favourites with chance ``known_share``, else anyone fitting."""
    first, count = np.array([[14, 1], [7, 2], [0, 3], [0, 3], [3, 4], [9, 5]]).T
    blocks = np.array([world.blocks[name] for name in "OBAAMW"])
    familiar = world.favourites[wallet, first[kind] + rng.integers(0, count[kind])]
    stranger = rng.integers(blocks[kind, 0], blocks[kind, 1])
    peer = np.where(rng.random(wallet.size) < known_share, familiar, stranger)
    return np.where(peer == wallet, (peer + 1) % world.n_wallets, peer)


def settle(world: World, rows: Array, home_agent: Array, top_up: Array) -> dict[str, NDArray[np.int64]]:
    """Book the rows one after the other, in cents, so that every balance adds up.

    A genuine customer who cannot afford a row pays cash in instead: type, counterparty and channel of that
    row are changed in place. Balances depend on each other through transfers, hence the plain loop.
    """
    n_wallets = world.n_wallets
    balance = world.opening_cents.tolist()
    fee_rate = FEE_PER_MILLE.tolist()
    book = {name: [0] * len(rows) for name in ("amount", "fee", "before", "after", "peer_before")}
    amounts, fees, befores, afters, peer_befores = book.values()
    topped_up = []
    columns = ("wallet", "peer", "type", "cents", "share", "step", "fraud")
    plan = zip(*(rows[name].tolist() for name in columns), top_up.tolist(), strict=True)
    for i, (wallet, peer, kind, amount, share, step, fraud, deposit) in enumerate(plan):
        before = balance[wallet]
        if share:
            amount = min(amount, int(share * before))
            amount -= amount % step if amount > 2 * step else 0
        fee = (amount * fee_rate[kind] + 500) // 1000
        if kind != CASH_IN and not fraud and (amount < 500 or amount + fee > before - FLOOR):
            topped_up.append(i)
            kind, amount, fee = CASH_IN, deposit, 0
        after = before + amount if kind == CASH_IN else before - amount - fee
        balance[wallet] = after
        if kind == TRANSFER and peer < n_wallets:
            peer_befores[i] = balance[peer]
            balance[peer] += amount
        amounts[i], fees[i], befores[i], afters[i] = amount, fee, before, after
    rows["type"][topped_up] = CASH_IN
    rows["peer"][topped_up] = home_agent[topped_up]
    rows["channel"][rows["type"] == CASH_IN] = AT_AGENT
    return {name: np.array(values, dtype=np.int64) for name, values in book.items()}
