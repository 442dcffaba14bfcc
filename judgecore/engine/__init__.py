"""Engines make slots; what a slot must be able to do is declared here, next to its use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Tier(StrEnum):
    """How strongly an engine separates a program from the host, strongest first.

    `guarantees` says it in a sentence, for logs and `judgecore doctor`.
    """

    CONTAINER = "container"
    NAMESPACES = "namespaces"
    PROCESS = "process"
    FAKE = "fake"

    @property
    def guarantees(self) -> str:
        """What a program of this tier is kept from."""
        return _GUARANTEES[self]

    def reaches(self, minimum: Tier) -> bool:
        """Whether this tier is at least `minimum`. The twin runs nothing, so it always is."""
        order = list(Tier)
        return self is Tier.FAKE or order.index(self) <= order.index(minimum)


_GUARANTEES = {
    Tier.CONTAINER: (
        "a container without network or capabilities per slot, a fresh uid per run;"
        " programs share the kernel alone"
    ),
    Tier.NAMESPACES: (
        "namespaces without network per slot; programs share the kernel and can read"
        " this host's /usr and /opt"
    ),
    Tier.PROCESS: (
        "no namespaces, and this worker's own uid: system-call filter, Landlock and limits keep"
        " programs from the network and from this worker's environment, memory, files and signals;"
        " they see that other processes exist, and some limits are noticed only after a moment"
    ),
    Tier.FAKE: "runs nothing",
}


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """What a slot is made from: the image (None: the engine's default) and its sizes.

    `scratch_bytes` and `scratch_files` bound each place that programs may write, one by one.
    """

    image: str | None = None
    memory_bytes: int = 2 << 30
    scratch_bytes: int = 256 << 20
    scratch_files: int = 65_536
    processes: int = 1024
    core: int | None = None


class Transport(Protocol):
    """The byte stream to the runner of one slot, and the slot's life.

    `image`, `image_digest`: what the slot was made from; empty where it is no container.
    """

    name: str
    image: str
    image_digest: str

    def send(self, data: bytes) -> None:
        """Send all of `data`, or raise `SlotLost`."""

    def receive(self, timeout_s: float) -> bytes:
        """Return some bytes (never none), or raise `SlotLost` after `timeout_s`."""

    def ready(self, timeout_s: float) -> bool:
        """Whether bytes have begun to arrive, at the latest after `timeout_s`."""

    @property
    def can_pass_fds(self) -> bool:
        """Whether the runner can be given descriptors of this process."""

    def send_fds(self, data: bytes, fds: tuple[int, ...]) -> None:
        """Send a short frame with descriptors, or raise `SlotLost`."""

    def limit_memory(self, memory_bytes: int) -> None:
        """Bound the whole slot, where the runner cannot bound a single run."""

    def interrupt(self) -> None:
        """End the programs in it at once, from any thread: whoever waits for it gets `SlotLost`.

        Quick; not called once `destroy` has begun.
        """

    def destroy(self) -> None:
        """End the slot and everything in it; never raises, may be called twice."""


class Engine(Protocol):
    """Makes slots. `most_slots`: how many may live at one time, None: the engine does not care."""

    tier: Tier

    @property
    def most_slots(self) -> int | None: ...

    @property
    def cores(self) -> tuple[int, ...]:
        """Cores of the machine with the slots that may be pinned to; none: they are not known."""

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a slot whose runner waits for its first frame, or raise `InfrastructureError`."""

    def check(self) -> None:
        """Return when slots can be made now, or raise `EngineUnavailable`; within some seconds."""

    def protect(self) -> None:
        """Protect this process from programs in slots, where the tier takes that; it may change
        the process for good. Called by whoever runs programs, before the first one."""

    def sweep(self) -> int:
        """Remove what engines of dead processes left behind; returns how many slots."""

    def close(self) -> None:
        """Let go of what the engine itself holds."""
