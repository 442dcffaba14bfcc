"""The engines, and one slot that the configured engine starts."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from judgecore.config import Config, Reuse
from judgecore.doctor.cores import pinning
from judgecore.doctor.finding import Finding, Level, error, fine, warning
from judgecore.engine import Engine, SlotSpec, Tier
from judgecore.engine.kinds import KINDS, Kind, make_engine
from judgecore.errors import JudgecoreError
from judgecore.execution import Executors, Program, Run, Sandbox
from judgecore.execution.build_files import BuildFiles
from judgecore.languages import Language, Registry
from judgecore.limits import MIB, Limits
from judgecore.pool import Pool
from judgecore.runner import build
from judgecore.slot import Slot
from judgecore.speed import REFERENCE, measure

_SPIN = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"
_LIST = "cd /opt/prebuilt 2>/dev/null && echo *"
_SPINS = 15
_NOISY = 0.10
_EXACT = ("cgroup", "cgroup-v1", "cgroup-v2")


def findings(config: Config) -> Iterator[Finding]:
    """The runner, every engine, and a slot of the one that would be used."""
    yield _runner()
    for kind in KINDS.values():
        yield from _engine(kind, config)
    try:
        with closing(make_engine(config)) as engine:
            yield from _in_force(engine, config)
    except JudgecoreError as exc:
        yield error("slot", str(exc), "see the engines above")


def _runner() -> Finding:
    try:
        return fine("runner", str(build.binary()))
    except JudgecoreError as exc:
        return error("runner", str(exc), "apt-get install gcc libc6-dev")


def _engine(kind: Kind, config: Config) -> Iterator[Finding]:
    subject = f"{kind.name} engine"
    try:
        engine = kind.make(config)
    except JudgecoreError as exc:
        level = Level.ERROR if config.engine == kind.name else Level.WARNING
        yield Finding(subject, level, str(exc).splitlines()[0], kind.remedy)
        return
    yield fine(subject, repr(engine))
    daemon = getattr(engine, "daemon", None)
    engine.close()
    if daemon is not None:
        yield _daemon(daemon)


def _daemon(facts: dict[str, str]) -> Finding:
    says = ", ".join(f"{key} {value}" for key, value in facts.items())
    if "seccomp" not in facts.get("security", ""):
        return error("Docker daemon", says, "use a daemon and kernel with seccomp")
    return fine("Docker daemon", says)


def _in_force(engine: Engine, config: Config) -> Iterator[Finding]:
    yield _orphans(engine)
    yield _cache(engine, config)
    slots = min(config.effective_slots, engine.most_slots or config.effective_slots)
    yield from pinning(engine, slots)
    yield _spread(engine, slots, config)
    yield _reuse(config)
    # Not by a Judge, which protects the process that makes it: this one is only looking.
    with closing(Pool(engine, 1, SlotSpec(scratch_bytes=config.scratch_bytes))) as pool:
        registry = Registry.of(config)
        memory_bytes, warm = config.slot_memory_bytes, config.warm_starts
        executors = Executors(pool, registry, memory_bytes, warm_starts=warm)
        with executors.sandbox() as sandbox:
            yield fine("tier in force", f"{engine.tier}: {engine.tier.guarantees}")
            yield from _sources(sandbox)
            yield _prebuilt(sandbox, config)
            yield _warm(sandbox, executors, registry, config)
            yield _noise(sandbox)
        with pool.lease() as slot:
            yield _speed(slot, config)


def _orphans(engine: Engine) -> Finding:
    """Sweeping is what every start of a judge does first."""
    swept = engine.sweep()
    if swept:
        return warning(
            "orphaned slots",
            f"{swept} of dead processes, removed just now",
            "none; if they come back, look why workers are killed",
        )
    return fine("orphaned slots", "none")


def _cache(engine: Engine, config: Config) -> Finding:
    if not config.compile_cache_bytes:
        return fine("compile cache", "off (JUDGECORE_COMPILE_CACHE_MB=0)")
    says = f"at most {config.compile_cache_bytes // MIB} MiB in memory"
    folder = config.compile_cache_dir
    if folder is None:
        return fine("compile cache", says)
    if engine.tier is not Tier.CONTAINER:
        return warning(
            "compile cache",
            f"{says}; {folder} is not used, since only an image tells one compiler from another",
            "use the docker engine, or leave JUDGECORE_COMPILE_CACHE_DIR out",
        )
    try:
        BuildFiles(folder, config.compile_cache_dir_bytes)
    except JudgecoreError as exc:
        return error("compile cache", str(exc), f"chown and chmod 0700 {folder}, or another folder")
    return fine(
        "compile cache", f"{says}, and {config.compile_cache_dir_bytes // MIB} MiB in {folder}"
    )


def _spread(engine: Engine, slots: int, config: Config) -> Finding:
    """Whether idle slots run tests of a submission, as `Judge` decides it."""
    why = {
        "JUDGECORE_SPREAD=no": not config.spread,
        "JUDGECORE_REUSE=strict": config.reuse is Reuse.STRICT,
        "there is one slot": slots == 1,
        "there are more slots than cores": slots > (len(engine.cores) or slots),
    }
    if off := next((reason for reason, holds in why.items() if holds), ""):
        return fine("spread tests", f"off ({off})")
    return fine("spread tests", "idle slots run tests of the submission that is judged")


def _reuse(config: Config) -> Finding:
    says = {
        Reuse.STRICT: "none: each submission gets a new slot (JUDGECORE_REUSE=strict)",
        Reuse.BALANCED: f"at most {config.replace_after} submissions, then a new slot",
        Reuse.FAST: "as long as a slot can be reset",
    }
    return fine("reuse of slots", says[config.reuse])


def _sources(sandbox: Sandbox) -> Iterator[Finding]:
    for key, subject in (("memory_source", "memory figures"), ("cpu_source", "cpu figures")):
        source = sandbox.features.get(key, "unknown")
        if source in _EXACT:
            yield fine(subject, f"from {source}: the kernel's own account of the whole tree")
        else:
            remedy = "run the worker as root, so that it can make control groups: exact figures"
            yield warning(subject, f"from {source}", remedy)


def _prebuilt(sandbox: Sandbox, config: Config) -> Finding:
    if not config.prebuilt:
        return fine("prebuilt", "not used (JUDGECORE_PREBUILT=no)")
    with suppress(JudgecoreError):
        report = sandbox.command(("/bin/sh", "-c", _LIST), Limits(cpu_ms=10_000))
        if names := report.stdout.decode(errors="replace").split():
            return fine("prebuilt", f"ready for compilers and runtimes: {', '.join(names)}")
    return warning(
        "prebuilt",
        "nothing is ready for compilers and runtimes where programs run: compiling takes longer",
        "an image of this version (scripts/images)",
    )


def _warm(sandbox: Sandbox, executors: Executors, registry: Registry, config: Config) -> Finding:
    """Whether a run is forked from an interpreter that waits."""
    if not config.warm_starts:
        return fine("warm starts", "off (JUDGECORE_WARM_STARTS=no)")
    exact = sandbox.features.get("memory_source") in _EXACT
    if not exact or sandbox.features.get("uids") != "own":
        return fine(
            "warm starts", "off: this engine gives runs no uid or no control group of their own"
        )
    waits: dict[str, bool] = {}
    for language in _with_warm_starts(registry):
        with suppress(JudgecoreError):  # it is not installed
            waits[language.id] = _waits(sandbox, executors, language)
    if unable := [name for name, able in waits.items() if not able]:
        return warning(
            "warm starts",
            f"no interpreter of {', '.join(unable)} could be made to wait: each run starts its own",
            "the image's interpreters (docs/performance.md names their versions), linked to the C"
            " library dynamically, as distributions build them",
        )
    says = f"runs of {', '.join(waits)} are forked from an interpreter that waits"
    return fine("warm starts", says if waits else "none of the languages that have them is here")


def _with_warm_starts(registry: Registry) -> Iterator[Language]:
    """Java stands for all languages on the JVM: it is the same for them."""
    for language in registry.values():
        warm = language.warm
        if warm is not None and warm.possible and (not warm.threads or language.id == "java"):
            yield language


def _waits(sandbox: Sandbox, executors: Executors, language: Language) -> bool:
    source, given, _ = language.proof()
    executor = sandbox.start(executors.prepare(Program(language.id, source.encode())))
    ran = executor.run(Run(stdin=given.encode(), limits=Limits(cpu_ms=10_000)))
    sandbox.reset()
    return ran.report.warm is not None and ran.report.warm != "failed"


def _speed(slot: Slot, config: Config) -> Finding:
    found = measure(slot)
    says = f"{found:g} times as fast as the reference machine ({REFERENCE})"
    if config.speed is None:
        return fine("speed", f"{says}; limits on time are divided by what is measured")
    return fine(
        "speed", f"{says}; limits on time are divided by {config.speed:g} (JUDGECORE_SPEED)"
    )


def _noise(sandbox: Sandbox) -> Finding:
    """How much the CPU time of one and the same program varies here."""
    command, limits = ("/bin/sh", "-c", _SPIN), Limits(cpu_ms=10_000)
    spins: list[Any] = []
    with suppress(JudgecoreError):
        spins = [sandbox.command(command, limits) for _ in range(_SPINS)]
    if not spins or any(report.exit_code != 0 for report in spins):
        return warning("timing noise", "not measured: no /bin/sh in the image", "none needed")
    times = sorted(report.cpu_ms for report in spins)
    middle = statistics.median(times)
    above = times[-2] / middle - 1  # the slowest of all may be the first, with a cold cache
    says = f"{_SPINS} runs of {middle:.1f} ms CPU time: slow ones {above:.0%} above the median"
    if above > _NOISY:
        return warning(
            "timing noise",
            says,
            "use fewer slots than cores, no other load, no shared hyper-threads; or longer limits",
        )
    return fine("timing noise", says)
