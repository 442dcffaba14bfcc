// attack: every process that the virtual machine knows of, destroyed
// expect: AC
class Main {
    public static void main(String[] args) {
        ProcessHandle.allProcesses().forEach(p -> {
            if (p.pid() != ProcessHandle.current().pid() && p.destroyForcibly())
                System.out.println("BREACH destroyed " + p.pid());
        });
        ProcessHandle.current().parent().ifPresent(p -> {
            if (p.destroyForcibly()) System.out.println("BREACH destroyed the parent");
        });
        System.out.println("held");
    }
}
