object Main extends App {
  val hoard = scala.collection.mutable.ArrayBuffer[Array[Long]]()
  while (true) hoard += new Array[Long](1 << 17)
}
