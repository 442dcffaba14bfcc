import java.util.ArrayList;

public class Main {
    public static void main(String[] args) {
        ArrayList<long[]> hoard = new ArrayList<>();
        while (true) hoard.add(new long[1 << 17]);
    }
}
