// attack: type inference that takes exponential time
// expect: CE AC
// limits: cpu_ms=3000 wall_ms=6000
import java.util.function.Function;

class Main {
    static <A, B, C> Function<A, C> f(Function<A, B> a, Function<B, C> b) {
        return x -> b.apply(a.apply(x));
    }

    static <T> Function<T, T> i() {
        return x -> x;
    }

    public static void main(String[] args) {
        Function<Integer, Integer> g =
            f(f(f(f(f(i(), i()), f(i(), i())), f(f(i(), i()), f(i(), i()))), f(i(), f(i(), i()))),
              f(f(f(i(), i()), f(i(), i())), f(f(i(), i()), f(i(), f(i(), f(i(), i()))))));
        System.out.println(g.apply(1) == 1 ? "held" : "no");
    }
}
