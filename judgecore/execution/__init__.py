"""Programs in sandboxes: the public seam on which everything that runs a program is built."""

from judgecore.execution.builds import Builds
from judgecore.execution.environment import environment
from judgecore.execution.executor import Executor
from judgecore.execution.executors import Executors
from judgecore.execution.program import Prepared, Program, Ran, Run
from judgecore.execution.sandbox import Sandbox
from judgecore.execution.spread import Team

__all__ = [
    "Builds",
    "Executor",
    "Executors",
    "Prepared",
    "Program",
    "Ran",
    "Run",
    "Sandbox",
    "Team",
    "environment",
]
