"""The pipeline around the engine: take a submission, judge it, store the verdict, tell it."""
