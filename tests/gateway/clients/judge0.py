"""The SDK `judge0`: test cases, batches, aliases, and the client that it makes by itself."""

import os
import sys

os.environ["JUDGE0_CE_ENDPOINT"] = sys.argv[1]
os.environ["JUDGE0_CE_AUTH_HEADERS"] = "{}"

import judge0

results = judge0.run(
    source_code="print(int(input()) + 1)",
    language=judge0.PYTHON,
    test_cases=[("1", "2"), ("2", "3"), ("3", "5")],
)
assert [3, 3, 4] == [one.status.value for one in results], results
assert "2\n" == results[0].stdout, results[0].stdout
for language, source in ((judge0.C, "int main(void) { return 3; }"), (judge0.BASH, "exit 3")):
    ran = judge0.run(source_code=source, language=language)
    assert (11, 3) == (ran.status.value, ran.exit_code), ran
failed = judge0.run(source_code="int main(", language=judge0.C)
assert 6 == failed.status.value
assert "error" in failed.compile_output
