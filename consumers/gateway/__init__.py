"""HTTP in front of the judge: the APIs that clients of other judges use already.

web         routes, authentication, limits: alone imports the web framework and the server
judge0/ …   one API each: requests become submissions, results become responses; nothing else
backends    where submissions go: a judge in this process, the pipeline, or a fake
entries     what was accepted: tokens, and what the client sent
"""
