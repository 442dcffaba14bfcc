// attack: child processes that outlive the virtual machine
// expect: AC
class Main {
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 5; i++) new ProcessBuilder("sleep", "1000").start();
        new ProcessBuilder("setsid", "sleep", "1000").start();
        System.out.println("held");
    }
}
