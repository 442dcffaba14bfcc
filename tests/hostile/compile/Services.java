// attack: names itself a processor by the way of services, and loads classes from /tmp
// expect: CE
@javax.annotation.processing.SupportedOptions("-processorpath=/tmp -Xplugin:evil")
@Main.Run
class Main {
    static final String X = evil.Processor.NAME;

    public static void main(String[] args) {
        System.out.println("BREACH compiled");
    }
}
