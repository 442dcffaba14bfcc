"""judgecore: runs and judges code nobody trusts.

from judgecore import Judge, Submission, TestCase

with Judge() as judge:
    result = judge.judge(Submission(
        language="python",
        source="print(sum(map(int, input().split())))",
        tests=[TestCase(input="2 3", expected="5")],
    ))
print(result.verdict)  # AC
"""

from judgecore.config import Config, Reuse
from judgecore.errors import (
    EngineUnavailable,
    InfrastructureError,
    Interrupted,
    InvalidConfig,
    InvalidPackage,
    InvalidSubmission,
    JudgecoreError,
    JudgingTimeout,
    LanguageUnavailable,
    MachineBusy,
    PoolClosed,
    QueueUnavailable,
    SlotLost,
    StoreUnavailable,
    UnknownLanguage,
    UsageError,
)
from judgecore.evaluation import Checked
from judgecore.execution import Executor, Executors, Program, Ran, Run
from judgecore.functions import Comparison, Function, Offered, Uses
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.interruption import Interruption
from judgecore.judge import Judge
from judgecore.kinds import (
    Batch,
    CheckerProgram,
    Convention,
    Included,
    Interactive,
    SubmitAnswer,
    Support,
)
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.result import CompileResult, Result, RunResult, RunStatus, TestResult
from judgecore.submission import Submission
from judgecore.verdict import Verdict

__version__ = "0.1.0"

__all__ = [
    "Aggregate",
    "Batch",
    "Checked",
    "Checker",
    "CheckerKind",
    "CheckerProgram",
    "Comparison",
    "CompileResult",
    "Config",
    "Convention",
    "EngineUnavailable",
    "Executor",
    "Executors",
    "Function",
    "Group",
    "Included",
    "InfrastructureError",
    "Interactive",
    "Interrupted",
    "Interruption",
    "InvalidConfig",
    "InvalidPackage",
    "InvalidSubmission",
    "Judge",
    "JudgecoreError",
    "JudgingTimeout",
    "LanguageUnavailable",
    "Limits",
    "MachineBusy",
    "Offered",
    "PoolClosed",
    "Problem",
    "Program",
    "QueueUnavailable",
    "Ran",
    "Result",
    "Reuse",
    "Run",
    "RunResult",
    "RunStatus",
    "Scoring",
    "SlotLost",
    "StoreUnavailable",
    "Submission",
    "SubmitAnswer",
    "Support",
    "TestCase",
    "TestResult",
    "UnknownLanguage",
    "UsageError",
    "Uses",
    "Verdict",
    "__version__",
]
