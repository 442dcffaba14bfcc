/* One array of thirteen sixteenths of the memory limit. */
public class Main {
    public static void main(String[] args) {
        int[] all = new int[13 << 20];
        all[all.length - 1] = 5;
        System.out.println(all[all.length - 1]);
    }
}
