#!/bin/sh
# koffi, which classifies structs itself and not by libffi, takes a packed struct for one whose members
# are aligned: gcc's function gets another value, without an error, and returning one crashes the
# process.
# Seen with koffi 3.3.4 (2.9.0 too) on Node 20.20.2, against Debian's gcc 12.2.0 on x86-64.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
for tool in gcc node npm; do command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --prefix . koffi@3.3.4 >/dev/null
cat >library.c <<'C'
struct packed { char a; double b; } __attribute__((packed));
double second(struct packed value) { return value.b; }
struct packed make(void) { struct packed value = {1, 2.5}; return value; }
C
gcc -O1 -shared -fPIC library.c -o library.so
cat >program.js <<'J'
const koffi = require('koffi');
const library = koffi.load('./library.so');
koffi.pack('packed', { a: 'char', b: 'double' });
console.log('size', koffi.sizeof('packed'));
if (process.argv[2] === 'result') library.func('packed make(void)')();
else {
    const second = library.func('double second(packed value)');
    console.log('argument', second({ a: 1, b: 2.5 }) === 2.5 ? 'right' : 'wrong');
}
J
node --version
node program.js argument >seen
node program.js result >/dev/null 2>&1 && echo "result fine" >>seen || echo "result crashed" >>seen
cat seen
printf 'size 9\nargument wrong\nresult crashed\n' | diff seen -
