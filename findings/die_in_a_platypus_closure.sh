#!/bin/sh
# A Perl function that dies in a closure of FFI::Platypus does not end the call: the closure returns
# zero to C, the call succeeds, $@ is empty, and the text is a warning.
# Seen with Debian's FFI::Platypus 2.05 and Perl 5.36.0.
set -eu
for tool in gcc perl; do command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }; done
perl -MFFI::Platypus -e 1 2>/dev/null || { echo "needs libffi-platypus-perl"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'int apply(int (*f)(int), int x) { return f(x) + 1; }' >library.c
gcc -shared -fPIC library.c -o library.so
cat >program.pl <<'P'
use strict;
use FFI::Platypus 2.00;
my $ffi = FFI::Platypus->new(api => 2, lib => ['./library.so']);
$ffi->type('(int)->int' => 'callback');
my $closure = $ffi->closure(sub { die "cannot\n" });
my @warned;
$SIG{__WARN__} = sub { push @warned, $_[0] };
my $result = eval { $ffi->function(apply => ['callback', 'int'] => 'int')->call($closure, 5) };
printf "result %s, error '%s', warned: %s", $result, $@, $warned[0];
P
perl -MFFI::Platypus -e 'printf "FFI::Platypus %s, Perl %vd\n", $FFI::Platypus::VERSION, $^V'
perl program.pl >seen
cat seen
printf "result 1, error '', warned: cannot\n" | diff seen -
