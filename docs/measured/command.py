"""The commands that made the results: ``command.NAME`` tells those of benchmarks/results/NAME.json."""

from collections.abc import Callable
from typing import Any


def __getattr__(name: str) -> Callable[[Callable[[str], Any]], str]:
    def told(load: Callable[[str], Any]) -> str:
        content = load(name)
        commands = content.get("commands") or [content["command"]]
        return "Made by " + ", ".join(f"`{command}`" for command in dict.fromkeys(commands)) + "."

    return told
