"""HTTP in front of the judge: the APIs that clients of other judges use already.

app         routes, authentication, limits: the only module that imports the web framework
judge0/ …   one API each: requests become submissions, results become responses; nothing else
backends    where submissions go: a judge in this process, the pipeline, or a fake
entries     what was accepted: tokens, and what the client sent
"""
