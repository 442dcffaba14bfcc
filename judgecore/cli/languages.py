"""`judgecore languages`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from judgecore import Judge
from judgecore.cli.options import EngineOption, JsonFlag, configured
from judgecore.cli.show import Exit, err, out, print_json, progress, table
from judgecore.config import Config
from judgecore.errors import InvalidSubmission
from judgecore.languages import Calibration, Language, Registry
from judgecore.proving import calibrate, prove_all

_MIB = 1 << 20


def languages(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Languages to show; default: all.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Run the test program of each language.")
    ] = False,
    measure: Annotated[
        Path | None,
        typer.Option(
            "--calibrate",
            metavar="FILE",
            help="Measure start-up, memory and threads; write them to FILE.",
        ),
    ] = None,
    here: Annotated[
        bool, typer.Option("--here", help="Only languages whose tools the engine has.")
    ] = False,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="Only languages whose tools the engine lacks; which tools."),
    ] = False,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the languages; with --check, test that each one works on this engine."""
    config = configured(engine)
    if measure is not None:
        _calibrate(config, ids, measure, quiet=as_json)
    elif check:
        _check(config, ids, as_json)
    elif missing:
        _list_missing(config, ids, as_json)
    else:
        _list(config, ids, here, as_json)


def _chosen(registry: Registry, ids: list[str] | None) -> list[Language]:
    return [registry.resolve(i) for i in ids] if ids else list(registry.values())


def _list(config: Config, ids: list[str] | None, here: bool, as_json: bool) -> None:
    chosen = _chosen(Registry.of(config), ids)
    if here:
        lacking = _missing_tools(config)
        chosen = [lang for lang in chosen if not lacking[lang.id]]
    rows = [_described(lang) for lang in chosen]
    if as_json:
        print_json({"languages": rows})
        return
    columns = ("id", "name", "flavour", "start ms", "floor MiB", "version")
    shown = table(*columns, folded=("name", "version"))
    for row in rows:
        cells = (row["id"], row["name"], row["flavour"])
        figures = _figures(row["start_ms"], row["memory_floor_bytes"])
        shown.add_row(*map(escape, cells), *figures, escape(row["version"]))
    out.print(shown)


def _list_missing(config: Config, ids: list[str] | None, as_json: bool) -> None:
    lacking = _missing_tools(config)
    absent = [lang for lang in _chosen(Registry.of(config), ids) if lacking[lang.id]]
    if as_json:
        rows = [{**_described(lang), "missing_tools": lacking[lang.id]} for lang in absent]
        print_json({"languages": rows})
        return
    shown = table("id", "name", "flavour", "missing tools", folded=("name", "missing tools"))
    for lang in absent:
        cells = (lang.id, lang.name, str(lang.where), ", ".join(lacking[lang.id]))
        shown.add_row(*map(escape, cells))
    out.print(shown)


def _missing_tools(config: Config) -> dict[str, tuple[str, ...]]:
    with Judge(config, slots=1) as a_judge:
        return a_judge.missing_tools()


def _described(language: Language) -> dict[str, Any]:
    measured = language.measured
    return {
        **language.model_dump(mode="json", exclude={"version", "extends"}),
        "flavour": str(language.where),
        "version": measured.version,
        "start_ms": measured.start_ms or None,
        "memory_floor_bytes": measured.memory_floor_bytes or None,
        "threads": measured.processes or None,
        "proof": str(proof) if (proof := language.proof_path()) else None,
    }


def _check(config: Config, ids: list[str] | None, as_json: bool) -> None:
    with Judge(config) as a_judge:
        wanted = _chosen(a_judge.registry, ids)
        lacking = a_judge.missing_tools()
        # One that was asked for by name is tried anyway, so that its absence is told.
        tried = [lang for lang in wanted if ids or not lacking[lang.id]]
        with progress(len(tried), "checking", quiet=as_json) as advance:
            proofs = prove_all(a_judge, tried, advance)
    absent = sorted({lang.id for lang in wanted} - {lang.id for lang in tried})
    if as_json:
        print_json({"languages": [asdict(proof) for proof in proofs], "absent": absent})
    else:
        columns = ("id", "version", "proved", "start ms", "floor MiB", "problem")
        shown = table(*columns, folded=("version", "problem"))
        for proof in proofs:
            mark = "[green]yes[/]" if proof.proved else "[red]no[/]"
            figures = _figures(proof.start_ms, proof.memory_floor_bytes)
            shown.add_row(
                escape(proof.id), escape(proof.version), mark, *figures, escape(proof.problem)
            )
        out.print(shown)
        proved = sum(proof.proved for proof in proofs)
        out.print(f"{proved} proved, {len(proofs) - proved} broken, {len(absent)} not installed")
    if not all(proof.proved for proof in proofs):
        raise typer.Exit(Exit.NOT_ACCEPTED)


def _calibrate(config: Config, ids: list[str] | None, path: Path, *, quiet: bool) -> None:
    if path.is_dir() or not path.parent.is_dir():  # to be told before minutes of measuring
        raise InvalidSubmission(
            "--calibrate", f"{path}: cannot be written: a directory, or in no directory"
        )
    kept = Calibration.load(path).languages if ids and path.exists() else {}
    count = len(_chosen(Registry(config.languages), ids))
    with progress(count, "measuring", quiet=quiet) as advance:
        found = calibrate(config, lambda registry: _chosen(registry, ids), advance)
    merged = dict(sorted({**kept, **found.languages}.items()))
    Calibration(image=found.image, languages=merged).save(path)
    err.print(f"{len(found.languages)} of {count} languages measured: {escape(str(path))}")


def _figures(start_ms: float | None, floor_bytes: int | None) -> tuple[str, str]:
    return (
        "" if start_ms is None else f"{start_ms:.0f}",
        "" if floor_bytes is None else f"{floor_bytes / _MIB:.1f}",
    )
