words != cat
n := ${words:[1]}
xs := ${words:[2..-1]}
sum != expr 0 ${xs:@x@+ ${x}@}
squares != expr 0 ${xs:@x@+ ${x} '*' ${x}@}

all:
	@echo ${sum} ${squares}
