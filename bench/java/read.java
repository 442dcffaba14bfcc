// Reads 100,000 numbers with a tokenizer, and 2,000 with a Scanner.
import java.io.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) text.append(random.nextInt(1_000_000)).append(i % 10 == 9 ? '\n' : ' ');
        BufferedReader reader = new BufferedReader(new StringReader(text.toString()));
        long sum = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            StringTokenizer words = new StringTokenizer(line);
            while (words.hasMoreTokens()) sum += Integer.parseInt(words.nextToken());
        }
        Scanner scanner = new Scanner(text.toString());
        for (int i = 0; i < 2_000; i++) sum += scanner.nextInt();
        System.out.println(sum);
    }
}
