"""Declarations and statements: the rest of the translator."""

from __future__ import annotations

from dataclasses import dataclass, field

from expressions import Expressions, Name, c_string
from kinds import I64, INTS, NAMES, U8, VOID, Class, Kind, Parameter, declare, pointer
from tokens import HolyError, Token, tokens

MODIFIERS = {"public", "static", "extern", "_extern", "import", "reg", "noreg", "no_warn"}
UNSUPPORTED = {
    "try": "exceptions", "catch": "exceptions", "throw": "exceptions", "asm": "assembly",
    "interrupt": "interrupts", "continue": "continue (Holy C has none: use goto)", "typedef":
    "typedef (use class)", "struct": "struct (use class)", "enum": "enum (use #define)",
}  # fmt: skip


@dataclass
class Group:
    """Part of a switch: the whole of it, or what stands between start: and end:."""

    start: str
    end: str
    lines: list[str] = field(default_factory=list)
    entries: list[tuple[int, str]] = field(default_factory=list)  # of cases: number, label
    opening: int | None = None  # where the dispatch goes, once the cases are known


@dataclass
class Switch:
    """A switch being read: its cases as C's, the open groups, and the last value."""

    cases: list[str] = field(default_factory=list)
    default: int | None = None
    last: int = -1
    count: int = 0
    groups: list[Group] = field(default_factory=list)


class Translator(Expressions):
    """Reads one program after the other; names of the first (builtin) are the runtime's."""

    def __init__(self, text: str, *, builtin: bool = False) -> None:
        super().__init__()
        self.defines: dict[str, list[Token]] = {}
        self.builtin = builtin
        self.stream = tokens(text, self.defines)
        self.file: list[str] = []  # at the top level of the C file
        self.main: list[str] = []  # the statements that stand outside functions
        self.lines = self.main
        self.returns: Kind | None = None
        self.breaks: list[Switch | None] = []  # None: a loop, whose break is C's

    def read(self, text: str) -> None:
        """Take up the user's program."""
        self.builtin = False
        self.stream, self.at = tokens(text, self.defines), 0

    def program(self) -> None:
        """All of it."""
        while self.token.kind != "end":
            self.statement()

    def output(self, name: str, runtime: str) -> str:
        """The C program; `#line` leads gcc's complaints back to `name`."""
        body = "\n".join([*self.file, "int main(void) {", *self.main, "return 0; }"])
        quoted = c_string(name.encode("utf-8", "surrogateescape"))
        return f"{runtime}\n" + body.replace("\0FILE", quoted) + "\n"

    def write(self, text: str, line: int | None = None) -> None:
        mark = [] if line is None else [f"#line {line} \0FILE"]
        self.lines += [*mark, text]

    @property
    def at_top(self) -> bool:
        return self.lines is self.main or self.returns is None

    # ---------------------------------------------------------------- statements

    def statement(self) -> None:
        token = self.token
        if token.kind == "id":
            self.named_statement(token)
        elif token.kind in ("str", "chr"):
            self.print_statement(token)
        elif self.is_op("{"):
            self.block()
        elif not self.accept(";"):
            self.simple(token)

    def block(self) -> None:
        opened = self.take()
        self.write("{")
        outer = len(self.scopes) == 1 and self.returns is None
        if not outer:
            self.scopes.append({})
        while not self.accept("}"):
            if self.token.kind == "end":
                raise self.fail(f"the block of line {opened.line} is not closed")
            self.statement()
        if not outer:
            self.scopes.pop()
        self.write("}")

    def simple(self, token: Token) -> None:
        value = self.comma_expression()
        self.expect(";", "a statement")
        self.write(f"{value.text};", token.line)

    def named_statement(self, token: Token) -> None:
        word = token.text
        if word in UNSUPPORTED and self.find(word) is None:
            raise self.fail(f"not supported: {UNSUPPORTED[word]}")
        method = {
            "if": self.if_, "while": self.while_, "do": self.do, "for": self.for_,
            "switch": self.switch, "return": self.return_, "break": self.break_,
            "goto": self.goto, "class": self.class_, "union": self.class_,
        }.get(word)  # fmt: skip
        if method is not None:
            method()
        elif word in MODIFIERS:
            self.take()
            self.statement()
        elif self.starts_kind():
            self.declaration()
        elif word == "case" or (word in ("default", "start", "end") and self.peek().text == ":"):
            raise self.fail(f"{word} belongs into a switch, outside inner blocks")
        elif self.peek().kind == "op" and self.peek().text == ":":
            self.take()
            self.take()
            self.write(f"{word}_label: ;", token.line)
        else:
            self.simple(token)

    def print_statement(self, token: Token) -> None:
        if token.kind == "chr":
            value = self.expression()
            self.expect(";", "a character")
            self.write(f"HC_PutChars({value.text});", token.line)
            return
        if token.text == '""' and self.peek().kind not in ("str", "op"):
            self.take()  # "" before a variable: it is the format
            text = self.expression().text
        else:
            text = self.expression().text
        values = []
        while self.accept(","):
            values.append(self.expression())
        self.expect(";", "what is printed")
        rest = ", ".join(self.packed(list(values), token))
        self.write(f"HC_Print({text}, {rest});", token.line)

    def condition(self, after: str) -> str:
        self.expect("(", after)
        value = self.comma_expression()
        if value.kind == VOID or value.kind.tag == "class":
            raise self.fail(f"{after} wants a number")
        self.expect(")", "a condition")
        return value.text

    def inner(self) -> None:
        """The body of an if or a loop."""
        self.write("{")
        self.statement()
        self.write("}")

    def loop_body(self) -> None:
        self.breaks.append(None)
        self.inner()
        self.breaks.pop()

    def if_(self) -> None:
        line = self.take().line
        self.write(f"if ({self.condition('if')})", line)
        self.inner()
        if self.token.kind == "id" and self.token.text == "else":
            self.take()
            self.write("else")
            self.inner()

    def while_(self) -> None:
        line = self.take().line
        self.write(f"while ({self.condition('while')})", line)
        self.loop_body()

    def do(self) -> None:
        line = self.take().line
        self.write("do", line)
        self.loop_body()
        if self.word("while after the body of do") != "while":
            raise self.fail("expected while after the body of do")
        self.write(f"while ({self.condition('while')});")
        self.expect(";", "do ... while")

    def for_(self) -> None:
        line = self.take().line
        self.expect("(", "for")
        self.write("{")
        self.scopes.append({})
        if not self.accept(";"):
            if self.starts_kind():
                self.declaration(local=True)
            else:
                self.simple(self.token)
        test = "1" if self.is_op(";") else self.comma_expression().text
        self.expect(";", "the condition of for")
        step = "" if self.is_op(")") else self.comma_expression().text
        self.expect(")", "for")
        self.write(f"for (; {test}; {step})", line)
        self.loop_body()
        self.scopes.pop()
        self.write("}")

    def return_(self) -> None:
        line = self.take().line
        if self.accept(";"):
            if self.returns not in (None, VOID):
                raise self.fail("this function must return a value", line)
            self.write("return 0;" if self.returns is None else "return;", line)
            return
        value = self.comma_expression()
        self.expect(";", "return")
        if self.returns == VOID:
            raise self.fail("a U0 function returns no value", line)
        self.fits(self.returns or I64, value, line)
        self.write(f"return {value.text};", line)

    def break_(self) -> None:
        line = self.take().line
        self.expect(";", "break")
        if not self.breaks:
            raise self.fail("break outside a loop or switch", line)
        last = self.breaks[-1]
        self.write("break;" if last is None else f"goto {last.groups[-1].end};", line)

    def goto(self) -> None:
        line = self.take().line
        self.write(f"goto {self.word('a label')}_label;", line)
        self.expect(";", "goto")

    # ---------------------------------------------------------------- switch

    def switch(self) -> None:
        """As gotos: C's own switch has no start: and end:, which run around any of some cases."""
        line = self.take().line
        closing = {"(": ")", "[": "]"}.get(self.token.text)
        if closing is None:
            raise self.fail("expected ( after switch")
        self.take()
        value = self.comma_expression().text
        self.expect(closing, "the value of switch")
        self.expect("{", "switch")
        chosen = self.fresh("case")
        state = Switch(groups=[Group("", self.fresh("end"))])
        self.breaks.append(state)
        self.scopes.append({})
        outside, self.lines = self.lines, state.groups[0].lines
        state.groups[0].opening = 0
        while not self.accept("}"):
            if self.token.kind == "end":
                raise self.fail(f"the switch of line {line} is not closed")
            if not self.switch_label(state, chosen):
                self.statement()
        if len(state.groups) > 1:
            raise self.fail("start: without end:")
        self.scopes.pop()
        self.breaks.pop()
        self.lines = outside
        whole = state.groups[0]
        self.write("{", line)
        default = -1 if state.default is None else state.default
        self.write(f"I64 {chosen}; switch ((I64)({value})) {{ {' '.join(state.cases)}")
        self.write(f"default: {chosen} = {default}; }}")
        self.lines += self.dispatched(whole, chosen)
        self.write(f"{whole.end}: ; }}")

    def dispatched(self, group: Group, chosen: str) -> list[str]:
        jumps = [f"case {number}: goto {label};" for number, label in group.entries]
        if not group.start:
            jumps.append(f"default: goto {group.end};")
        at = len(group.lines) if group.opening is None else group.opening
        table = f"switch ({chosen}) {{ {' '.join(jumps)} }}"
        return [*group.lines[:at], table, *group.lines[at:]]

    def switch_label(self, state: Switch, chosen: str) -> bool:
        """Take a label of the switch, if one is next."""
        token = self.token
        if token.kind != "id":
            return False
        colon = self.peek().kind == "op" and self.peek().text == ":"
        if token.text == "case":
            self.take()
            self.case(state, chosen, token)
        elif token.text == "default" and colon:
            self.take()
            self.take()
            state.default = state.count
            self.enter_case(state, token)
        elif token.text == "start" and colon:
            self.take()
            self.take()
            group = Group(self.fresh("start"), self.fresh("end"))
            state.groups.append(group)
            self.lines = group.lines
        elif token.text == "end" and colon:
            self.take()
            self.take()
            self.close_group(state, chosen, token)
        else:
            return False
        return True

    def case(self, state: Switch, chosen: str, token: Token) -> None:
        if self.is_op(":"):
            low = high = state.last + 1
        else:
            low = high = self.constant()
            if self.accept("..."):
                high = self.constant()
        self.expect(":", "case")
        if high < low:
            raise self.fail("an empty range", token.line)
        state.last = high
        state.cases.append(
            f"\n#line {token.line} \0FILE\ncase {low} ... {high}: {chosen} = {state.count}; break;"
        )
        self.enter_case(state, token)

    def constant(self) -> int:
        """An integer constant: a literal, a sum of them, or a parenthesis."""
        line, text = self.token.line, ""
        while not self.is_op("...", ":", ";", "}") and self.token.kind != "end":
            token = self.token
            if token.kind == "num" or token.kind == "chr":
                text += self.unary_constant()
            elif self.is_op("+", "-", "*", "(", ")", "<<", "|", "~"):
                text += self.take().text
            else:
                raise self.fail(f"a case wants a constant, found {token.text!r}")
        try:
            return int(eval(text, {"__builtins__": {}}))  # digits and operators only
        except (SyntaxError, TypeError, ValueError, OverflowError):
            raise self.fail("a case wants a constant", line) from None

    def unary_constant(self) -> str:
        token = self.take()
        value = self.integer(token) if token.kind == "num" else self.character(token)
        return value.text.rstrip("UL")

    def enter_case(self, state: Switch, token: Token) -> None:
        number, state.count = state.count, state.count + 1
        label = self.fresh("at")
        for depth, group in enumerate(state.groups):
            if group.opening is None:
                group.opening = len(group.lines)
            last = depth == len(state.groups) - 1
            group.entries.append((number, label if last else state.groups[depth + 1].start))
        self.write(f"{label}: ;", token.line)

    def close_group(self, state: Switch, chosen: str, token: Token) -> None:
        if len(state.groups) == 1:
            raise self.fail("end: without start:", token.line)
        group = state.groups.pop()
        self.lines = state.groups[-1].lines
        self.lines += [f"{group.start}: ;", *self.dispatched(group, chosen), f"{group.end}: ;"]

    # ---------------------------------------------------------------- declarations

    def declaration(self, *, local: bool = False) -> None:
        line = self.token.line
        base = self.base_kind()
        if self.accept(";"):
            return
        while True:
            kind, name, parameters = self.declarator(self.starred(base))
            if kind.tag == "function":
                if self.function(name, kind, parameters, line):
                    return
            else:
                self.variable(name, kind, line, local=local)
            if self.accept(";"):
                return
            self.expect(",", "a declaration")

    def declarator(self, kind: Kind) -> tuple[Kind, str, tuple[Parameter, ...]]:
        """A name with what stands around it: (*name)(...), name[...], name(...)."""
        if self.is_op("(") and self.peek().text == "*":
            self.take()
            stars = 0
            while self.accept("*"):
                stars += 1
            name = self.word("a name")
            lengths = self.lengths()
            self.expect(")", "a function pointer's name")
            parameters, variadic = self.parameters()
            kind = Kind("function", to=kind, parameters=parameters, variadic=variadic)
            for _ in range(stars):
                kind = pointer(kind)
            return self.arrays(kind, lengths), name, ()
        name = self.word("a name")
        if name in NAMES or name in self.classes:
            raise self.fail(f"{name!r} is a type, not a name")
        if self.is_op("("):
            parameters, variadic = self.parameters()
            kind = Kind("function", to=kind, parameters=parameters, variadic=variadic)
            return kind, name, parameters
        return self.arrays(kind, self.lengths()), name, ()

    def lengths(self) -> list[str]:
        found = []
        while self.accept("["):
            found.append("" if self.is_op("]") else self.expression().text)
            self.expect("]", "an array's length")
        return found

    def arrays(self, kind: Kind, lengths: list[str]) -> Kind:
        for length in reversed(lengths):
            kind = Kind("array", to=kind, length=length)
        return kind

    def parameters(self) -> tuple[tuple[Parameter, ...], bool]:
        self.take()
        found: list[Parameter] = []
        if self.accept(")"):
            return (), False
        while True:
            if self.accept("..."):
                self.expect(")", "...")
                return tuple(found), True
            while self.token.text in MODIFIERS:
                self.take()
            base = self.starred(self.base_kind())
            if self.is_op(",", ")"):
                kind, name = base, self.fresh("unused")
            else:
                kind, name, _ = self.declarator(base)
            if kind.tag == "array" and kind.to is not None:
                kind = pointer(kind.to)
            default = self.expression().text if self.accept("=") else None
            found.append(Parameter(f"{name}_", kind, default))
            if self.accept(")"):
                return tuple(found), False
            self.expect(",", "a parameter")

    def variable(self, name: str, kind: Kind, line: int, *, local: bool) -> None:
        if kind == VOID:
            raise self.fail(f"{name!r} cannot be of type U0", line)
        top = self.returns is None and len(self.scopes) == 1 and not local
        scope = self.scopes[-1]
        if name in scope and not scope[name].text.startswith("HC_"):
            raise self.fail(f"{name!r} is declared twice", line)
        scope[name] = Name(f"{name}_", kind)
        text = declare(kind, f"{name}_")
        if self.accept("="):
            if self.is_op("{") or (kind.tag == "array" and self.token.kind == "str"):
                text += f" = {self.initializer(kind)}"
            else:
                value = self.expression()
                self.fits(kind, value, line)
                if top:
                    self.main += [f"#line {line} \0FILE", f"{name}_ = {value.text};"]
                else:
                    text += f" = {value.text}"
        (self.file if top else self.lines).extend([f"#line {line} \0FILE", f"{text};"])

    def initializer(self, kind: Kind) -> str:
        if self.token.kind == "str" and kind.tag == "array" and kind.to in (U8, INTS["I8"]):
            return c_string(self.string())
        if not self.accept("{"):
            return self.expression().text
        inner = kind.to if kind.tag == "array" and kind.to is not None else None
        found = self.class_of(kind)
        members = list(found.members.values()) if found is not None else []
        parts: list[str] = []
        while not self.accept("}"):
            next_kind = inner or (members[len(parts)] if len(parts) < len(members) else I64)
            parts.append(self.initializer(next_kind))
            if not self.accept(","):
                self.expect("}", "initial values")
                break
        return "{" + ", ".join(parts) + "}"

    def function(self, name: str, kind: Kind, parameters: tuple[Parameter, ...], line: int) -> bool:
        """Declare or define a function; true when it had a body."""
        if self.builtin:
            self.scopes[0][name] = Name(f"HC_{name}", kind, function=True)
            return False
        if self.returns is not None or len(self.scopes) > 1:
            raise self.fail("a function inside a function", line)
        self.scopes[0][name] = Name(f"{name}_", kind, function=True)
        head = declare(kind, f"{name}_")
        self.file += [f"#line {line} \0FILE", f"{head};"]
        if not self.is_op("{"):
            return False
        scope = {p.name.removesuffix("_"): Name(p.name, p.kind) for p in parameters}
        if kind.variadic:
            scope["argc"] = Name("argc_", I64)
            scope["argv"] = Name("argv_", pointer(I64))
        outside = self.lines, self.returns, self.breaks
        self.lines, self.returns, self.breaks = [], kind.to, []
        self.scopes.append(scope)
        self.block()
        self.scopes.pop()
        self.file += [head, *self.lines]
        self.lines, self.returns, self.breaks = outside
        return True

    # ---------------------------------------------------------------- classes

    def class_(self) -> None:
        """class Name: Base { ... } variables; or union."""
        word, line = self.take(), self.token.line
        if self.returns is not None:
            raise self.fail("a class inside a function", line)
        name = self.word("a name")
        kind = "struct" if word.text == "class" else "union"
        found = self.classes.get(name) or Class(name, kind)
        self.classes[name] = found
        if self.accept(";"):
            self.file.append(f"{found.c_name()};")
            return
        text: list[str] = []
        if self.accept(":"):
            base = self.class_of(self.base_kind())
            if base is None:
                raise self.fail("a class grows from a class", line)
            found.members.update(base.members)
            text.append(f"{base.c_name()};")
        self.members(found, text)
        self.file += [f"#line {line} \0FILE", f"{found.c_name()} {{"]
        self.file += [*text, "} __attribute__((packed));"]
        if not self.accept(";"):
            self.stream.insert(self.at, Token("id", name, line))
            self.declaration()

    def members(self, found: Class, text: list[str]) -> None:
        self.expect("{", "the class")
        while not self.accept("}"):
            line = self.token.line
            if self.token.text == "union":
                self.take()
                text.append("union {")
                self.members(found, text)
                text.append("};")
                self.accept(";")
                continue
            base = self.base_kind()
            while True:
                kind, name, _ = self.declarator(self.starred(base))
                if name in found.members:
                    raise HolyError(line, f"{found.name} has two members {name!r}")
                if kind in (VOID, Kind("class", found.c_name())):
                    raise HolyError(line, f"{name!r} cannot be of this type")
                found.members[name] = kind
                text += [f"#line {line} \0FILE", f"{declare(kind, name + '_')};"]
                if self.accept(";"):
                    break
                self.expect(",", "a member")
