
/** A file that the JVM itself has opened, by the number of its descriptor. */
class Opened {
    static java.io.FileInputStream file(int number) throws Exception {
        java.lang.reflect.Field unsafe = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        unsafe.setAccessible(true);
        sun.misc.Unsafe memory = (sun.misc.Unsafe) unsafe.get(null);
        java.io.FileDescriptor descriptor = new java.io.FileDescriptor();
        memory.putInt(descriptor, memory.objectFieldOffset(java.io.FileDescriptor.class.getDeclaredField("fd")), number);
        return new java.io.FileInputStream(descriptor);
    }
}
