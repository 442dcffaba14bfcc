object Main extends App { throw new IllegalStateException("no") }
