object Main extends App { val x: Int = "text" }
