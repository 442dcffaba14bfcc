"""What a program has to write: stdout, or files by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from judgecore.checkers import check
from judgecore.evaluation.checked import Checked
from judgecore.execution import Ran
from judgecore.problem import Checker, Problem, TestCase
from judgecore.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Written:
    """What is judged: `output`, and the problem's `more_outputs` by name."""

    output: bytes
    more: Mapping[str, bytes] = field(default_factory=dict)


def written(problem: Problem, ran: Ran) -> Written | Checked:
    """What a run that ended well has written, or the verdict where a file is missing or cut."""
    report = ran.report
    if not problem.outputs:
        return Written(report.stdout)
    found = {path: report.collected[path] for path in problem.outputs if path in report.collected}
    most = ran.limits.output_bytes
    if report.collect_truncated and sum(map(len, found.values())) >= most:
        return Checked(Verdict.OLE, f"more than {most} bytes in {', '.join(problem.outputs)}")
    for path in problem.outputs:
        if path not in found:
            return Checked(Verdict.WA, f"it did not write {path}")
    output = report.stdout
    if len(problem.outputs) > len(problem.more_outputs):
        output = found.pop(problem.outputs[0])
    return Written(output, found)


def compared(test: TestCase, checker: Checker, given: Written) -> Checked:
    """The first difference between what was written and what is expected."""
    assert test.expected is not None
    found = Checked(*check(given.output, test.expected, checker))
    for path, content in given.more.items():
        if found.verdict is not Verdict.AC:
            break
        verdict, detail = check(content, test.expected_files[path], checker)
        found = Checked(verdict, f"{path}: {detail}" if detail else "")
    return found
