# attack: fails at once, and leaves a child that prints the answer and ends well
# expect: RE
(sleep 0.1; echo held; exit 0) &
exit 4
