"""Submissions as people write them elsewhere: a language, a signature, a source, and a call.

Each is right; what is tested is that the driver takes it as it is.
"""

from __future__ import annotations

ADD = ("add(a: int, b: int) -> int", "[2, 3]", "5")
TWO_SUM = ("two_sum(nums: list[int], target: int) -> list[int]", "[[2, 7], 9]", "[0, 1]")
HISTOGRAM = ("histogram(text: string) -> map[string, int]", '["abb"]', '{"a": 1, "b": 2}')
CLOSEST = ("find_closest(numbers: list[float]) -> tuple[float, float]", "[[1.5, 2]]", "[1.5, 2]")
LONGEST = ("longest(words: list[string]) -> optional[string]", '[["a", "bb"]]', '"bb"')
NO_LONGEST = (LONGEST[0], "[[]]", "null")
BIG = ("power(a: bigint, n: int) -> bigint", "[10, 20]", "100000000000000000000")
INTEGERS = (
    "filter_integers(values: list[any]) -> list[int]",
    '[[4, {}, [], 23.2, 9, "x", null, true]]',
    "[4, 9]",
)
HASHED = (
    "string_to_md5(text: string) -> optional[string]",
    '["a"]',
    '"0cc175b9c0f1b6a831c399e269772661"',
)
EITHER = ("either(a: any, b: any) -> any", '[1, "x"]', '["x"]')
STRLEN = ("strlen(text: string) -> int", '["abc"]', "3")

STYLES: list[tuple[str, tuple[str, str, str], str]] = [
    (
        "python",
        TWO_SUM,
        "class Solution(object):\n    def twoSum(self, nums: List[int], target):\n"
        "        seen = defaultdict(int)\n        for i, x in enumerate(nums):\n"
        "            if target - x in seen: return seen[target - x], i\n            seen[x] = i\n",
    ),
    (
        "python",
        CLOSEST,
        "from typing import *\n\ndef find_closest(numbers: List[float]) -> Tuple[float, float]:\n"
        "    return numbers[0], int(numbers[1])\n\nif __name__ == '__main__':\n    input()\n",
    ),
    (
        "python",
        HISTOGRAM,
        "import collections\n# class Solution would be another way\n"
        "def histogram(text):\n    return collections.Counter(text)\n",
    ),
    (
        "cpp",
        ("valid(root: tree[int]) -> bool", "[[2, 1, 3]]", "true"),
        "class Solution {\npublic:\n    bool valid(TreeNode* root) { return valid(root, -9, 9); }\n"
        "    bool valid(TreeNode* n, long lo, long hi) {\n"
        "        return !n || (n->val > lo && n->val < hi && valid(n->left, lo, n->val)"
        " && valid(n->right, n->val, hi));\n    }\n};\n",
    ),
    (
        "cpp",
        HISTOGRAM,
        "#include<map>\n#include<string>\nusing namespace std;\n"
        "map<char,int> histogram(string text){\n    map<char,int> out;\n"
        "    for (char c : text) out[c]++;\n    return out;\n}\n",
    ),
    (
        "cpp",
        CLOSEST,
        "#include <vector>\nstd::vector<float> find_closest(const std::vector<float>& numbers) {\n"
        "    return {numbers[0], numbers[1]};\n}\n",
    ),
    (
        "cpp",
        STRLEN,
        "int strlen(string text) { return text.length(); }\n",
    ),
    (
        "cpp",
        ("depth(root: tree[int]) -> int", "[[1, 2]]", "2"),
        "struct Solution { int depth(TreeNode* n, int d = 0) {\n"
        "    return n ? max(depth(n->left, d + 1), depth(n->right, d + 1)) : d; } };\n",
    ),
    ("cpp", LONGEST, "string longest(vector<string> words) { return words[1]; }\n"),
    (
        "java",
        HISTOGRAM,
        "package problems.strings;\n\nimport java.util.HashMap;\n\npublic class Problem {\n"
        "    static class Pair { int a; }\n"
        "    public static HashMap<Character, Integer> histogram(String text) {\n"
        "        HashMap<Character, Integer> out = new HashMap<>();\n"
        "        for (char c : text.toCharArray()) out.merge(c, 1, Integer::sum);\n"
        "        return out;\n    }\n    public static void main(String[] args) { }\n}\n",
    ),
    (
        "java",
        TWO_SUM,
        "class Solution {\n    // two_sum(nums, target)\n"
        "    private int[] twoSum(List<Integer> a, int t) { return null; }\n"
        "    public List<Integer> twoSum(ArrayList<Integer> nums, long target) {\n"
        "        return Arrays.asList(0, 1);\n    }\n}\n",
    ),
    (
        "java",
        LONGEST,
        "class Solution {\n    public Optional<String> longest(List<String> words) {\n"
        "        return words.stream().max(Comparator.comparing(String::length));\n    }\n}\n",
    ),
    ("java", BIG, "class Solution { BigInteger power(BigInteger a, int n) { return a.pow(n); } }"),
    (
        "javascript",
        TWO_SUM,
        "/**\n * two_sum([2, 7], 9)\n */\nvar twoSum = function(nums, target) {\n"
        "    const seen = new Map();\n    for (let i = 0; i < nums.length; i++) {\n"
        "        if (seen.has(target - nums[i])) return [seen.get(target - nums[i]), i];\n"
        "        seen.set(nums[i], i);\n    }\n};\nconsole.log(twoSum([1], 2));\n",
    ),
    (
        "javascript",
        ADD,
        '"use strict";\nconst helper = (a, b) => a + b;\n'
        "export const add = (a, b) => helper(a, b);\n"
        "export default add;\n",
    ),
    (
        "java",
        ADD,
        "import java.util.*;\n\npublic class Main {\n"
        "    public static long add(int a, int b) { return a + b; }\n"
        "    public static void main(String[] args) { System.out.println(add(1, 2)); }\n}\n",
    ),
    ("rust", ADD, "fn main(){}\n\nfn add_86(a: i32, b: i32) -> i32 { a + b }\n"),
    (
        "python",
        INTEGERS,
        "def filter_integers(values):\n    return [x for x in values if type(x) is int]\n",
    ),
    (
        "java",
        INTEGERS,
        "import java.util.*;\nclass Solution {\n"
        "    public List<Integer> filterIntegers(List<Object> values) {\n"
        "        List<Integer> found = new ArrayList<>();\n"
        "        for (Object x : values) if (x instanceof Integer) found.add((Integer) x);\n"
        "        return found;\n    }\n}\n",
    ),
    (
        "go",
        INTEGERS,
        "func FilterIntegers(values []interface{}) []int {\n\tfound := []int{}\n"
        "\tfor _, val := range values {\n\t\tswitch i := val.(type) {\n\t\tcase int:\n"
        "\t\t\tfound = append(found, i)\n\t\t}\n\t}\n\treturn found\n}\n",
    ),
    (
        "cpp",
        INTEGERS,
        "#include <any>\n#include <list>\nvector<int> filter_integers(list<any> values) {\n"
        "    vector<int> found;\n    for (auto &x : values)\n"
        "        if (x.type() == typeid(int)) found.push_back(any_cast<int>(x));\n"
        "    return found;\n}\n",
    ),
    (
        "rust",
        INTEGERS,
        "use std::any::{Any, TypeId};\n"
        "fn filter_integers(values: Vec<Box<dyn Any>>) -> Vec<i32> {\n"
        "    values.iter().filter_map(|x| x.downcast_ref::<i32>().copied()).collect()\n}\n",
    ),
    (
        "cpp",
        EITHER,
        "variant<int, vector<string>> either(float a, string b) {\n"
        "    if (a > 0) return vector<string>{b};\n    return 3;\n}\n",
    ),
    (
        "rust",
        EITHER,
        "use std::any::Any;\nfn either<'a>(a: f32, b: &'a dyn Any) -> Vec<String> {\n"
        "    vec![b.downcast_ref::<String>().unwrap().clone(); a as usize]\n}\n",
    ),
    (
        "java",
        EITHER,
        "class Solution { Object either(double a, Object b) { return new Object[]{b}; } }",
    ),
    (
        "go",
        HASHED,
        "func StringToMd5(text string) interface{} {\n"
        '\tif text == "" {\n\t\treturn nil\n\t}\n'
        '\treturn fmt.Sprintf("%x", md5.Sum([]byte(text)))\n}\n',
    ),
    (
        "python",
        HASHED,
        "def string_to_md5(text):\n    return hashlib.md5(text.encode()).hexdigest() or None\n",
    ),
    (
        "java",
        HASHED,
        "import java.math.BigInteger;\nimport java.security.*;\nimport java.util.*;\n\n"
        "class Solution {\n"
        "    public Optional<String> stringToMd5(String text) throws NoSuchAlgorithmException {\n"
        '        byte[] found = MessageDigest.getInstance("MD5").digest(text.getBytes());\n'
        '        return Optional.of(String.format("%032x", new BigInteger(1, found)));\n'
        "    }\n}\n",
    ),
    (
        "javascript",
        HASHED,
        "const stringToMd5 = (text) => {\n"
        "  return require('crypto').createHash('md5').update(text).digest('hex');\n}\n",
    ),
    ("go", EITHER, "func Either(a float64, b any) any { return []any{b} }\n"),
    ("javascript", EITHER, "const either = (a, b) => { return [b]; }\n"),
    ("javascript", ADD, "module.exports = function (a, b) { return a + b; };\n"),
    ("javascript", BIG, "const power = (a, n) => a ** BigInt(n);\nmodule.exports = { power };\n"),
    (
        "typescript",
        HISTOGRAM,
        "export function histogram(text: string): { [key: string]: number } {\n"
        "    const seen = new Map<string, number>();\n"
        "    for (const c of text) seen.set(c, (seen.get(c) || 0) + 1);\n"
        "    return Object.fromEntries(seen);\n}\n",
    ),
    (
        "typescript",
        ADD,
        "function print(x) { return x; }\nclass Solution {\n    cache: Map<number, number>;\n"
        "    add(a: number, b: number): number {\n        this.cache = new Map([[a, b]]);\n"
        "        return print(a) + this.cache.get(a);\n    }\n}\n",
    ),
    (
        "go",
        TWO_SUM,
        "func twoSum(nums []int, target int) []int {\n\tsorted := append([]int{}, nums...)\n"
        '\tsort.Ints(sorted)\n\tfmt.Println(strings.Repeat("x", 3))\n\treturn []int{0, 1}\n}\n',
    ),
    (
        "go",
        HISTOGRAM,
        'package histogram_test\n\nimport (\n\t"fmt"\n)\n\n'
        '// Histogram("abb") uses math.Abs not at all\nfunc Histogram(text string) map[rune]int {\n'
        "\tout := make(map[rune]int)\n\tfor _, c := range text {\n\t\tout[c]++\n\t}\n"
        '\treturn out\n}\n\nfunc main() {\n\tfmt.Println(Histogram("x"))\n}\n',
    ),
    ("go", CLOSEST, "func FindClosest(n []float64) [2]float64 { return [2]float64{n[0], n[1]} }\n"),
    (
        "go",
        NO_LONGEST,
        "func Longest(words []string) interface{} {\n\tif len(words) == 0 {\n\t\treturn nil\n\t}\n"
        "\treturn words[0]\n}\n",
    ),
    (
        "rust",
        CLOSEST,
        "#![allow(unused)]\nfn main(){\n}\n\nuse std::collections::HashMap;\n"
        "fn find_closest(numbers: &Vec<f32>) -> (f32, f32) {\n    (numbers[0], numbers[1])\n}\n",
    ),
    (
        "rust",
        HISTOGRAM,
        "use std::collections::HashMap;\npub fn histogram(text: &str) -> HashMap<char, i32> {\n"
        "    let mut out = HashMap::new();\n"
        "    for c in text.chars() { *out.entry(c).or_insert(0) += 1; }\n    out\n}\n",
    ),
    (
        "rust",
        (
            "pairs(first: optional[int], pair: list[int]) -> list[tuple[int, int]]",
            "[1, [2, 3]]",
            "[[1, 2], [1, 3]]",
        ),
        "fn main(){}\n\nuse std::{cmp::{max, self}, collections::HashMap, ascii::AsciiExt};\n"
        "use rand::Rng;\nuse regex::Regex;\nuse md5;\nuse std::any::{Any, TypeId};\n\n"
        "/*\n  no regex\n*/\nfn pairs(first: i32, pair: (i32, i32)) -> Vec<Vec<i32>> {\n"
        "    vec![vec![first, pair.0], vec![first, max(first, pair.1)]]\n}\n",
    ),
    (
        "go",
        (
            "spreadOut(pair: list[int], more: optional[int], one: optional[int]) -> list[int]",
            "[[1, 2], null, 3]",
            "[1, 3]",
        ),
        'package spread_test\n\nimport (\n    "testing"\n    "fmt" // not used\n)\n\n'
        "func Spreadout(pair [2]int, more interface{}, one int) (*int, int) {\n"
        "\tif more != nil {\n\t\treturn nil, 0\n\t}\n\treturn &pair[0], one\n}\n",
    ),
    (
        "java",
        ("swap(one: tuple[int, string]) -> list[tuple[string, int]]", '[[1, "a"]]', '[["a", 1]]'),
        "import org.javatuples.*;\nimport java.util.*;\nimport java.security.*;\nclass Problem {\n"
        "    public static ArrayList<Pair<String, Long>> swap(Pair<Long, String> one) {\n"
        "        return new ArrayList<Pair<String, Long>>(Arrays.asList("
        "Pair.with(one.getValue1(), one.getValue0())));\n    }\n"
        "    public static void main(String[] args) { assert swap(null) == null; }\n}\n",
    ),
]
