"""The commands, a module a family; `__main__` puts them together."""
