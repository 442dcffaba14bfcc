"""The two sides of the measures of `bench.all`: judges, and what is used without them."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bench import pipeline
from bench.bare import Bare, bare
from bench.measure import NotMeasured
from judgecore import Judge
from judgecore.config import Config
from judgecore.engine import Tier
from judgecore.engine.kinds import make_engine


@dataclass
class Bench:
    """Judges by their settings, made when a row needs them; how many pairs each measure takes."""

    config: Config
    full_image: str
    pairs: int
    stack: ExitStack
    _row: ExitStack = field(default_factory=ExitStack)
    _judges: dict[str, Judge] = field(default_factory=dict)
    _bare: dict[str | None, Bare] = field(default_factory=dict)
    _through: list[pipeline.Bench] = field(default_factory=list)
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(os.getpid()))

    @contextmanager
    def row(self) -> Iterator[None]:
        """Its judges end with it: each slot has a core, which those of the next row need."""
        try:
            with self._row:
                yield
        finally:
            self._judges.clear()

    def judge(self, slots: int | None = 1, **settings: Any) -> Judge:
        """The judge with these settings, its slots started. None: as many slots as by default."""
        key = f"{slots} {settings}"
        if key not in self._judges:
            judge = Judge(replace(self.config, **settings), slots=slots)
            self._judges[key] = self._row.enter_context(judge)
            judge.warm()
        return self._judges[key]

    @property
    def bare(self) -> Bare:
        """Where commands run without a sandbox."""
        return self._without(self.config.image if self._in_containers else None)

    @cached_property
    def _in_containers(self) -> bool:
        with closing(make_engine(self.config)) as engine:
            return engine.tier is Tier.CONTAINER

    def full(self, **settings: Any) -> tuple[Judge, Bare]:
        """A judge of the image with every language, and where its commands run bare."""
        if not self._in_containers:
            raise NotMeasured("needs containers of the full image")
        found = subprocess.run(
            ["docker", "image", "inspect", self.full_image], capture_output=True, check=False
        )
        if found.returncode:
            raise NotMeasured(f"the full image ({self.full_image}) is not there")
        judge = self.judge(image=self.full_image, **settings)
        return judge, self._without(self.full_image)

    def _without(self, image: str | None) -> Bare:
        if image not in self._bare:
            self._bare[image] = self.stack.enter_context(bare(image))
        return self._bare[image]

    def through(self, slots: int = 2) -> pipeline.Bench:
        """A broker, a database, a worker and a judge of as many slots."""
        if not self._in_containers:
            raise NotMeasured("needs Docker for the broker and the database")
        if not self._through:
            ready = pipeline.ready(slots, lambda _: None)
            self._through.append(self.stack.enter_context(ready))
        return self._through[0]

    def turns(self) -> range:
        """For so many pairs, and one that is not counted."""
        return range(self.pairs + 1)

    def fresh(self, source: str, mark: str) -> str:
        """The source, changed so that nobody has compiled it before."""
        return f"{source}{mark} {next(self._serial)}\n"
