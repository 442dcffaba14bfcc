"""Texts with anything in them, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

# Every character that UTF-8 has. `codec="utf-8"` means the same and takes seconds in each process,
# because it tries them one by one.
CHARACTERS = st.characters(exclude_categories=("Cs",))
NO_NUL = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
TEXT = st.text(CHARACTERS)
