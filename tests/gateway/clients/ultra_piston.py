"""The library `ultra-piston`."""

import sys

from ultra_piston import File, PistonClient

client = PistonClient(base_url=f"{sys.argv[1]}/api/v2", rate_limit=0)
assert "python" in {one.language for one in client.get_runtimes()}
ran = client.post_execute("python", "*", File(content="print(input())"), stdin="hi")
assert "hi\n" == ran.run.output
assert 0 == ran.run.code
failed = client.post_execute("c", "*", File(content="int main("))
assert failed.compile is not None
assert failed.compile.code
