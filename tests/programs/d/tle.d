void main() { for (;;) {} }
