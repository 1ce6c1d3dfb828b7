"""The command line's options."""

import argparse
import math
import sys
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NoReturn

from synda_sk import __version__
from synda_sk._cli_journal import add_journal_command

ESTIMATORS = ("forest", "logistic", "boosting")
EXAMPLE = "python -m synda_sk run --table claims.csv --target fraud --positive yes --time date --labels 500"


class Parser(argparse.ArgumentParser):
    """A parser that tells what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Write one line to stderr and exit with code 2."""
        message = message.removeprefix("argument ").replace(": expected one argument", " needs a value")
        self.exit(2, f"{self.prog}: error: {' '.join(message.split())}; see {self.prog} --help\n")

    def parse(self, argv: list[str]) -> argparse.Namespace:
        """Parse, and guess what an unknown option was meant to be."""
        options, unknown = self.parse_known_args(argv)
        if unknown:
            command = options.parser
            known = [name for action in command._actions for name in action.option_strings]
            near = get_close_matches(unknown[0].partition("=")[0], known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known[2:])}"
            command.error(f"{unknown[0]} is no option; {hint}")
        return options


def make_parser() -> Parser:
    """Return the parser of ``python -m synda_sk``.

    Returns
    -------
    Parser
        Its result has `command`, "demo", "run" or "journal", and the options.
    """
    parser = Parser(
        prog="synda",
        description="Fewer labels by active learning with synthetic data: SynDA against random labelling.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"synda_sk {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="demo|run|journal", parser_class=Parser
    )
    demo = _command(commands, "demo", "compare on simulated mobile-money transactions", labels=300, seeds=3)
    group = demo.add_argument_group("data")
    _number(group, "--n-samples", 20_000, int, 1_000, None, "rows to simulate, in time order")
    _number(group, "--fraud-rate", 0.008, float, 0, 0.2, "share of frauds", open_low=True)
    group.add_argument(
        "--difficulty",
        choices=("easy", "medium", "hard"),
        default="hard",
        help="how well frauds hide (default hard)",
    )

    run = _command(commands, "run", "compare on your own table", labels=500, seeds=5)
    run.epilog = f"example: {EXAMPLE}"
    group = run.add_argument_group("data")
    group.add_argument("--table", required=True, metavar="FILE", help="a .csv, .csv.gz or .parquet file")
    group.add_argument(
        "--target", required=True, metavar="COL", help="column with the labels; rows without one are left out"
    )
    group.add_argument(
        "--positive",
        metavar="VALUE",
        help="class to look for, against the rest, as written in the file (default: the rarer of two)",
    )
    group.add_argument(
        "--time",
        metavar="COL[,COL]",
        type=_names,
        default=[],
        help="when each row happened: the last 30%% are held out, and the columns are no features "
        "(default: a random part is held out)",
    )
    group.add_argument("--drop", metavar="COL,...", type=_names, default=[], help="columns to leave out")
    group.add_argument(
        "--source",
        metavar="COL=VALUE",
        help="rows of another region or an earlier period, which transfer and transfer tuned learn from; or "
        "the file of a model trained elsewhere, made by synda_sk.persistence.save",
    )
    group.add_argument(
        "--groups",
        metavar="COL",
        help="region, period or other group of each row: the test rows of each are measured apart too",
    )
    group.add_argument(
        "--amount",
        metavar="COL",
        help="what each row is worth: the share of it among the alerts is measured, and what errors cost",
    )
    _number(group, "--alert-cost", 0.0, float, 0, None, "what looking at one alert costs, with --amount")
    add_journal_command(commands)
    return parser


def _command(commands: Any, name: str, summary: str, *, labels: int, seeds: int) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name, help=summary, description=summary.capitalize() + ".", allow_abbrev=False
    )
    command.set_defaults(parser=command)
    command.add_argument(
        "--estimator", choices=ESTIMATORS, default="forest", help="final model (default forest)"
    )
    _number(command, "--labels", labels, int, 2, None, "labels to buy in all, a fifth of them at first")
    _number(command, "--rounds", 10, int, 1, None, "rounds the rest is spread over")
    _number(command, "--seeds", seeds, int, 1, None, "paired repetitions")
    _number(
        command, "--alerts", 0.01, float, 0, 1, "share of the test rows that can be looked at", open_low=True
    )
    command.add_argument(
        "--methods",
        metavar="NAME,...",
        type=_names,
        default=["synda", "random"],
        help="what to compare: names such as entropy or self-training, or baselines, or all, with the "
        "peers that are installed (default synda,random)",
    )
    _number(command, "--jobs", 1, int, 1, None, "processes; changes no number")
    command.add_argument(
        "--resume",
        action="store_true",
        help="keep every finished run in DIR/runs and go on from those that are there",
    )
    command.add_argument(
        "--out", metavar="DIR", default="synda_out", help="folder to write to (default synda_out)"
    )
    return command


def _number(
    group: Any,
    name: str,
    default: float,
    kind: Callable[[str], float],
    low: float,
    high: float | None,
    text: str,
    open_low: bool = False,
) -> None:
    noun = "a whole number" if kind is int else "a number"
    bounds = f"{'>' if open_low else '>='} {low}" + (f" and <= {high}" if high is not None else "")

    def parse(value: str) -> float:
        try:
            number = kind(value)
        except ValueError:
            number = math.nan
        too_low = not (number > low if open_low else number >= low)
        if too_low or (high is not None and number > high) or math.isinf(number):
            raise argparse.ArgumentTypeError(f"must be {noun} {bounds}, got {value!r}")
        return number

    group.add_argument(name, type=parse, default=default, metavar="N", help=f"{text} (default {default})")


def _names(value: str) -> list[str]:
    names = [name.strip() for name in value.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"must be names of columns with commas between them, got {value!r}")
    return names


def fail(command: str, message: str) -> int:
    """Write an error as one line to stderr and return the exit code 2."""
    sys.stderr.write(f"synda {command}: error: {message}\n")
    return 2
