"""Expressions: read by Holy C's precedence, written as C."""

from __future__ import annotations

from dataclasses import dataclass

from kinds import FLOAT, I64, NAMES, U8, U64, VOID, Class, Kind, Parameter, decays, declare, pointer
from tokens import HolyError, Token, unescape

# Tightest first: shifts and powers bind more tightly than products, & ^ | more than sums.
LEVELS = (
    ("`", "<<", ">>"), ("*", "/", "%"), ("&",), ("^",), ("|",), ("+", "-"),
    ("<", ">", "<=", ">="), ("==", "!="), ("&&",), ("^^",), ("||",),
)  # fmt: skip
ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^=")
CHAINED = ("<", ">", "<=", ">=")


@dataclass(frozen=True)
class Value:
    """C text, its kind, and whether it stands for a place that may be assigned to."""

    text: str
    kind: Kind
    place: bool = False


@dataclass(frozen=True)
class Name:
    """What an identifier means; `text` is its name in C."""

    text: str
    kind: Kind
    function: bool = False
    constant: bool = False


def c_string(data: bytes) -> str:
    """A C literal of these bytes."""
    shown = "".join(
        chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in data
    )
    return f'"{shown}"'


class Expressions:
    """The half of the translator that deals with expressions; `Translator` is the other."""

    def __init__(self) -> None:
        self.stream: list[Token] = []
        self.at = 0
        self.scopes: list[dict[str, Name]] = [{}]
        self.classes: dict[str, Class] = {}
        self.serial = 0

    # ---------------------------------------------------------------- tokens

    @property
    def token(self) -> Token:
        return self.stream[self.at]

    def peek(self, ahead: int = 1) -> Token:
        return self.stream[min(self.at + ahead, len(self.stream) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def fail(self, message: str, line: int | None = None) -> HolyError:
        return HolyError(self.token.line if line is None else line, message)

    def is_op(self, *texts: str) -> bool:
        return self.token.kind == "op" and self.token.text in texts

    def accept(self, *texts: str) -> str | None:
        return self.take().text if self.is_op(*texts) else None

    def expect(self, text: str, after: str) -> None:
        if not self.accept(text):
            found = self.token.text
            raise self.fail(f"expected {text!r} after {after}, found {found!r}")

    def word(self, what: str) -> str:
        if self.token.kind != "id":
            raise self.fail(f"expected {what}, found {self.token.text!r}")
        return self.take().text

    def fresh(self, stem: str) -> str:
        self.serial += 1
        return f"hc_{stem}{self.serial}"

    # ---------------------------------------------------------------- names and kinds

    def find(self, name: str) -> Name | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def starts_kind(self, token: Token | None = None) -> bool:
        token = token or self.token
        return token.kind == "id" and (token.text in NAMES or token.text in self.classes)

    def base_kind(self) -> Kind:
        name = self.word("a type")
        if name in NAMES:
            return NAMES[name]
        if name not in self.classes:
            raise self.fail(f"there is no type {name!r}")
        return Kind("class", self.classes[name].c_name())

    def starred(self, kind: Kind) -> Kind:
        while self.accept("*"):
            kind = pointer(kind)
        return kind

    def class_of(self, kind: Kind) -> Class | None:
        for found in self.classes.values():
            if kind.tag == "class" and kind.name == found.c_name():
                return found
        return None

    # ---------------------------------------------------------------- operators

    def comma_expression(self) -> Value:
        value = self.expression()
        while self.accept(","):
            right = self.expression()
            value = Value(f"({value.text}, {right.text})", right.kind)
        return value

    def expression(self) -> Value:
        left = self.binary(len(LEVELS) - 1)
        if self.is_op("?"):
            raise self.fail("Holy C has no ?: operator; use if")
        if not self.is_op(*ASSIGNMENTS):
            return left
        operator = self.take()
        if not left.place:
            raise self.fail(f"the left of {operator.text} is nothing to assign to", operator.line)
        right = self.expression()
        if operator.text == "%=" and left.kind == FLOAT:
            return Value(f"({left.text} = fmod({left.text}, {right.text}))", FLOAT)
        self.fits(left.kind, right, operator.line)
        return Value(f"({left.text} {operator.text} {right.text})", left.kind)

    def fits(self, wanted: Kind, value: Value, line: int) -> None:
        """Complain of what C would complain of, in words of Holy C."""
        got = decays(value.kind)
        if got == VOID:
            raise self.fail("a U0 function gives no value", line)
        classes = [k for k in (wanted, got) if k.tag == "class"]
        if classes and wanted != got:
            raise self.fail("a class and another kind of value do not mix", line)
        if (wanted.tag, got.tag) in (("pointer", "float"), ("float", "pointer")):
            raise self.fail("a pointer and an F64 do not mix", line)

    def binary(self, level: int) -> Value:
        if level < 0:
            return self.unary()
        left = self.binary(level - 1)
        last: str | None = None
        while self.is_op(*LEVELS[level]):
            operator = self.take()
            right = self.binary(level - 1)
            for side in (left, right):
                if side.kind == VOID or side.kind.tag == "class":
                    raise self.fail(f"{operator.text} wants numbers", operator.line)
            if last is not None and operator.text in CHAINED:
                # 1 < x < 10 means both; the middle one is worked out twice.
                both = self.operate(operator, Value(last, I64), right)
                left = Value(f"((I64)({left.text} && {both.text}))", I64)
            else:
                left = self.operate(operator, left, right)
            last = self.number(right).text if operator.text in CHAINED else None
        return left

    def number(self, value: Value) -> Value:
        """Every integer counts as one of 64 bits."""
        kind = decays(value.kind)
        if kind.tag == "int" and kind.bits < 64:
            return Value(f"((I64){value.text})", I64)
        return Value(value.text, kind)

    def operate(self, operator: Token, left: Value, right: Value) -> Value:
        text = operator.text
        left, right = self.number(left), self.number(right)
        kinds = (left.kind.tag, right.kind.tag)
        if text == "`":
            return Value(f"pow({left.text}, {right.text})", FLOAT)
        if text in ("&&", "||"):
            return Value(f"((I64)({left.text} {text} {right.text}))", I64)
        if text == "^^":
            return Value(f"((I64)(!{left.text} != !{right.text}))", I64)
        if text in ("==", "!=", *CHAINED):
            if "pointer" in kinds and "int" in kinds:
                left, right = (Value(f"((I64){v.text})", I64) for v in (left, right))
            return Value(f"((I64)({left.text} {text} {right.text}))", I64)
        if text == "%" and "float" in kinds:
            return Value(f"fmod({left.text}, {right.text})", FLOAT)
        if "float" in kinds:
            if text in ("<<", ">>", "&", "|", "^"):
                raise self.fail(f"{text} wants integers", operator.line)
            if "pointer" in kinds:
                raise self.fail(f"{text} of a pointer and an F64", operator.line)
            return Value(f"({left.text} {text} {right.text})", FLOAT)
        if "pointer" in kinds:
            return self.on_pointers(operator, left, right)
        unsigned = left.kind == U64 or (right.kind == U64 and text not in ("<<", ">>"))
        return Value(f"({left.text} {text} {right.text})", U64 if unsigned else I64)

    def on_pointers(self, operator: Token, left: Value, right: Value) -> Value:
        kinds = (left.kind.tag, right.kind.tag)
        if operator.text == "-" and kinds == ("pointer", "pointer"):
            return Value(f"((I64)({left.text} - {right.text}))", I64)
        if operator.text == "+" and kinds == ("int", "pointer"):
            return Value(f"({left.text} + {right.text})", right.kind)
        if operator.text in "+-" and kinds == ("pointer", "int"):
            return Value(f"({left.text} {operator.text} {right.text})", left.kind)
        if kinds == ("pointer", "pointer") or operator.text not in ("&", "|"):
            raise self.fail(f"{operator.text} is not for pointers", operator.line)
        return Value(f"((I64){left.text} {operator.text} (I64){right.text})", I64)

    def unary(self) -> Value:
        token = self.token
        operator = self.accept("-", "!", "~", "*", "&", "++", "--", "+")
        if operator is None:
            return self.postfix()
        if operator == "&":
            return self.address()
        inner = self.unary()
        kind = decays(inner.kind)
        if operator == "*":
            if kind.tag != "pointer" or kind.to is None:
                raise self.fail("* wants a pointer", token.line)
            return Value(f"(*{inner.text})", kind.to, place=True)
        if operator in ("++", "--"):
            if not inner.place:
                raise self.fail(f"{operator} wants a variable", token.line)
            return Value(f"({operator}{inner.text})", kind)
        if kind == VOID or kind.tag == "class":
            raise self.fail(f"{operator} wants a number", token.line)
        number = self.number(inner)
        if operator == "!":
            return Value(f"((I64)!{number.text})", I64)
        if kind.tag != "int" and not (kind == FLOAT and operator in "+-"):
            raise self.fail(f"{operator} wants a number", token.line)
        return Value(f"({operator}{number.text})", number.kind)

    def address(self) -> Value:
        name = self.find(self.token.text) if self.token.kind == "id" else None
        if name is not None and name.function:
            self.take()
            return Value(name.text, pointer(name.kind))
        line = self.token.line
        inner = self.unary()
        if not inner.place:
            raise self.fail("& wants a variable or a function", line)
        return Value(f"(&{inner.text})", pointer(inner.kind))

    # ---------------------------------------------------------------- operands

    def postfix(self) -> Value:
        value = self.primary()
        while True:
            token = self.token
            if self.is_op("(") and self.starts_kind(self.peek()):
                value = self.cast(value)
            elif self.is_op("(") and self.callable(value.kind):
                value = self.call(value.text, self.callable(value.kind), token)
            elif self.accept("["):
                index = self.comma_expression()
                self.expect("]", "an index")
                kind = decays(value.kind)
                if kind.tag != "pointer" or kind.to is None:
                    raise self.fail("only arrays and pointers have elements", token.line)
                value = Value(f"{value.text}[{index.text}]", kind.to, place=True)
            elif self.is_op(".", "->"):
                value = self.member(value)
            elif self.is_op("++", "--"):
                if not value.place:
                    raise self.fail(f"{token.text} wants a variable")
                value = Value(f"({value.text}{self.take().text})", decays(value.kind))
            else:
                return value

    def callable(self, kind: Kind) -> Kind | None:
        if kind.tag == "pointer" and kind.to is not None:
            kind = kind.to
        return kind if kind.tag == "function" else None

    def cast(self, value: Value) -> Value:
        self.take()
        kind = self.starred(self.base_kind())
        self.expect(")", "a type")
        given = decays(value.kind)
        # A cast looks at the same bits in another way; ToI64() and ToF64() convert.
        if FLOAT in (kind, given) and kind != given:
            to = "hc_float" if kind == FLOAT else "hc_bits"
            inner = value.text if kind == FLOAT or given == FLOAT else f"((F64){value.text})"
            text = f"{to}({inner})" if kind == FLOAT else f"(({declare(kind, '')}){to}({inner}))"
            return Value(text, kind)
        return Value(f"(({declare(kind, '')}){value.text})", kind)

    def member(self, value: Value) -> Value:
        operator = self.take()
        kind = decays(value.kind)
        if operator.text == "->":
            if kind.tag != "pointer" or kind.to is None:
                raise self.fail("-> wants a pointer; use .", operator.line)
            kind = kind.to
        elif kind.tag == "pointer":
            raise self.fail(". wants a class; use ->", operator.line)
        found = self.class_of(kind)
        if found is None:
            raise self.fail(f"{operator.text} wants a class", operator.line)
        name = self.word("a member's name")
        if name not in found.members:
            raise self.fail(f"{found.name} has no member {name!r}", operator.line)
        return Value(f"{value.text}{operator.text}{name}_", found.members[name], place=True)

    def primary(self) -> Value:
        token = self.take()
        if token.kind == "num":
            return self.integer(token)
        if token.kind == "flt":
            return Value(token.text, FLOAT)
        if token.kind == "chr":
            return self.character(token)
        if token.kind == "str":
            self.at -= 1
            return Value(f"((U8 *){c_string(self.string())})", pointer(U8))
        if token.text == "(" and token.kind == "op":
            if self.starts_kind():
                raise self.fail("a cast stands after its value: x(I64)")
            value = self.comma_expression()
            self.expect(")", "an expression")
            return Value(f"({value.text})", value.kind, value.place)
        if token.kind != "id":
            raise self.fail(f"expected a value, found {token.text!r}", token.line)
        return self.named(token)

    def integer(self, token: Token) -> Value:
        based = token.text[1:2] in ("x", "X", "b", "B")
        number = int(token.text, 0 if based else 10)
        if number >= 1 << 64:
            raise self.fail(f"{token.text} does not fit 64 bits", token.line)
        if number >= 1 << 63:
            return Value(f"{number}ULL", U64)
        return Value(f"{number}LL", I64)

    def character(self, token: Token) -> Value:
        data = unescape(token.text[1:-1], token.line)
        if len(data) > 8:
            raise self.fail("a character constant holds at most eight", token.line)
        return self.integer(token._replace(text=str(int.from_bytes(data, "little"))))

    def string(self) -> bytes:
        data = b""
        while self.token.kind == "str":
            token = self.take()
            data += unescape(token.text[1:-1], token.line)
        return data

    def named(self, token: Token) -> Value:
        if token.text == "sizeof":
            return self.size_of()
        if token.text == "offset":
            return self.offset()
        name = self.find(token.text)
        if name is None:
            raise self.fail(f"{token.text!r} is not declared", token.line)
        if not name.function:
            return Value(name.text, name.kind, place=True)
        if self.is_op("(") and not self.starts_kind(self.peek()):
            return self.call(name.text, name.kind, token)
        return self.call(name.text, name.kind, token, bare=True)

    def size_of(self) -> Value:
        self.expect("(", "sizeof")
        if self.starts_kind():
            text = declare(self.starred(self.base_kind()), "")
        else:
            text = self.expression().text
        self.expect(")", "sizeof")
        return Value("0LL" if text == "void" else f"((I64)sizeof({text}))", I64)

    def offset(self) -> Value:
        self.expect("(", "offset")
        found = self.class_of(self.base_kind())
        self.expect(".", "the class")
        line, name = self.token.line, self.word("a member's name")
        self.expect(")", "offset")
        if found is None or name not in found.members:
            raise self.fail(f"there is no such member {name!r}", line)
        return Value(f"((I64)__builtin_offsetof({found.c_name()}, {name}_))", I64)

    # ---------------------------------------------------------------- calls

    def call(self, text: str, kind: Kind | None, token: Token, *, bare: bool = False) -> Value:
        if kind is None or kind.to is None:
            raise self.fail(f"{token.text!r} is no function", token.line)
        given: list[Value | None] = [] if bare else self.arguments()
        fixed, rest = given[: len(kind.parameters)], given[len(kind.parameters) :]
        if rest and not kind.variadic:
            most = len(kind.parameters)
            raise self.fail(f"{token.text} takes at most {most} arguments", token.line)
        parts = [
            self.argument(parameter, fixed[i] if i < len(fixed) else None, token)
            for i, parameter in enumerate(kind.parameters)
        ]
        if kind.variadic:
            parts += self.packed(rest, token)
        return Value(f"{text}({', '.join(parts)})", kind.to)

    def arguments(self) -> list[Value | None]:
        """Between parentheses; None where one is left out, as in f(,2)."""
        self.take()
        found: list[Value | None] = []
        if self.accept(")"):
            return found
        while True:
            found.append(None if self.is_op(",", ")") else self.expression())
            if self.accept(")"):
                return found
            self.expect(",", "an argument")

    def argument(self, parameter: Parameter, value: Value | None, token: Token) -> str:
        if value is not None:
            self.fits(parameter.kind, value, token.line)
            return value.text
        if parameter.default is None:
            name = parameter.name.rstrip("_")
            raise self.fail(f"{token.text} needs a value for {name!r}", token.line)
        return parameter.default

    def packed(self, values: list[Value | None], token: Token) -> list[str]:
        """The rest of a variadic call, as Holy C passes it: a count and an array of I64."""
        texts = []
        for value in values:
            if value is None:
                raise self.fail("an argument is missing", token.line)
            if value.kind == VOID or value.kind.tag == "class":
                raise self.fail("this argument is neither number nor pointer", token.line)
            texts.append(f"hc_bits({value.text})" if value.kind == FLOAT else f"(I64){value.text}")
        return [str(len(texts)), f"(I64[]){{{', '.join(texts) or '0'}}}"]
