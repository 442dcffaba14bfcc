"""Judge0's API, version 1.13.1, with its status codes, keys and types.

routes      who answers which request
wanted      what a client asks for, checked: 422 says what is wrong with which field
shown       a submission as clients read it
tables      languages, statuses and limits by the numbers that clients know
"""
