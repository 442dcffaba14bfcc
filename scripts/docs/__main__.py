"""Write every generated page: `python -m scripts.docs [FOLDER]`, as `make docs` does."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.docs.pages import PAGES

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
for name, made in PAGES.items():
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(made())
