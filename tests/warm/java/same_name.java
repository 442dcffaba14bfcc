package judgecore;

/** A class with the name of one that the JVM that waits has run. */
public class Main {
    public static void main(String[] arguments) throws Exception {
        System.out.println(Warm.text() + " " + Class.forName("judgecore.Warm").getClassLoader().getClass());
        for (String name : new String[] {"judgecore.Other", "Warm"})
            try { System.out.println(Class.forName(name)); } catch (ClassNotFoundException none) { System.out.println(none); }
    }
}

class Warm {
    static String text() { return "the program's"; }
}
