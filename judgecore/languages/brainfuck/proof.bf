Reads three letters and prints the letter after each in reverse order
,+>,+>,+.<.<.
then the number of bytes of the rest of the line as stars
>>>,----------[>++++++[<+>-]++++++[<+>-]<->[-]<[-]>>++++++++++++++++++++++++++++++++++++++++++.[-]<<,----------]
