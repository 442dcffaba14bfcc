"""The threat model names every restriction and every tier that the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from judgecore.engine import Tier

ROOT = Path(__file__).parent.parent
MODEL = (ROOT / "docs/threat-model.md").read_text()
RUNNER = "".join(p.read_text() for p in sorted((ROOT / "judgecore/runner").glob("*.c")))
CONTAINER = (ROOT / "judgecore/engine/container.py").read_text()
DOCKER = CONTAINER + (ROOT / "judgecore/engine/docker.py").read_text()


def of_docker() -> list[str]:
    """The keys of a slot's host configuration."""
    literal = DOCKER.partition("host: dict[str, Any] = {")[2].partition("\n        }\n")[0]
    added = re.findall(r'host(?:_config)?\["(\w+)"\] = ', DOCKER)
    plumbing = {"cgroup_parent", "cgroupns", "CgroupnsMode", "runtime"}
    return sorted({*re.findall(r'^ +"(\w+)":', literal, re.MULTILINE), *added} - plumbing)


@pytest.mark.parametrize("key", of_docker())
def test_every_flag_of_a_container_is_explained(key: str) -> None:
    """What it stops and whom it hurts."""
    assert f"| `{key}`" in MODEL or f"`{key}`" in MODEL


def test_the_container_has_flags() -> None:
    """The list above is read from the code, and is not empty."""
    assert {"network_mode", "cap_drop", "read_only", "security_opt", "tmpfs"} <= set(of_docker())


@pytest.mark.parametrize("name", sorted(set(re.findall(r"limit\((RLIMIT_\w+)", RUNNER))))
def test_every_resource_limit_is_explained(name: str) -> None:
    """Each resource limit that the runner sets."""
    assert f"`{name}`" in MODEL


@pytest.mark.parametrize("tier", Tier)
def test_every_tier_is_judged(tier: Tier) -> None:
    """Whether it is a boundary at all, in the model; in SECURITY.md too, when it runs programs."""
    assert re.search(rf"^\| `{tier}`", MODEL, re.MULTILINE)
    assert tier is Tier.FAKE or f"| `{tier}`" in (ROOT / "SECURITY.md").read_text()


@pytest.mark.parametrize(
    "name", re.findall(r'"(\w+)"', DOCKER.partition("CAPABILITIES = ")[2].partition("\n")[0])
)
def test_every_capability_is_named(name: str) -> None:
    """Those that the runner keeps."""
    assert name in MODEL
