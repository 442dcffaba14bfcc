"""The attack suite: hostile programs, run for real, and whether each one was held."""

from judgecore.attacks.programs import Attack, Program, choose, folder, load
from judgecore.attacks.suite import Outcome, left_behind, run

__all__ = ["Attack", "Outcome", "Program", "choose", "folder", "left_behind", "load", "run"]
