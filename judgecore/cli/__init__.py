"""The commands, a module a family; `__main__` adds those of other packages (`commands`)."""
