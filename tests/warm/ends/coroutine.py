import asyncio
async def main(): print('ran')
asyncio.run(main())
async def late(): pass
c = late()
