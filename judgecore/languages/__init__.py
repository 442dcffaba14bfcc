"""Languages: a folder each, with `language.toml` and a program that proves it.

languages/c/language.toml     how to compile and run: fields in README.md and `spec.py`
languages/c/proof.c           a program that reads stdin, computes, prints
languages/c/proof.in, .out    what it is fed and what it must print
"""

from judgecore.languages.calibration import SHIPPED, Calibration, Measured
from judgecore.languages.registry import HERE, Registry, load
from judgecore.languages.sources import Sources, Staged
from judgecore.languages.spec import Allowance, Flavour, Language

__all__ = [
    "HERE",
    "SHIPPED",
    "Allowance",
    "Calibration",
    "Flavour",
    "Language",
    "Measured",
    "Registry",
    "Sources",
    "Staged",
    "load",
]
