"""Starting slots while the engine may be in trouble for a moment."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace

import tenacity

from judgecore.engine import Engine, SlotSpec
from judgecore.errors import EngineUnavailable, SlotLost
from judgecore.interruption import current
from judgecore.slot import Slot


class Starter:
    """Starts slots of one engine, made from `spec`.

    `patience_s`: how long a start is tried again. Once `closing` is set, or its thread
    is interrupted, it isn't any more.
    """

    def __init__(
        self, engine: Engine, spec: SlotSpec, patience_s: float, closing: threading.Event
    ) -> None:
        self._engine = engine
        self._spec = spec
        self._patience_s = patience_s
        self._closing = closing
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(SlotLost),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=5),
            stop=self._enough,
            sleep=lambda seconds: current().sleep(seconds),
            reraise=True,
        )

    def start(self, image: str | None, core: int | None) -> Slot:
        """Start a slot (on a core, if one is given), or raise `EngineUnavailable`."""
        spec = replace(self._spec, image=image, core=core)
        try:
            slot: Slot = self._retrying.copy()(self._once, spec)
        except SlotLost as exc:
            raise EngineUnavailable(f"no slot could be started: {exc}") from exc
        return slot

    def _enough(self, state: tenacity.RetryCallState) -> bool:
        late = (state.seconds_since_start or 0) >= self._patience_s
        return late or self._closing.is_set() or current().requested

    def _once(self, spec: SlotSpec) -> Slot:
        return Slot(self._engine.start(spec, secrets.token_hex(6)), spec.core)
