words := $(shell cat)
xs := $(wordlist 2,$(shell expr 1 + $(firstword $(words))),$(words))
add = $(shell expr 0 $(foreach x,$(1),+ $(x)))
square = $(shell expr $(1) '*' $(1))

all:
	@echo $(call add,$(xs)) $(call add,$(foreach x,$(xs),$(call square,$(x))))
