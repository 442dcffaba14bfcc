# attack: the fastest printer of the system
# expect: OLE
yes
