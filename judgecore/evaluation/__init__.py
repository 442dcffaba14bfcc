"""What is done with a submission's tests, by the problem's kind."""

from judgecore.evaluation.batch import Progress, evaluate
from judgecore.evaluation.scoring import total

__all__ = ["Progress", "evaluate", "total"]
