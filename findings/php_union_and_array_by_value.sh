#!/bin/sh
# PHP's FFI passes structs with arrays of numbers, and unions, by value without an error, and wrong:
# what the C function gets is another value. LuaJIT passes both right.
# Seen with Debian's PHP 8.2 and LuaJIT 2.1.0-beta3, against gcc 12.2.0 on x86-64.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "this is about x86-64"; exit 77; }
for tool in gcc php luajit; do command -v $tool >/dev/null || { echo "needs $tool"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >library.h <<'C'
struct pair { double d[2]; };
union number { double real; long whole; };
double of_pair(struct pair value);
double of_number(union number value);
union number make_number(void);
C
cat >library.c <<'C'
#include "library.h"
double of_pair(struct pair value) { return value.d[0] + value.d[1]; }
double of_number(union number value) { return value.real; }
union number make_number(void) { union number value = {2.5}; return value; }
C
gcc -O1 -shared -fPIC library.c -o library.so
cat >program.php <<'P'
<?php
$library = FFI::cdef(file_get_contents('library.h'), './library.so');
$say = fn($what, $value, $wanted) => print("$what " . ($value == $wanted ? 'right' : 'wrong') . "\n");
$pair = $library->new('struct pair');
$pair->d[0] = 1;
$pair->d[1] = 2;
$say('array', $library->of_pair($pair), 3);
$number = $library->new('union number');
$number->real = 1.5;
$say('union', $library->of_number($number), 1.5);
$say('returned union', $library->make_number()->real, 2.5);
P
cat >program.lua <<'L'
local ffi = require 'ffi'
ffi.cdef(io.open('library.h'):read('*a'))
local library = ffi.load './library.so'
local function say(what, value, wanted) print(what .. (value == wanted and ' right' or ' wrong')) end
say('array', library.of_pair(ffi.new('struct pair', {{1, 2}})), 3)
say('union', library.of_number(ffi.new('union number', {1.5})), 1.5)
say('returned union', library.make_number().real, 2.5)
L
php --version | head -n 1
luajit -v
php -d ffi.enable=1 program.php >php
luajit program.lua >luajit
echo "PHP:"; cat php
echo "LuaJIT:"; cat luajit
printf 'array wrong\nunion wrong\nreturned union wrong\n' | diff php -
printf 'array right\nunion right\nreturned union right\n' | diff luajit -
