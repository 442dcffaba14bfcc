// attack: claims to have run out of memory; it may have that verdict, but never a better one
// expect: RE MLE
class Main {
    public static void main(String[] args) {
        System.out.println("held");
        System.err.println("java.lang.OutOfMemoryError");
        System.exit(1);
    }
}
