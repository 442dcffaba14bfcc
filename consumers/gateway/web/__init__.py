"""The web framework and the server: nothing outside of this folder imports them.

app      routes, authentication and limits
events   server-sent events
sockets  websockets, each in a thread of its own
server   what listens, and how long slow clients are kept
"""
