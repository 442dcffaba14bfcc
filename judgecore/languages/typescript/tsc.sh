# The compiler is a native program. `.bin/tsc` would start Node only to start that.
for compiler in /opt/npm/node_modules/@typescript/*/lib/tsc /opt/npm/node_modules/.bin/tsc; do
    [ -x "$compiler" ] && exec "$compiler" "$@"
done
echo "the compiler tsc is not in this image" >&2
exit 127
