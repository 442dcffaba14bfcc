#!/bin/sh
exec something else
#!ruby
puts __LINE__
raise "x"
