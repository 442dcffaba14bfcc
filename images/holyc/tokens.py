"""Holy C text as tokens; #define and #ifdef are dealt with on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class HolyError(Exception):
    """What is wrong with a program, and in which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Token(NamedTuple):
    """`kind`: id, num, flt, str, chr, op or end."""

    kind: str
    text: str
    line: int


_PATTERN = re.compile(
    r"""(?P<space>[ \t\r\f]+|//[^\n]*)
      | (?P<newline>\n)
      | (?P<comment>/\*)
      | (?P<hash>\#\s*\w+)
      | (?P<flt>\d+\.\d+(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
      | (?P<num>0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)
      | (?P<id>[A-Za-z_]\w*)
      | (?P<str>"(?:[^"\\\n]|\\.)*")
      | (?P<chr>'(?:[^'\\\n]|\\.)*')
      | (?P<op>\.\.\.|<<=|>>=|\+\+|--|->|<<|>>|<=|>=|==|!=|&&|\|\||\^\^|[-+*/%&|^]=
            |[-+*/%&|^~!<>=()\[\]{};:,.?`@])""",
    re.VERBOSE,
)
_ESCAPES = {
    "n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, '"': 34, "'": 39, "d": 36, "a": 7, "b": 8,
    "f": 12, "v": 11, "`": 96,
}  # fmt: skip


def unescape(text: str, line: int) -> bytes:
    """The bytes that the inside of a literal stands for; `$$` is one dollar."""
    out = bytearray()
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "$" and text[at : at + 1] == "$":
            at += 1
        if char != "\\":
            out += char.encode("utf-8", "surrogateescape")
            continue
        letter = text[at]
        at += 1
        if letter in "xX":
            digits = re.match(r"[0-9a-fA-F]{1,2}", text[at:])
            if digits is None:
                raise HolyError(line, "\\x wants hexadecimal digits")
            out.append(int(digits[0], 16))
            at += len(digits[0])
        elif letter in _ESCAPES:
            out.append(_ESCAPES[letter])
        else:
            raise HolyError(line, f"no such escape: \\{letter}")
    return bytes(out)


class _Lexer:
    def __init__(self, text: str, defines: dict[str, list[Token]]) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.defines = defines
        self.conditions: list[bool] = []

    def _directive(self, word: str, line: int) -> None:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        rest = re.sub(r"//.*", "", self.text[self.at : end]).strip()
        self.at = end
        name = rest.split()[0] if rest else ""
        if word in ("ifdef", "ifndef"):
            self.conditions.append((name in self.defines) == (word == "ifdef"))
        elif word in ("else", "endif"):
            if not self.conditions:
                raise HolyError(line, f"#{word} without #ifdef")
            last = self.conditions.pop()
            if word == "else":
                self.conditions.append(not last)
        elif not all(self.conditions) or word in ("help_index", "help_file"):
            return
        elif word == "define":
            self._define(rest, line)
        else:
            raise HolyError(line, f"#{word} is not supported")

    def _define(self, rest: str, line: int) -> None:
        match = re.match(r"([A-Za-z_]\w*)(.*)", rest)
        if match is None:
            raise HolyError(line, "#define wants a name")
        if match[2].startswith("("):
            raise HolyError(line, "Holy C's #define takes no arguments; write a function")
        body = list(_Lexer(match[2], {}).tokens())
        self.defines[match[1]] = [Token(t.kind, t.text, line) for t in body]

    def tokens(self) -> Iterator[Token]:
        while self.at < len(self.text):
            match = _PATTERN.match(self.text, self.at)
            if match is None:
                char, active = self.text[self.at], all(self.conditions)
                if active and char in "\"'":
                    raise HolyError(self.line, f"this {char} is not closed in its line")
                if active:
                    raise HolyError(self.line, f"stray character {char!r}")
                self.at += 1
                continue
            kind, text, self.at = str(match.lastgroup), match[0], match.end()
            if kind == "newline":
                self.line += 1
            elif kind == "comment":
                self._comment()
            elif kind == "hash":
                self._directive(text.lstrip("# \t"), self.line)
            elif kind != "space" and all(self.conditions):
                yield from self._expand(Token(kind, text, self.line), ())
        if self.conditions:
            raise HolyError(self.line, "#ifdef without #endif")

    def _comment(self) -> None:
        end = self.text.find("*/", self.at)
        if end < 0:
            raise HolyError(self.line, "this comment is not closed")
        self.line += self.text.count("\n", self.at, end)
        self.at = end + 2

    def _expand(self, token: Token, inside: tuple[str, ...]) -> Iterator[Token]:
        if token.kind != "id" or token.text not in self.defines or token.text in inside:
            yield token
            return
        if len(inside) > 64:
            raise HolyError(token.line, "#define leads to #define without end")
        for part in self.defines[token.text]:
            yield from self._expand(part._replace(line=token.line), (*inside, token.text))


def tokens(text: str, defines: dict[str, list[Token]]) -> list[Token]:
    """All tokens of `text` and one of kind `end`; `defines` is read and added to."""
    lexer = _Lexer(text, defines)
    found = list(lexer.tokens())
    return [*found, Token("end", "the end of the program", lexer.line)]
