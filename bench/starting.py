"""Starting a bench: where something that it needs is missing, one sentence says what makes it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import docker.errors
import requests.exceptions

from judgecore.errors import EngineUnavailable

_ENDING = (signal.SIGTERM, signal.SIGHUP)
_DAEMON = (docker.errors.DockerException, requests.exceptions.ConnectionError)


def run(main: Callable[[], int | None]) -> NoReturn:
    """Run a bench as a command, and end the process.

    SIGTERM and SIGHUP end it like an exception: services and workers are removed on the way.
    """
    for number in _ENDING:
        signal.signal(number, _end)
    try:
        code = main()
    except docker.errors.ImageNotFound as exc:
        sys.exit(f"bench: {exc.explanation or exc}: `make images` builds the images of the benches")
    except docker.errors.APIError as exc:
        sys.exit(f"bench: Docker refused a call: {exc.explanation or exc}")
    except _DAEMON as exc:
        sys.exit(
            f"bench: no Docker daemon answers ({exc}): `make images` installs and starts one where"
            " none does, and builds the images"
        )
    except EngineUnavailable as exc:
        sys.exit(f"bench: {exc} (`make images` starts a Docker daemon and builds the images)")
    sys.exit(code)


def _end(number: int, _: FrameType | None) -> NoReturn:
    for each in _ENDING:  # a second one would interrupt the removal
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)
