(display
