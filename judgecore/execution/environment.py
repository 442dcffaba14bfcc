"""What a submission is judged in, as its result tells it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from judgecore.engine import Tier
from judgecore.engine.kinds import KINDS
from judgecore.execution.executor import Executor
from judgecore.limits import Limits
from judgecore.result import Environment

_ENGINES = {kind.tier: kind.name for kind in KINDS.values()}
try:
    _VERSION = version("judgecore")
except PackageNotFoundError:  # run from a source tree that is not installed
    _VERSION = ""


def environment(executor: Executor, limits: Limits, tier: Tier, reuse: str) -> Environment:
    """What a program runs in, whose tests have these limits."""
    image, digest = executor.image
    return Environment(
        judgecore=_VERSION,
        engine=_ENGINES.get(tier, str(tier)),
        image=image,
        image_digest=digest,
        reuse=reuse,
        toolchain=executor.toolchain,
        speed=executor.speed,
        limits=executor.in_force(limits).effective,
        asked={"cpu_ms": limits.cpu_ms, "memory_bytes": limits.memory_bytes},
    )
