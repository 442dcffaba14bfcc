// Loaded before a program: its standard streams behave as they do where they are files.
"use strict";

// What is written before process.exit() must leave.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

// One "data" event, or one read(), gives the whole input up to this size; many programs expect that.
const MOST_BYTES = 1 << 24;
const original = Object.getOwnPropertyDescriptor(process, "stdin");
let known;
Object.defineProperty(process, "stdin", {
  ...original,
  get() {
    const stdin = original.get.call(process);
    if (stdin !== known) {
      known = stdin;
      const bytes = Math.min(require("fs").fstatSync(0).size, MOST_BYTES);
      const state = stdin._readableState;
      if (state?.highWaterMark < bytes) state.highWaterMark = bytes;
    }
    return stdin;
  },
});
