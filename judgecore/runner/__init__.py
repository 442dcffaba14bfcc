"""The inner runner: its source, its binary, and its protocol."""
