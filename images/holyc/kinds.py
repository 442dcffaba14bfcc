"""Holy C's types, and how C declares them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """`tag`: int, float, void, pointer, array, class or function."""

    tag: str
    name: str = ""  # C's name of an int or a class
    bits: int = 64
    to: Kind | None = None
    length: str = ""  # of an array, as C text
    parameters: tuple[Parameter, ...] = ()
    variadic: bool = False


@dataclass(frozen=True)
class Parameter:
    """Of a function; `default` is C text, or None where the caller must give a value."""

    name: str
    kind: Kind
    default: str | None = None


@dataclass
class Class:
    """A class or union: its members, and the class it grew from."""

    name: str
    word: str  # struct or union
    members: dict[str, Kind] = field(default_factory=dict)

    def c_name(self) -> str:
        return f"{self.word} {self.name}_"


VOID, FLOAT = Kind("void"), Kind("float")
INTS = {
    f"{sign}{bits}": Kind("int", f"{sign}{bits}", bits) for sign in "IU" for bits in (8, 16, 32, 64)
}
INTS["Bool"] = Kind("int", "I8", 8)
I64, U64, U8 = INTS["I64"], INTS["U64"], INTS["U8"]
NAMES = {**INTS, "U0": VOID, "I0": VOID, "F64": FLOAT}


def pointer(kind: Kind) -> Kind:
    """A pointer to `kind`."""
    return Kind("pointer", to=kind)


def decays(kind: Kind) -> Kind:
    """What a value of `kind` is inside an expression: arrays are pointers there."""
    if kind.tag == "array" and kind.to is not None:
        return pointer(kind.to)
    return kind


def declare(kind: Kind, name: str) -> str:
    """The C declaration of `name`."""
    if kind.tag == "pointer" and kind.to is not None:
        inner = f"*{name}"
        return declare(kind.to, f"({inner})" if kind.to.tag in ("array", "function") else inner)
    if kind.tag == "array" and kind.to is not None:
        return declare(kind.to, f"{name}[{kind.length}]")
    if kind.tag == "function" and kind.to is not None:
        parts = [declare(p.kind, p.name) for p in kind.parameters]
        if kind.variadic:
            parts += ["I64 argc_", "I64 *argv_"]
        return declare(kind.to, f"{name}({', '.join(parts) or 'void'})")
    base = {"void": "void", "float": "F64"}.get(kind.tag, kind.name)
    return f"{base} {name}".rstrip()
