"""What a driver's tables say: patterns with fields, and what is put into submissions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from judgecore.functions.names import Style

NEVER = "(?!)"
_FIELD = re.compile(r"\{(\w+)\}")


class Patterns(BaseModel):
    """What the template's places are filled with; in each, `{name}` and the like are replaced.

    `function`, `member`, `method`, `constructor`: one of a signature's methods: a function, a
    function in the class Solution, one of a class problem, its constructor. Fields: `number` (0 for
    the constructor), `name`, `class`, `prefix` (of the names of its functions), `contained` (1 in
    the class Solution), `returns`, `parameters`, `types` (theirs), `count`,
    `mutates`, `reads`, `arguments`, `writes`,
    `outs`: what is returned where new values are, in place of changes. `parameter`: one of
    `parameters`, `read`: one of `reads`, `argument`, `argument_mutated`: one of `arguments`,
    `write`: one of `writes`, `write_returned`: that of the value returned; fields `i`, `code`,
    `type`. `absent`: what the field `absent` of a method is whose `name` is nowhere in the
    submission: a compile error, in a language whose driver finds the methods at run time.
    `object`: what the place `object` is filled with in a class problem; fields `class`, `prefix`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    member: str | None = None
    method: str | None = None
    constructor: str | None = None
    parameter: str = "{code}"
    parameters_glue: str = ", "
    read: str = ""
    argument: str = "a{i}"
    argument_mutated: str | None = None
    arguments_glue: str = ", "
    no_arguments: str = ""
    write: str = ""
    write_returned: str | None = None
    absent: str = ""
    object: str = ""


class Records(BaseModel):
    """How a record is written.

    `definition`: its class, which the driver brings unless the submission has it; fields `name`,
    `fields`, `parameters`, `sets`: the patterns `field`, `parameter`, `set` for each of its fields,
    in which `name`, `type`, `code`, `record` are replaced. `wire`: what the template's place
    `wires` gets for it, with `reads` and `writes`, of `read` and `write`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    definition: str = ""
    field: str = ""
    field_glue: str = ""
    parameter: str = ""
    parameters_glue: str = ", "
    set: str = ""
    wire: str = ""
    read: str = ""
    read_glue: str = ""
    write: str = ""


class Offers(BaseModel):
    """How functions are written that a submission may call; each asks by descriptors 3 and 4.

    `function`: one of the template's place `offered`; `void`: in place of it where nothing is
    returned; `declared`: one of the place `declared`. Fields: `number` (from 0), `name`,
    `spellings` (all of them), `parameters`, `arguments`, `writes` (of `parameter`, `argument`,
    `write`: fields `i`, `name`, `type`, `code`), `codes` (theirs), `returns`, `boxed` (the type in
    another one), `code` (of the value returned), `api` (the class that holds them). `opens`,
    `closes`: before and after all of them. `refused`: a pattern for types that these cannot have.
    `stub`: what a stub says of each; `extends`: what stands after the name of its class.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    void: str | None = None
    declared: str = ""
    parameter: str = ""
    argument: str = ""
    arguments_glue: str = ""
    write: str = ""
    opens: str = ""
    closes: str = ""
    refused: str = NEVER
    stub: str = ""
    extends: str = ""


class Insertion(BaseModel):
    """What is put into a submission, unless the pattern `unless` is found in it.

    It stands after what the pattern `after` matches at the beginning, or `at_end`, so that the
    submission's lines keep their numbers; `{line}` in it is that of what follows. With `types` it
    is for signatures that have one of them. `{helpers}` in it is the classes that the driver adds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    unless: str = NEVER
    after: str = ""
    at_end: bool = False
    types: tuple[str, ...] = ()

    def into(self, source: str, helpers: str) -> str:
        """The source with it."""
        if re.search(self.unless, source, re.M):
            return source
        text = self.text.replace("{helpers}", helpers)
        if self.at_end:
            return f"{source}\n{text}"
        found = re.match(self.after, source)
        at = found.end() if found else 0
        line = str(source.count("\n", 0, at) + 1)
        return source[:at] + text.replace("{line}", line) + source[at:]


class Replacement(BaseModel):
    """What is replaced in a submission; its lines keep their numbers.

    `find`: a pattern, in which `^` is the beginning of a line; `by`: what is put in its place.
    `unused`: a pattern of words: a text that has one of them stays where the source mentions that
    word elsewhere, comments (`comment`, a pattern) apart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    find: str
    by: str = ""
    unused: str | None = None
    comment: str = NEVER

    def into(self, source: str) -> str:
        """The source with it."""
        if self.unused is None:
            return re.sub(self.find, self.by, source, flags=re.M)
        left = re.sub(self.find, "", re.sub(self.comment, "", source), flags=re.M)
        mentioned = set(re.findall(r"\w+", left))
        stays, by = re.compile(self.unused), self.by

        def changed(found: re.Match[str]) -> str:
            return found[0] if mentioned.intersection(stays.findall(found[0])) else found.expand(by)

        return re.sub(self.find, changed, source, flags=re.M)


class Imports(BaseModel):
    """Imports that a submission may leave out.

    `known`: modules by path, each with a name that it defines. A module is imported where the
    pattern `when` is found in the source, and `unless` is not. Then `text` is put after what
    `after` matches at the beginning, and `use` at the end: some languages refuse unused imports.
    `use` alone is put there where `imported` is found before what `body` matches, and `when` is
    not. Fields of all but `after` and `body`: `path`, `name` (its last word), `known`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: dict[str, str]
    when: str
    unless: str
    after: str
    text: str
    use: str
    imported: str = NEVER
    body: str = NEVER

    def into(self, source: str) -> str:
        """The source with what it lacks."""
        begin, end = "", ""
        head = re.split(self.body, source, maxsplit=1)[0]
        for path, known in self.known.items():
            fields = {"path": path, "name": path.rpartition("/")[2], "known": known}
            if not re.search(filled(self.when, fields), source):
                if re.search(filled(self.imported, fields), head):
                    end += filled(self.use, fields)
            elif not re.search(filled(self.unless, fields), source):
                begin += filled(self.text, fields)
                end += filled(self.use, fields)
        found = re.match(self.after, source)
        at = found.end() if found else 0
        return source[:at] + begin + source[at:] + end


class Stubs(BaseModel):
    """What a stub is made of.

    `function`, `member`, `method`, `constructor`: as in `Patterns`; fields `name`, `parameters`,
    `returns`, `class`, `body`. `body`, `void_body`: what stands in one that returns something, or
    nothing. `parameter`: fields `name`, `type`; `mutable`: its type where the function changes it.
    `{types}` are those of the parameters, `{result}` what is returned where new values are, in
    place of changes to parameters.
    `opens`, `closes`: the class Solution; `class_opens`: another one. `parameter_of`: in place of
    `parameter` for a `list` or a `list of list`; `returned`: the parameters by which a function
    that returns one says its sizes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    member: str | None = None
    method: str | None = None
    constructor: str = ""
    body: str = ""
    void_body: str = ""
    parameter: str = "{name}"
    parameter_of: dict[str, str] = {}
    returned: dict[str, str] = {}
    glue: str = ", "
    opens: str = ""
    class_opens: str | None = None
    closes: str = ""
    between: str = "\n"
    mutable: str = "{type}"
    parameter_style: Style | None = None
    no_parameters: str = ""


def filled(pattern: str, fields: Mapping[str, str]) -> str:
    """The pattern with its fields replaced; what is no field stays as it is."""
    return _FIELD.sub(lambda found: fields.get(found[1], found[0]), pattern)
