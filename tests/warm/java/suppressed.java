public class Main {
    record Door(String name) implements AutoCloseable {
        public void close() { throw new IllegalArgumentException("closing " + name); }
    }
    public static void main(String[] arguments) throws Exception {
        try (Door a = new Door("a"); Door b = new Door("b")) {
            throw new Exception("body");
        }
    }
}
