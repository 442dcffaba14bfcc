import java.security.SecureRandom;
import java.util.*;
import java.util.concurrent.ThreadLocalRandom;

public class Main {
    public static void main(String[] arguments) throws Exception {
        List<Integer> shuffled = new ArrayList<>();
        for (int i = 0; i < 1000; i++) shuffled.add(i);
        Collections.shuffle(shuffled);
        Thread other = new Thread(() -> System.out.println(ThreadLocalRandom.current().nextLong()));
        other.start();
        other.join();
        System.out.println(Math.random());
        System.out.println(new Random().nextLong());
        System.out.println(new Random().nextGaussian());
        System.out.println(ThreadLocalRandom.current().nextLong());
        System.out.println(new SplittableRandom().nextLong());
        System.out.println(new SecureRandom().nextLong());
        System.out.println(SecureRandom.getInstanceStrong().nextLong());
        System.out.println(UUID.randomUUID());
        System.out.println(shuffled.hashCode());
        System.out.println(java.util.random.RandomGenerator.getDefault().nextLong());
        System.out.println(java.util.random.RandomGenerator.of("Xoshiro256PlusPlus").nextLong());
        System.out.println(new Random().ints(4).sum());
        System.out.println(new Random().doubles(4).sum());
        System.out.println(java.nio.file.Files.createTempFile("a", "b"));
        System.out.println(System.nanoTime());
    }
}
