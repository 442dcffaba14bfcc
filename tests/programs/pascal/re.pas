program Main; begin halt(3) end.
