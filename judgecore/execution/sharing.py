"""Idle sandboxes that run one program's runs, too."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TypeVar

from judgecore.execution.executor import Executor
from judgecore.execution.program import Ran, Run
from judgecore.execution.spread import Do, Left, Spread, Team, never
from judgecore.pool import Pool
from judgecore.tally import Spreads, Tally

_WORTH_MS = 20  # of runs still to come; threads and staging take one or two
_WORTH_WARM_MS = 100  # where an interpreter may have to start
_WORTH_TEAM_MS = 1000  # of those that need several sandboxes: all but the first may have to start
_PORTION_MS = 5  # of runs that one thread has done before it tells another
_LATE_MS = 10  # after so much of a first run that is not over the others need not wait for its end

V = TypeVar("V")
W = TypeVar("W")
F = TypeVar("F")


class Sharing:
    """Does what a program is to do in idle sandboxes as well, where that pays and nobody waits.

    `cores`: for teams of several sandboxes, one after the other. `on`: false where each does all of
    its work itself. `tally`: how often others took part.
    """

    def __init__(self, pool: Pool, cores: Iterator[int | None], *, on: bool) -> None:
        self._pool = pool
        self._cores = cores
        self._on = on
        self.tally = Tally(Spreads)

    def run_all(
        self, executor: Executor, runs: Iterator[Run], count: int, *, one_by_one: bool
    ) -> Generator[Ran]:
        """As `Executor.run_all`, in idle sandboxes as well where that pays and nobody waits.

        A sandbox may become idle later: then the runs that are left are spread. `count`: how many
        runs there are. `one_by_one`: the user may stop at any of them, so that no more than one is
        run ahead.
        """
        team = (executor,)
        spares = self._spares(team, count, 2 if one_by_one else None)
        if not spares:
            yield from executor.run_all(runs)
            return
        left = Left(runs, count)
        if one_by_one:

            def one(team: Team, run: Run) -> Ran:
                with left.paced(1):
                    return team[0].run(run)

            yield from self._shared(left, left, one, team, 2, spares, executor.run_all)
            return

        def portion(team: Team, runs: list[Run]) -> list[Ran]:
            return left.portion(lambda runs: list(team[0].run_all(runs)), runs)

        def alone_in_portions(runs: Iterator[Run]) -> Iterator[list[Ran]]:
            with closing(executor.run_all(runs)) as found:
                for ran in found:
                    yield [ran]

        portions = Left(left.portions(_PORTION_MS, spares + 1), count)
        ahead = 2 * (spares + 1)
        found = self._shared(left, portions, portion, team, ahead, spares, alone_in_portions)
        with closing(found) as lists:
            for ran in lists:
                yield from ran

    def do_all(
        self,
        team: Team,
        works: Iterator[W],
        count: int,
        do: Do[W, F],
        *,
        skips: Callable[[W], bool] | None = None,
        most: int | None = None,
    ) -> Generator[F]:
        """Do each piece of work with a team; what is found comes in order.

        `team`: executors opened together; `do` gets them, or copies of them in idle sandboxes,
        which take part where that pays and nobody waits. `count`: how many pieces there are.
        `skips`: whether what was found makes a piece needless, and then for good; of those at most
        one for each team that helps is done all the same, and left out. `most`: of teams in all.
        """
        spares = self._spares(team, count, most)
        left = Left(works, count, skips or never)

        def one(team: Team, work: W) -> F:
            with left.paced(1):
                return do(team, work)

        def alone(works: Iterator[W]) -> Iterator[F]:
            return (one(team, work) for work in works)

        if not spares:
            yield from alone(left)
            return
        ahead = (spares + 1) * (2 if skips is None else 1)
        yield from self._shared(left, left, one, team, ahead, spares, alone)

    def _shared(
        self,
        left: Left[V],
        pieces: Left[W],
        do: Do[W, F],
        team: Team,
        ahead: int,
        spares: int,
        alone: Callable[[Iterator[V]], Iterator[F]],
    ) -> Generator[F]:
        """What is found for the `pieces` of what is `left`; `alone` does it with this team only."""
        worth_ms = self._worth_ms(team)

        def spare() -> AbstractContextManager[Team]:
            return self._spare(team)

        def wanted() -> bool:
            return self._pool.wanted

        def pays() -> bool:
            return left.takes_ms >= worth_ms and self._is_idle()

        def by_itself() -> Generator[F, None, bool]:
            yield from alone(left.until(pays))
            return left.count > 0

        spread = Spread(pieces, do, team, spare, spares, ahead, self._is_idle, wanted)
        others = left.count - 1
        after_s = max(_LATE_MS, worth_ms / others) / 1000 if others and self._is_idle() else None
        try:
            yield from spread.results(by_itself, after_s)
        finally:
            if spread.helped:
                self.tally.note("spread")
            if spread.given_back:
                self.tally.note("given_back")

    def _spares(self, team: Team, count: int, most: int | None) -> int:
        """How many other sandboxes, or groups of them, may take part."""
        if not self._on or not all(one.travels for one in team):
            return 0
        spares = max(0, min(self._pool.size, most or self._pool.size, count) - 1)
        if spares:
            self.tally.note("possible")
        return spares

    def _is_idle(self) -> bool:
        """Whether a sandbox may help: one is idle, and nobody waits for one."""
        return self._pool.idle > 0 and not self._pool.wanted

    @staticmethod
    def _worth_ms(team: Team) -> float:
        """How long what is left must take at least."""
        if len(team) > 1:
            return _WORTH_TEAM_MS
        return _WORTH_WARM_MS if team[0].warm else _WORTH_MS

    @contextmanager
    def _spare(self, team: Team) -> Iterator[Team]:
        with self._pool.spare(tuple(one.language.image for one in team)) as slots:
            core = next(self._cores) if len(slots) > 1 else None
            yield tuple(one.copy(slot, core) for one, slot in zip(team, slots, strict=bool(slots)))
