"""The library `judge0api`, which waits in its request and writes a slash after the path."""

import sys

import judge0api

client = judge0api.Client(sys.argv[1])
sent = judge0api.submission.submit(
    client, b"print(input())", 71, stdin=b"hi", expected_output=b"hi"
)
assert 3 == sent.status["id"], sent.status
assert b"hi\n" == sent.stdout, sent.stdout
