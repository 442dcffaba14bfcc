"""The library `sandbox-fusion`: runs and evaluations."""

import base64
import sys

from sandbox_fusion import RunCodeRequest, RunStatus, SubmitRequest, TestConfig, run_code, submit

url = sys.argv[1]
ran = run_code(RunCodeRequest(code="print(input())", stdin="hi", language="python"), url, 1)
assert RunStatus.Success == ran.status
assert "hi\n" == ran.run_result.stdout
failed = run_code(RunCodeRequest(code="int main(", language="cpp"), url, 1)
assert RunStatus.Failed == failed.status
assert failed.compile_result.return_code
late = run_code(RunCodeRequest(code="while True: pass", language="python", run_timeout=1), url, 1)
assert "TimeLimitExceeded" == late.run_result.status
kept = run_code(
    RunCodeRequest(
        code="open('b', 'w').write(open('a').read() * 2)",
        language="python",
        files={"a": base64.b64encode(b"x").decode()},
        fetch_files=["b"],
    ),
    url,
    1,
)
assert {"b": base64.b64encode(b"xx").decode()} == kept.files
judged = submit(
    SubmitRequest(
        dataset="any",
        id=7,
        completion="Here it is:\n```python\nprint(int(input()) * 2)\n```\n",
        config=TestConfig(
            dataset_type="CommonOJDataset",
            language="python",
            provided_data={
                "test": [
                    {"input": {"stdin": "2"}, "output": {"stdout": "4"}},
                    {"input": {"stdin": "3"}, "output": {"stdout": "7"}},
                ]
            },
            extra={"run_all_cases": True},
        ),
    ),
    url,
    1,
)
assert [True, False] == [one.passed for one in judged.tests]
assert (7, False, "fenced") == (judged.id, judged.accepted, judged.extracted_type)
