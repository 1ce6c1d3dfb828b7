"""Episodes: the frauds of the simulator, and the honest customers who look like them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synda_sk.datasets import _accounts as acc
from synda_sk.datasets._accounts import Array, World


@dataclass(frozen=True)
class Style:
    """How an episode is carried out; the same words describe a thief and an honest customer."""

    changed: float
    """Share of takeovers whose change of SIM (and, apart from it, of device) is on record."""
    lead_hours: float
    """Median time from that change to the first row."""
    gap_minutes: float
    """Median time between two rows."""
    drain: tuple[float, float]
    """Range of the share of the balance taken by one row."""
    usual: float
    """Share of rows whose amount is kept below an everyday one."""
    night: float
    """Share of episodes that begin between midnight and five."""
    known: float
    """Share of counterparties that the wallet knows already."""
    young: float
    """Share of receiving wallets taken among the newest."""


@dataclass(frozen=True)
class Level:
    """A level of difficulty: how thieves and honest look-alikes act, and how many of each there are."""

    bold: Style
    careful: Style
    errand: Style
    careful_share: float
    """Share of the frauds committed with care."""
    errand_share: float
    """Share of all rows that belong to errands."""


BOLD = Style(
    changed=0.97,
    lead_hours=2.0,
    gap_minutes=8.0,
    drain=(0.5, 0.75),
    usual=0.0,
    night=0.8,
    known=0.03,
    young=0.95,
)
CAREFUL = Style(
    changed=0.65,
    lead_hours=50.0,
    gap_minutes=150.0,
    drain=(0.2, 0.75),
    usual=0.45,
    night=0.1,
    known=0.35,
    young=0.35,
)
ERRAND = Style(
    changed=0.6,
    lead_hours=60.0,
    gap_minutes=240.0,
    drain=(0.15, 0.75),
    usual=0.5,
    night=0.06,
    known=0.4,
    young=0.3,
)
CALM = Style(
    changed=0.3,
    lead_hours=60.0,
    gap_minutes=600.0,
    drain=(0.1, 0.5),
    usual=0.9,
    night=0.02,
    known=0.85,
    young=0.2,
)

LEVELS = {
    "easy": Level(BOLD, CAREFUL, CALM, careful_share=0.0, errand_share=0.01),
    "medium": Level(BOLD, CAREFUL, ERRAND, careful_share=0.15, errand_share=0.015),
    "hard": Level(BOLD, CAREFUL, ERRAND, careful_share=0.46, errand_share=0.03),
}


def episodes(
    rng: np.random.Generator,
    world: World,
    style: Style,
    n_rows: int,
    wallets: Array,
    fraud: bool,
    drift: float,
) -> tuple[Array, Array]:
    """Plan ``n_rows`` rows of episodes of every kind, begun in ``wallets``, and the deposits before them.

    The first half of the kinds fades over the horizon, to ``1 - drift`` of its share.
    """
    sizes = _sizes(rng, n_rows)
    n_episodes = sizes.size
    wallets = np.resize(wallets, n_episodes)
    start = (np.arange(n_episodes) + rng.random(n_episodes)) / max(n_episodes, 1)
    clock = acc.draw_times(rng, world, world.region[wallets])
    awake = rng.random(n_episodes) >= style.night
    second = np.where(awake, clock % 86_400, rng.integers(0, 5 * 3_600, n_episodes))
    begin = (start * acc.DAYS).astype(np.int64) * 86_400 + second
    kind = _kinds(rng, start, drift)
    parts = []
    for k, plan in enumerate(KINDS.values()):
        of_kind = kind == k
        part = plan(rng, world, style, wallets[of_kind], begin[of_kind], sizes[of_kind])
        part["kind"] = k + 1
        parts.append(part)
    rows = np.concatenate(parts)
    rows["fraud"] = fraud
    return rows, _deposits(rng, world, wallets, begin)


def _kinds(rng: np.random.Generator, start: Array, drift: float) -> NDArray[np.int64]:
    """Draw the kind of each episode, given when it begins as a share of the horizon."""
    n_kinds = len(KINDS)
    sign = np.where(np.arange(n_kinds) < n_kinds // 2, -1.0, 1.0)
    shares = (1.0 + drift * start[:, None] * sign) / n_kinds
    even = (rng.permutation(start.size) + 0.5) / max(start.size, 1)
    return (even[:, None] > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)


def max_episodes(n_rows: int) -> int:
    """Return a bound on the number of episodes that ``n_rows`` rows make."""
    return -(-n_rows // 3)


def _sizes(rng: np.random.Generator, n_rows: int) -> NDArray[np.int64]:
    """Lengths of episodes, three to six rows each, the last one cut so that they sum to ``n_rows``."""
    sizes = rng.integers(3, 7, max_episodes(n_rows))
    starts = sizes.cumsum() - sizes
    kept = starts < n_rows
    return np.minimum(sizes[kept], n_rows - starts[kept])


def _deposits(rng: np.random.Generator, world: World, wallets: Array, begin: Array) -> Array:
    """Genuine cash-ins that put money into a wallet some time before its episode."""
    rows = np.zeros(wallets.size, dtype=acc.ROW)
    kind = np.full(wallets.size, acc.CASH_IN)
    ahead = (rng.lognormal(np.log(36.0), 1.0, wallets.size) * 3_600).astype(np.int64)
    rows["wallet"], rows["type"] = wallets, kind
    rows["time"] = np.maximum(begin - ahead, 0)
    rows["cents"] = acc.draw_cents(rng, world, wallets, kind)
    rows["peer"] = acc.draw_peers(rng, world, wallets, kind, 0.8)
    rows["sim"] = rows["device"] = acc.NEVER
    return rows


def _plan(rng: np.random.Generator, style: Style, begin: Array, sizes: Array) -> tuple[Array, Array, Array]:
    """Rows with what every kind shares (times and amounts), each row's episode and its place in it."""
    episode = np.repeat(np.arange(sizes.size), sizes)
    first = np.repeat(sizes.cumsum() - sizes, sizes)
    last = first + sizes[episode] - 1
    rows = np.zeros(episode.size, dtype=acc.ROW)
    gaps = 30 + rng.lognormal(np.log(style.gap_minutes * 60), 1.0, episode.size).astype(np.int64)
    elapsed = gaps.cumsum()
    late = np.maximum(begin[episode] + elapsed[last] - elapsed[first] - acc.HORIZON + 1, 0)
    rows["time"] = begin[episode] - late + elapsed - elapsed[first]
    rows["share"] = rng.uniform(*style.drain, episode.size)
    rows["step"] = rng.choice(acc.ROUND_STEPS, episode.size)
    rows["sim"] = rows["device"] = acc.NEVER
    return rows, episode, np.arange(episode.size) - first


def _receivers(
    rng: np.random.Generator, world: World, style: Style, n_rows: int, newest_share: float = 1 / 8
) -> NDArray[np.int64]:
    """Wallets that money is sent to, some of them picked among the newest."""
    newest = np.argsort(-world.opened)[: max(int(world.n_wallets * newest_share), 20)]
    return np.where(
        rng.random(n_rows) < style.young,
        rng.choice(newest, n_rows),
        rng.integers(0, world.n_wallets, n_rows),
    )


def _complete(rng: np.random.Generator, world: World, style: Style, rows: Array) -> None:
    """Fill in agents, channels and amounts once wallets and types stand; nobody pays himself."""
    wallet, kind = rows["wallet"], rows["type"].astype(np.int64)
    agents = acc.draw_peers(rng, world, wallet, kind, style.known)
    others = np.where(rows["peer"] == wallet, (wallet + 1) % world.n_wallets, rows["peer"])
    rows["peer"] = np.where(kind == acc.TRANSFER, others, agents)
    rows["channel"] = acc.draw_channels(rng, world, wallet)
    everyday = acc.draw_cents(rng, world, wallet, kind)
    rows["cents"] = np.where(rng.random(len(rows)) < style.usual, everyday, 30 * everyday)


def _takeover(
    rng: np.random.Generator, world: World, style: Style, wallets: Array, begin: Array, sizes: Array
) -> Array:
    """SIM swap: somebody holds the victim's number and empties the wallet in parts."""
    rows, episode, place = _plan(rng, style, begin, sizes)
    n_rows = len(rows)
    rows["wallet"] = wallets[episode]
    rows["type"] = np.where(rng.random(n_rows) < 0.45, acc.CASH_OUT, acc.TRANSFER)
    friends = acc.draw_peers(rng, world, rows["wallet"], np.full(n_rows, acc.TRANSFER), 1.0)
    strangers = _receivers(rng, world, style, n_rows)
    rows["peer"] = np.where(rng.random(n_rows) < style.known, friends, strangers)
    for registry in ("sim", "device"):
        lead = rng.lognormal(np.log(style.lead_hours * 3_600), 0.8, sizes.size).astype(np.int64)
        recorded = rng.random(sizes.size) < style.changed
        rows[registry] = np.where(recorded, rows["time"][place == 0] - lead, acc.NEVER)[episode]
    _complete(rng, world, style, rows)
    return rows


def _mule_chain(
    rng: np.random.Generator, world: World, style: Style, wallets: Array, begin: Array, sizes: Array
) -> Array:
    """Mule chain: money hops from wallet to wallet, most of it sent on at once, and is cashed at the end."""
    rows, episode, place = _plan(rng, style, begin, sizes)
    mules = _receivers(rng, world, style, len(rows))
    rows["wallet"] = np.where(place == 0, wallets[episode], np.roll(mules, 1))
    rows["peer"] = mules
    rows["type"] = np.where(place == sizes[episode] - 1, acc.CASH_OUT, acc.TRANSFER)
    rows["share"] = np.minimum(rows["share"] * 1.25, 0.95)
    _complete(rng, world, style, rows)
    return rows


def _commission_splitting(
    rng: np.random.Generator, world: World, style: Style, wallets: Array, begin: Array, sizes: Array
) -> Array:
    """Commission splitting: an agent books one deposit as several, or the same money in and out again."""
    rows, episode, place = _plan(rng, style, _by_day(begin), sizes)
    n_rows = len(rows)
    rows["wallet"] = wallets[episode]
    circular = rng.random(sizes.size) < 0.5
    rows["type"] = np.where(circular[episode] & (place % 2 == 1), acc.CASH_OUT, acc.CASH_IN)
    _complete(rng, world, style, rows)
    rows["peer"] = rows["peer"][place == 0][episode]
    everyday = acc.draw_cents(rng, world, rows["wallet"], np.full(n_rows, acc.CASH_IN))
    wish = 6 * everyday[place == 0][episode]
    steps = acc.COMMISSION_STEPS
    tier = steps[np.maximum(np.searchsorted(steps, wish, side="right") - 1, 0)]
    below = (tier * rng.uniform(0.96, 0.999, n_rows)).astype(np.int64)
    rows["cents"] = np.where(rng.random(n_rows) < style.usual, everyday, below)
    rows["share"] = np.where(rows["type"] == acc.CASH_OUT, 0.97, 0.0)
    return rows


def _social_engineering(
    rng: np.random.Generator, world: World, style: Style, wallets: Array, begin: Array, sizes: Array
) -> Array:
    """Social engineering: customers are talked into paying a stranger or a friend's stolen account."""
    rows, episode, place = _plan(rng, style, _by_day(begin), sizes)
    by_friend = rng.random(sizes.size) < style.known
    wealthy = np.argsort(-world.wealth)[: max(world.n_wallets // 5, 20)]
    victim = np.where(by_friend[:, None], wallets[:, None], rng.choice(wealthy, (sizes.size, 3)))
    friend = acc.draw_peers(rng, world, wallets, np.full(sizes.size, acc.TRANSFER), 1.0)
    stranger = _receivers(rng, world, style, sizes.size, newest_share=1 / 40)
    rows["wallet"] = victim[episode, place // 2]
    rows["type"] = acc.TRANSFER
    rows["peer"] = np.where(by_friend, friend, stranger)[episode]
    rows["share"] = np.minimum(rows["share"] * 1.25, 0.95)
    _complete(rng, world, style, rows)
    return rows


def _by_day(begin: Array) -> Array:
    """Put off to the day what would begin at night: the counter is closed, the victim asleep."""
    return begin + np.where(begin % 86_400 < 6 * 3_600, 10 * 3_600, 0)


KINDS: dict[str, Callable[..., Array]] = {
    "sim_swap": _takeover,
    "mule_chain": _mule_chain,
    "commission_splitting": _commission_splitting,
    "social_engineering": _social_engineering,
}
