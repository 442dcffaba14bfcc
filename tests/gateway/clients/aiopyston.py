"""The library `aiopyston`, which finds versions by itself."""

import asyncio
import sys

from pyston import File, PystonClient


async def main(url: str) -> None:
    client = PystonClient(base_url=f"{url}/api/v2/piston/")
    assert "python" in await client.languages()
    ran = await client.execute("python", [File("print(input())")], stdin="hi")
    assert "hi\n" == ran.run_stage.output, ran.raw_json
    await client.close_session()


asyncio.run(main(sys.argv[1]))
