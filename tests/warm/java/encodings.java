import java.nio.charset.*;
import java.text.*;
import java.time.*;
import java.util.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println("größe ☃ 😀 " + "😀".length());
        System.out.println(Charset.defaultCharset() + " " + System.getProperty("native.encoding") + " " + System.getProperty("stdout.encoding"));
        System.out.println(Locale.getDefault() + " " + TimeZone.getDefault().getID() + " " + ZoneId.systemDefault());
        System.out.println(new DecimalFormat("#,##0.00").format(1234567.891) + " " + String.format("%,d", 1234567));
        System.out.println(new SimpleDateFormat("yyyy-MM-dd").format(new Date(0)) + " " + LocalDate.of(2024, 2, 29).plusYears(1));
        System.out.println(new String("é".getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        System.out.println("Straße".toUpperCase() + " " + Normalizer.normalize("é", Normalizer.Form.NFD).length());
    }
}
