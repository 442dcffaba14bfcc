"""The attack suite: hostile programs, run for real, and whether each one was blocked."""

from judgecore.attacks.programs import Attack, Program, choose, folder, load
from judgecore.attacks.suite import Ending, Outcome, left_behind, run

__all__ = [
    "Attack",
    "Ending",
    "Outcome",
    "Program",
    "choose",
    "folder",
    "left_behind",
    "load",
    "run",
]
