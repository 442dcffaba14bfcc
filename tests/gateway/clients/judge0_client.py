"""The asynchronous library `judge0-client`."""

import asyncio
import sys

from judge0_client import Judge0Client, MultiFileSubmission, SingleFileSubmission


async def main(url: str) -> None:
    async with Judge0Client(url) as client:
        single = SingleFileSubmission(source_code="print(input())", language_id=71, stdin="hi")
        several = MultiFileSubmission(additional_files={"run": "cat data", "data": "many\n"})
        for submission, expected in ((single, "hi\n"), (several, "many\n")):
            token = (await client.create_submission(submission)).token
            while (found := await client.get_submission(token)).status.id < 3:
                await asyncio.sleep(0.1)
            assert (3, expected) == (found.status.id, found.stdout), found
        assert (await client.get_workers())[0].failed == 0
        assert "1.13.1" == (await client.get_about()).version
        assert await client.get_isolate()
        assert await client.get_license()


asyncio.run(main(sys.argv[1]))
