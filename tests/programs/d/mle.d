void main() { ubyte[] hoard; for (;;) { hoard ~= new ubyte[1 << 20]; hoard[$ - 1] = 1; } }
