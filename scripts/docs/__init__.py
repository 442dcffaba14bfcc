"""The generated pages of docs/: `python -m scripts.docs` writes them, a test compares."""
