"""Every exception of judgecore.

    JudgecoreError
    ├── UsageError                 the caller must change something; retrying is useless
    │   ├── UnknownLanguage        no language folder has that id or alias
    │   ├── InvalidSubmission      a field of a submission or of its limits is not acceptable
    │   ├── InvalidPackage         a problem package on disk breaks its format
    │   └── InvalidConfig          a setting is missing, unreadable or contradictory
    ├── Interrupted                the caller, or who asked in its name, ended it: nothing is known
    │   └── JudgingTimeout     the time that the caller had set is over; a TimeoutError
    └── InfrastructureError        the judge is at fault, never the program; retrying may help
        ├── EngineUnavailable      no slot can be made on this host at all; says what to do
        │   └── LanguageUnavailable  the language's tools are not where programs run
        ├── SlotLost               a slot died, hung or broke its protocol during a run
        ├── MachineBusy            a program waited for a core for most of its time
        ├── PoolClosed             the pool was closed while somebody waited for a slot
        ├── QueueUnavailable       the message broker refused or dropped us
        └── StoreUnavailable       the database refused or dropped us

A bad program is a value (a `Verdict`), never one of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class JudgecoreError(Exception):
    """Root of everything judgecore raises on purpose."""


class UsageError(JudgecoreError):
    """The request itself is wrong: the same call will fail the same way."""


class UnknownLanguage(UsageError):
    """No language has this id or alias; unlike `InvalidSubmission`, the rest may be fine."""


class InvalidSubmission(UsageError):
    """A field of a submission is not acceptable; `field` names it, the message says the remedy.

    `others`: further fields at fault, each with its problem. The message names them all.
    """

    def __init__(self, field: str, problem: str, others: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__("; ".join(f"{at}: {what}" for at, what in ((field, problem), *others)))
        self.field = field
        self.problem = problem
        self.others = tuple(others)

    def __reduce__(self) -> tuple[type[InvalidSubmission], tuple[Any, ...]]:
        return type(self), (self.field, self.problem, self.others)  # `args` is the one sentence


class InvalidPackage(UsageError):
    """A problem package on disk breaks its format; the message starts with the offending path."""


class InvalidConfig(UsageError):
    """A setting is missing, unreadable or contradicts another; the message names it."""


class Interrupted(JudgecoreError):
    """Work that was ended on request; unlike `SlotLost`, nothing failed. Never a verdict."""


class JudgingTimeout(Interrupted, TimeoutError):
    """No result within the caller's `timeout_s`; unlike the verdict TLE, no limit of a problem."""


class InfrastructureError(JudgecoreError):
    """Something around the program failed. Never evidence about the program itself."""


class EngineUnavailable(InfrastructureError):
    """The engine cannot make slots on this host; unlike `SlotLost`, no slot ever lived."""


class LanguageUnavailable(EngineUnavailable):
    """A language's tools are not installed where programs run; another worker may have them."""


class SlotLost(InfrastructureError):
    """A slot that had answered its handshake died, hung or spoke out of order."""


class MachineBusy(InfrastructureError):
    """A program got too little of a core to be judged; unlike `SlotLost`, its slot is well."""


class PoolClosed(InfrastructureError):
    """The pool was closed; unlike `SlotLost`, on purpose."""


class QueueUnavailable(InfrastructureError):
    """The message broker cannot be reached or refused a call."""


class StoreUnavailable(InfrastructureError):
    """The database cannot be reached or refused a call."""
