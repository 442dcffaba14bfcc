package org.example.sums;

import java.util.Scanner;

public class Solution {
    record Pair(int a, int b) {}

    public static void main(String... args) {
        Scanner in = new Scanner(System.in);
        Pair pair = new Pair(in.nextInt(), in.nextInt());
        System.out.println(pair.a() + pair.b());
    }
}
