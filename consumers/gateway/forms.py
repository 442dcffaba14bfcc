"""Bodies that are HTML forms, in both encodings that there are."""

from __future__ import annotations

from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
MOST_FIELDS = 1_000


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form that is encoded as a query; raises `ValueError`."""
    return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))


def read_multipart(body: bytes, content_type: str) -> dict[str, str]:
    """The fields of a form in parts, its files among them, as text; raises `ValueError`."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise ValueError("a form in parts needs a boundary")
    parts = _Parts()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.header_name,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
        },
    )
    try:
        parser.write(body)
    except FormParserError as exc:
        raise ValueError(f"the form cannot be read: {exc}") from None
    return parts.fields


class _Parts:
    """Collects the parts of one form."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._count = 0
        self.begin()

    def begin(self) -> None:
        self._count += 1
        if self._count > MOST_FIELDS:
            raise ValueError(f"more than {MOST_FIELDS} fields")
        self._header = self._value = b""
        self._name: bytes | None = None
        self._data = bytearray()

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._name = parse_options_header(self._value)[1].get(b"name")
        self._header = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def end(self) -> None:
        if self._name is not None:
            self.fields[self._name.decode()] = self._data.decode()
