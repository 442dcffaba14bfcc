# attack: a program that looks like options to whoever passes it on: -c, --rcfile, newlines
# expect: AC
# exploit: Judge0 issue 550, option injection by newline and backslash
#!/bin/sh -x \
# -*- mode: sh; compile-command: "touch /tmp/injected" -*-
# vim: set modeline: :!touch /tmp/injected
[ -e /tmp/injected ] && echo "BREACH injected"
case $- in *x*|*i*|*l*) echo "BREACH options: $-" ;; esac
[ "$0" = ./main.sh ] && [ $# = 0 ] || echo "BREACH arguments: $0 $*"
echo held
