"""Which libraries each image has: measured by programs that use them.

`python -m scripts.docs.libraries [IMAGE…]` runs them in the images `slim`, `full` and `papers`, and
keeps what they print, a version or `yes`, in libraries.json; `docs/languages.md` shows it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from judgecore import Judge, LanguageUnavailable, Limits
from judgecore.config import Config

IMAGES = {
    "slim": "judgecore/polyglot:latest",
    "full": "judgecore/polyglot:full",
    "papers": "judgecore/polyglot:papers",
}
KEPT = Path(__file__).with_suffix(".json")
_LIMITS = Limits(cpu_ms=30_000, wall_ms=60_000, memory_bytes=1 << 30, processes=64)
_PYTHON = "numpy scipy pandas sympy networkx sortedcontainers sklearn matplotlib.pyplot torch"
_STRING = "#define _(x) #x\n#define TEXT(x) _(x)\n"
_FOUNDATION = r"""#import <Foundation/Foundation.h>
#include <stdio.h>
int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    puts([[@"YES" lowercaseString] UTF8String]);
    [pool drain];
}"""


def probes() -> Iterator[tuple[str, str, str]]:
    """Language, library, and a program that uses it and prints its version, or `yes`."""
    for name in _PYTHON.split():
        top = name.partition(".")[0]
        yield "python", name, f"import {name}, {top}; print(getattr({top}, '__version__', 'yes'))"
    for name in ("mbstring", "bcmath", "gmp"):
        use = {"mbstring": "mb_strlen('é')", "bcmath": "bcadd('1', '1')", "gmp": "gmp_add(1, 1)"}
        yield "php", name, f"<?php {use[name]}; echo phpversion('{name}');"
    yield "cpp", "Boost", _cpp("boost/version.hpp", "BOOST_LIB_VERSION")
    eigen = "TEXT(EIGEN_WORLD_VERSION.EIGEN_MAJOR_VERSION.EIGEN_MINOR_VERSION)"
    yield "cpp", "Eigen", _cpp("Eigen/Dense", eigen)
    yield "cpp", "GMP (gmpxx.h)", _cpp("gmpxx.h", "mpz_class(1) == 1 ? gmp_version : 0")
    for name in ("lodash",):
        yield "javascript", name, f"console.log(require('{name}').VERSION)"
    for name in ("dplyr", "data.table", "stringr"):
        yield "r", name, f"library({name}); cat(as.character(packageVersion('{name}')))"
    for name in ("statistics", "symbolic"):
        yield "octave", name, f"pkg load {name}; disp(pkg('list', '{name}'){{1}}.version)"
    for package, module in (
        ("containers", "Data.Map"),
        ("vector", "Data.Vector"),
        ("unordered-containers", "Data.HashMap.Strict"),
        ("random", "System.Random"),
        ("split", "Data.List.Split"),
    ):
        yield "haskell", package, f'import {module} ()\nmain :: IO ()\nmain = putStr "yes"'
    yield "objective-c", "Foundation (GNUstep)", _FOUNDATION


def _cpp(header: str, version: str) -> str:
    includes = f"#include <{header}>\n#include <iostream>\n"
    return f"{_STRING}{includes}int main() {{ std::cout << ({version}); }}"


def measure(image: str) -> dict[str, str]:
    """Language and library to what the program printed, for the libraries that are there."""
    found = {}
    with Judge(Config(engine="docker", image=image, slots=1)) as judge:
        for language, library, source in probes():
            try:
                ran = judge.run(language, source, limits=_LIMITS)
            except LanguageUnavailable:
                continue
            if ran.status == "OK" and ran.stdout.strip():
                found[f"{language}: {library}"] = ran.stdout.strip()
    return found


def measured() -> dict[str, dict[str, str]]:
    """What was kept: flavour to libraries."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def rows() -> Iterator[tuple[str, ...]]:
    """Language, library, and its version in each image; `not tested` for an image not measured."""
    kept = measured()
    for language, library, _ in probes():
        key = f"{language}: {library}"
        shown = (kept[i].get(key, "") if i in kept else "not tested" for i in IMAGES)
        yield (f"`{language}`", library, *shown)


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(IMAGES)
    kept = measured() | {name: measure(IMAGES[name]) for name in chosen}
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
