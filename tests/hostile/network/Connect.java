// attack: sockets, name look-ups and datagrams from Java
// expect: AC
// limits: cpu_ms=3000 wall_ms=6000
import java.net.*;

class Main {
    public static void main(String[] args) {
        for (String host : new String[] {"127.0.0.1", "172.17.0.1", "169.254.169.254", "::1"})
            try (Socket s = new Socket()) {
                s.connect(new InetSocketAddress(host, 80), 300);
                System.out.println("BREACH connected to " + host);
            } catch (Exception refused) {
                continue;
            }
        try (DatagramSocket d = new DatagramSocket()) {
            System.out.println("BREACH datagram socket");
        } catch (Exception refused) {
            System.out.println("held");
        }
    }
}
