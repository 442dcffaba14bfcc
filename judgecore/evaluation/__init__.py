"""What is done with a submission's tests, by the problem's kind."""

from judgecore.evaluation.answers import Answers, UnreadableAnswers
from judgecore.evaluation.checked import Checked
from judgecore.evaluation.conventions import as_program
from judgecore.evaluation.driving import explained, with_driver
from judgecore.evaluation.functions import order_seed
from judgecore.evaluation.harness import with_included
from judgecore.evaluation.helpers import Helper, Role, by_programs, helpers_of
from judgecore.evaluation.procedures import Check, Opened
from judgecore.evaluation.results import Progress, evaluate
from judgecore.evaluation.scoring import total

__all__ = [
    "Answers",
    "Check",
    "Checked",
    "Helper",
    "Opened",
    "Progress",
    "Role",
    "UnreadableAnswers",
    "as_program",
    "by_programs",
    "evaluate",
    "explained",
    "helpers_of",
    "order_seed",
    "total",
    "with_driver",
    "with_included",
]
