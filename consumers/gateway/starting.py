"""Putting a gateway together from settings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from consumers.config import Config as WorkerConfig
from consumers.gateway.api import Api
from consumers.gateway.callbacks import CallbackQueue, CallbackSender
from consumers.gateway.config import GatewayConfig
from consumers.gateway.embedded import EmbeddedBackend
from consumers.gateway.entries import MemoryEntries
from consumers.gateway.jobe import Jobe
from consumers.gateway.judge0.routes import Judge0
from consumers.gateway.live import LiveRuns
from consumers.gateway.offered import Offered
from consumers.gateway.own import Own
from consumers.gateway.piston.routes import Piston
from consumers.gateway.quotas import Quotas
from consumers.gateway.sandboxfusion.routes import SandboxFusion
from consumers.gateway.service import Service
from judgecore import Judge
from judgecore.config import DEFAULT_SLOT_MEMORY_BYTES
from judgecore.languages import Flavour, Registry

log = logging.getLogger(__name__)

MAKERS: Mapping[str, Callable[[Service, GatewayConfig], Api]] = {
    "judge0": Judge0,
    "sandboxfusion": SandboxFusion,
    "piston": Piston,
    "jobe": Jobe,
    "judgecore": Own,
}


def embedded(judge: Judge, config: GatewayConfig) -> Service:
    """A service that judges in this process, in all languages that are installed here."""
    missing = judge.missing_tools()
    ids = [one for one, tools in missing.items() if not tools]
    log.info("%d of %d languages are installed here", len(ids), len(missing))
    offered = Offered(judge.registry, judge.config.slot_memory_bytes, ids)
    backend = EmbeddedBackend(judge, most_waiting=config.most_waiting, most_age_s=config.most_age_s)
    return Service(backend, MemoryEntries(), offered, _quotas(config), LiveRuns(judge))


def durable(
    worker: WorkerConfig,
    config: GatewayConfig,
    registry: Registry,
    slot_memory_bytes: int = DEFAULT_SLOT_MEMORY_BYTES,
) -> tuple[Service, CallbackQueue]:
    """A service whose submissions are judged by workers, and its callbacks.

    `slot_memory_bytes`: of the workers' slots; what needs more is refused, not accepted.
    """
    from consumers.gateway.pipeline import PipelineBackend, PipelineEntries

    backend = PipelineBackend(
        worker.rabbitmq_url,
        worker.database_url,
        prefix=worker.queue_prefix,
        most_waiting=config.most_waiting,
        most_age_s=config.most_age_s,
    )
    offered = Offered(registry, slot_memory_bytes, named(registry, config.languages))
    entries = PipelineEntries(backend.table)
    return Service(backend, entries, offered, _quotas(config)), entries


def _quotas(config: GatewayConfig) -> Quotas:
    return Quotas(config.client_batch_after, config.client_most_waiting)


def named(registry: Registry, names: Sequence[str]) -> set[str]:
    """The ids of languages that are named one by one, or by the image that has them."""
    found: set[str] = set()
    for name in names:
        if name == Flavour.FULL:
            found |= {one.id for one in registry.values() if one.where is not Flavour.IMAGE}
        elif name == Flavour.SLIM:
            found |= {one.id for one in registry.values() if one.where is Flavour.SLIM}
        else:
            found.add(registry.resolve(name).id)
    return found


def with_callbacks(
    service: Service, apis: Sequence[Api], callbacks: CallbackQueue, config: GatewayConfig
) -> None:
    """Have the callbacks of entries sent, each with what its API says."""
    by_name = {api.name: api for api in apis}

    def body_of(token: UUID) -> Any:
        entry = service.entries.get(token)
        return None if entry is None else by_name[entry.api].callback(entry)

    sender = CallbackSender(
        callbacks, body_of, secret=config.callback_secret, private=config.callback_private
    )
    service.on_ended = sender.ended
    service.closing.append(sender.close)


def apis(service: Service, config: GatewayConfig) -> list[Api]:
    """The APIs that the settings name."""
    return [MAKERS[name](service, config) for name in config.apis]
