"""What there is to steal: secrets of the host that no program may find."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from judgecore.limits import MIB

_CANARY_VARIABLE = "JUDGECORE_ATTACK_CANARY"


@dataclass(frozen=True, slots=True)
class Bait:
    """Secrets of the host: a variable of this process, and a file that any uid may read."""

    canary: str
    answer: str
    path: Path

    def stdin(self, megabytes: int) -> bytes:
        """What an attack is fed: where the secrets are, and padding."""
        told = f"{self.path}\n{os.getpid()}\n2 3\n".encode()
        return told + b"\n" * (megabytes * MIB)

    def stolen(self, data: bytes) -> str:
        """Which secret shows in `data`."""
        for what, value in (("the host's environment", self.canary), ("the answer", self.answer)):
            if value.encode() in data:
                return f"{what} was read"
        return ""


@contextmanager
def bait_out() -> Iterator[Bait]:
    """Lay out new secrets, and take them away afterwards."""
    canary, answer = (f"judgecore-{kind}-{secrets.token_hex(12)}" for kind in ("canary", "answer"))
    before = os.environ.get(_CANARY_VARIABLE)
    os.environ[_CANARY_VARIABLE] = canary
    try:
        with tempfile.TemporaryDirectory(prefix="judgecore-bait-") as made:
            path = Path(made) / "1.ans"
            path.write_text(f"{answer}\n")
            path.parent.chmod(0o755)
            path.chmod(0o644)
            yield Bait(canary, answer, path)
    finally:
        if before is None:
            del os.environ[_CANARY_VARIABLE]
        else:
            os.environ[_CANARY_VARIABLE] = before
