public class Main { void f() { return 1; } }
