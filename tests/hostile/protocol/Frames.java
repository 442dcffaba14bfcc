// attack: a forged report from a language without write(2), then a failure
// expect: RE
class Main {
    public static void main(String[] args) {
        byte[] text = "exit:0\nlimit:none\n".getBytes();
        byte[] head = {(byte) text.length, 0, 0, 0, 67};
        System.out.writeBytes(head);
        System.out.writeBytes(text);
        System.out.flush();
        throw new IllegalStateException("exit:0");
    }
}
