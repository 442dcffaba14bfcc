"""What `deploy/` says agrees with the code, and gives nothing away."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from engines import IMAGE

from judgecore import Judge

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "deploy" / "compose.yaml"
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))


def worker_of_compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]["worker"]
    return found


def documents() -> list[dict[str, Any]]:
    return [one for path in MANIFESTS for one in yaml.safe_load_all(path.read_text())]


def deployments() -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in documents() if one["kind"] == "Deployment"}


def deployment() -> dict[str, Any]:
    found = deployments()["judgecore-worker"]
    spec: dict[str, Any] = found["spec"]["template"]["spec"]
    return spec


def settings_told() -> set[str]:
    page = (ROOT / "docs" / "settings.md").read_text()
    return set(re.findall(r"`([A-Z0-9_]+)`", page))


def test_settings_exist() -> None:
    """Every variable that a worker is given is one that it reads."""
    (container,) = deployment()["containers"]
    given = {*worker_of_compose()["environment"], *(v["name"] for v in container["env"])}

    assert set() == given - settings_told()


def test_the_gateway_has_no_rights() -> None:
    """It runs as nobody without capabilities, reads what it is given, and its probes exist."""
    compose = yaml.safe_load(COMPOSE.read_text())["services"]["gateway"]
    (pod,) = deployments()["judgecore-gateway"]["spec"]["template"]["spec"]["containers"]
    given = {*compose["environment"], *(variable["name"] for variable in pod["env"])}

    assert set() == given - settings_told() - {"RABBITMQ_URL", "DATABASE_URL"}
    assert ["ALL"] == compose["cap_drop"] == pod["securityContext"]["capabilities"]["drop"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert compose["user"].startswith(f"{pod['securityContext']['runAsUser']}:")
    assert compose["command"] == pod["command"]
    assert "/readyz" == pod["readinessProbe"]["httpGet"]["path"]
    assert compose["ports"][0].startswith("127.0.0.1:")


def test_worker_is_not_privileged() -> None:
    """Not privileged, no SYS_ADMIN, a read-only root; one capability at most."""
    (container,) = deployment()["containers"]
    compose, pod = worker_of_compose(), container["securityContext"]

    assert (["ALL"], ["ALL"]) == (compose["cap_drop"], pod["capabilities"]["drop"])
    assert (["DAC_OVERRIDE"],) * 2 == (compose["cap_add"], pod["capabilities"]["add"])
    assert "privileged" not in COMPOSE.read_text() + str(deployment()).lower()
    assert compose["read_only"]
    assert pod["readOnlyRootFilesystem"]


def test_grace_is_long_enough() -> None:
    """Whoever stops a worker waits longer than the worker takes."""
    (container,) = deployment()["containers"]
    env = {v["name"]: v["value"] for v in container["env"]}
    compose = worker_of_compose()

    assert deployment()["terminationGracePeriodSeconds"] >= float(env["JUDGECORE_GRACE_S"]) + 10
    stops_after_s = float(compose["stop_grace_period"].removesuffix("s"))
    assert stops_after_s >= float(compose["environment"]["JUDGECORE_GRACE_S"]) + 10


def test_shared_directory_is_the_same_path() -> None:
    """The daemon finds the runner and the sockets where the worker puts them."""
    compose = worker_of_compose()
    shared = compose["environment"]["JUDGECORE_SHARED_DIR"]
    (container,) = deployment()["containers"]
    paths = {v["name"]: v.get("hostPath", {}).get("path") for v in deployment()["volumes"]}
    mounts = {m["mountPath"]: paths[m["name"]] for m in container["volumeMounts"]}

    assert f"${{SHARED_DIR:-{shared}}}:{shared}" in compose["volumes"]
    assert shared == mounts[shared]


def test_ports_are_for_this_machine_alone() -> None:
    """Compose publishes nothing to the world."""
    services = yaml.safe_load(COMPOSE.read_text())["services"].values()

    assert all(port.startswith("127.0.0.1:") for s in services for port in s.get("ports", ()))


@pytest.mark.parametrize("path", [COMPOSE, *MANIFESTS], ids=lambda path: path.name)
def test_no_passwords(path: Path) -> None:
    """Passwords are placeholders."""
    passwords = re.findall(r"://[^:/\s]+:([^@\s]+)@", path.read_text())

    assert all(p == "PASSWORD" or p.startswith("${") for p in passwords)


@pytest.mark.docker
def test_slots_by_way_of_a_shared_directory() -> None:
    """The runner is copied there for the daemon to see, and no socket stays behind."""
    from judgecore.engine.docker import DockerEngine

    # Not tmp_path: a socket's path has 108 bytes at most.
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(folder)
        with Judge(engine=DockerEngine(IMAGE, "socket", shared=shared), slots=1) as judge:
            said = judge.run("bash", "echo hello").stdout
            left = [path.name for path in shared.iterdir()]

    assert "hello\n" == said
    assert [True] == [name.startswith("runner-") for name in left]
