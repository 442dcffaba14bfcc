"""How fast a machine is: what a fixed program takes of CPU time, against a reference machine.

The program is the runner's own (reference.c), so that it is the same everywhere, and needs no
compiler. It mixes whole numbers, branches that cannot be foreseen, a table larger than a
first-level cache, and floating point.
"""

from __future__ import annotations

from judgecore.errors import SlotLost
from judgecore.limits import Limits
from judgecore.runner import build
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

REFERENCE_MS = 130.0
REFERENCE = "a virtual machine on an AMD EPYC, gcc 12, 2026"
_TIMES = 5
_COMMAND = Command(("./reference", "--reference"), Limits(cpu_ms=60_000))


def measure(slot: Slot) -> float:
    """The speed of the slot's machine: 2 takes half the time of the reference machine.

    The fastest of several runs counts. Leaves a file in the box; raises `SlotLost` when the program
    does not run.
    """
    slot.put("reference", build.binary().read_bytes(), 0o755)
    reports = [slot.run(_COMMAND) for _ in range(_TIMES)]
    if any(report.exit_code != 0 for report in reports):
        raise SlotLost(f"the reference program failed: {reports[0]}")
    return round(REFERENCE_MS / min(report.cpu_ms for report in reports), 2)
