import java.security.*;
import java.util.*;
import javax.crypto.*;
import javax.crypto.spec.*;

public class Main {
    public static void main(String[] arguments) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest("text".getBytes());
        System.out.println(HexFormat.of().formatHex(digest) + " " + Base64.getEncoder().encodeToString(digest));
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"), new IvParameterSpec(new byte[16]));
        System.out.println(HexFormat.of().formatHex(cipher.doFinal("hello".getBytes())));
        System.out.println(new java.util.zip.CRC32() {{ update("abc".getBytes()); }}.getValue());
        System.out.println(new Random(42).nextInt() + " " + new SplittableRandom(7).nextInt());
        System.out.println(Arrays.toString(new Random(1).ints(5, 0, 100).toArray()));
    }
}
