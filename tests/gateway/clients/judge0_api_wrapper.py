"""The library `judge0-api-wrapper`, which asks whether its tokens are valid first."""

import sys
import time

from judge0_api_wrapper.judge0 import Judge0
from judge0_api_wrapper.schemas import CreateSubmission

client = Judge0(sys.argv[1], "token", "admin")
assert "Python" in client.languages[71]
sent = client.submit(
    CreateSubmission(source_code="print(input())", language_id=71, stdin="hi", expected_output="hi")
)
deadline = time.monotonic() + 60
while client.get_status(sent).value < 3:
    assert time.monotonic() < deadline
    time.sleep(0.1)
assert 3 == client.get_status(sent).value
