# The compiler is a native program. `.bin/tsc` would start Node only to start that.
#
# A slot has one core, and a compilation ends before collecting garbage pays: where there is room for it
# ($1: MiB), up to this much it does not.
[ "$1" -lt 1024 ] || export GOGC=off GOMEMLIMIT=256MiB
shift
for compiler in /opt/npm/node_modules/@typescript/*/lib/tsc; do
    [ -x "$compiler" ] && exec "$compiler" --singleThreaded "$@"
done
[ -x /opt/npm/node_modules/.bin/tsc ] && exec /opt/npm/node_modules/.bin/tsc "$@"
echo "the compiler tsc is not in this image" >&2
exit 127
