#!/bin/sh
# PHP's FFI ends the program when an exception leaves a callback, also where the call stands in `try`.
# Seen with PHP 8.2.
set -eu
command -v php >/dev/null && php -m | grep -qx FFI || { echo 'needs PHP with FFI'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.php" <<'PHP'
<?php
$libc = FFI::cdef('void qsort(void *, size_t, size_t, int (*)(const void *, const void *));', 'libc.so.6');
$numbers = FFI::new('int[2]');
try {
    $libc->qsort($numbers, 2, 4, function ($a, $b) { throw new Exception('tired'); });
} catch (Throwable $error) {
    echo "caught\n";
}
PHP
php -r 'echo "PHP ", PHP_VERSION, "\n";'
status=0
php -d ffi.enable=1 -d display_errors=1 "$work/program.php" >"$work/seen" 2>/dev/null || status=$?
tail -n 3 "$work/seen"
grep -q 'Throwing from FFI callbacks is not allowed' "$work/seen"
! grep -q '^caught' "$work/seen"
[ "$status" -eq 255 ]
