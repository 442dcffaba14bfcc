"""Piston's API, version 2.

routes      who answers which request
wanted      what a client asks for, checked
shown       what a program did, as clients read it
connection  the websocket: input and output while the program runs
"""
