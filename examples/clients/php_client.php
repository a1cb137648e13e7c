<?php
// PHP's FFI as a host: it opens libmetaffi at run time and knows only the declarations beside the
// header, which need no preprocessor.
//
//     php -d ffi.enable=1 php_client.php <libmetaffi.so> [<metaffi.cdef>]
//
// A PHP exception must not leave a callback: catch it there, and return a status.

$declarations = file_get_contents($argv[2] ?? __DIR__ . '/../../include/metaffi/metaffi.cdef');
$lib = FFI::cdef($declarations, $argv[1] ?? 'libmetaffi.so.0.1');

// Calls a function whose last parameter is the error; throws that.
function invoke(string $name, ...$arguments): void
{
    global $lib;
    $error = $lib->new('metaffi_error *');
    if ($lib->$name(...[...$arguments, FFI::addr($error)]) !== $lib->METAFFI_OK) {
        $message = $lib->metaffi_error_message($error);
        $lib->metaffi_error_free($error);
        throw new RuntimeException($message);
    }
}

// Calls a function whose last output is a new handle.
function make(string $kind, string $name, ...$arguments): FFI\CData
{
    global $lib;
    $made = $lib->new("metaffi_$kind *");
    invoke($name, ...[...$arguments, FFI::addr($made)]);
    return $made;
}

function load(FFI\CData $module, string $path): FFI\CData
{
    global $lib;
    $inferred = [null, $lib->METAFFI_UNSPECIFIED];
    return make('entity', 'metaffi_entity_load', $module, $path, ...$inferred, ...$inferred);
}

function check(bool $right, string $what): void
{
    if (!$right) {
        fwrite(STDERR, "$what is wrong\n");
        exit(1);
    }
}

function zlib_by_values(FFI\CData $c): void
{
    global $lib;
    $module = make('module', 'metaffi_module_load', $c, 'libz.so.1;zlib.h');
    $crc32 = load($module, 'callable=crc32');
    $text = '123456789';
    $bytes = $lib->new('char[' . strlen($text) . ']');
    FFI::memcpy($bytes, $text, strlen($text));
    $arguments = $lib->new('metaffi_value[3]');
    $arguments[0]->type = $lib->metaffi_uint64_type;
    $arguments[1]->type = $lib->metaffi_string8_type;
    $arguments[1]->data->string->data = FFI::addr($bytes);
    $arguments[1]->data->string->length = strlen($text);
    $arguments[2]->type = $lib->metaffi_uint32_type;
    $arguments[2]->data->uint32 = strlen($text);
    $result = $lib->new('metaffi_value');
    invoke('metaffi_entity_call', $crc32, $arguments, 3, FFI::addr($result), 1);
    check($result->data->uint64 === crc32($text), 'crc32');
    printf("crc32: %08x\n", $result->data->uint64);
    $lib->metaffi_entity_free($crc32);
    $lib->metaffi_module_free($module);
}

function sort_through_qsort(FFI\CData $c): void
{
    global $lib;
    $module = make('module', 'metaffi_module_load', $c, '');
    $declaration = 'void qsort(void *, size_t, size_t, int (*)(const void *, const void *));';
    invoke('metaffi_module_declare', $module, $declaration, strlen($declaration));
    $qsort = load($module, 'callable=qsort');
    $types = $lib->new('metaffi_type_info[3]');
    $types[0]->type = $types[1]->type = $lib->metaffi_size_type;
    $types[2]->type = $lib->metaffi_int32_type;
    $compare = function ($userdata, $frame, $error) use ($lib) {
        $integers = $lib->cast('int **', $frame);
        $frame[2] = $integers[0][0] <=> $integers[1][0];
        return $lib->METAFFI_OK;
    };
    $callable = make('callable', 'metaffi_callable_new', $compare, $types, 2,
        FFI::addr($types[2]), 1, null, null);

    $numbers = $lib->new('int[6]');
    foreach ([5, 2, 9, -4, 7, 0] as $i => $number) {
        $numbers[$i] = $number;
    }
    $arguments = $lib->new('metaffi_value[4]');
    foreach ([0, 1, 2] as $i) {
        $arguments[$i]->type = $lib->metaffi_size_type;
    }
    $arguments[0]->data->size = $lib->cast('size_t', FFI::addr($numbers))->cdata;
    $arguments[1]->data->size = 6;
    $arguments[2]->data->size = FFI::sizeof($lib->type('int'));
    $arguments[3]->type = $lib->metaffi_callable_type;
    $arguments[3]->data->callable = $callable;
    invoke('metaffi_entity_call', $qsort, $arguments, 4, null, 0);
    $sorted = implode(' ', iterator_to_array((function () use ($numbers) {
        foreach ([0, 1, 2, 3, 4, 5] as $i) {
            yield $numbers[$i];
        }
    })()));
    check($sorted === '-4 0 2 5 7 9', 'qsort');
    echo "qsort: $sorted\n";
    $lib->metaffi_callable_free($callable);
    $lib->metaffi_entity_free($qsort);
    $lib->metaffi_module_free($module);
}

function show_an_error(FFI\CData $c): void
{
    global $lib;
    $module = make('module', 'metaffi_module_load', $c, 'libz.so.1;zlib.h');
    try {
        load($module, 'callable=crc33');
        check(false, 'a function that is not there');
    } catch (RuntimeException $error) {
        check(str_contains($error->getMessage(), 'crc33'), 'the message');
        echo 'error: ', $error->getMessage(), "\n";
    }
    $lib->metaffi_module_free($module);
}

$runtime = make('runtime', 'metaffi_runtime_load', 'c', null, 0);
zlib_by_values($runtime);
sort_through_qsort($runtime);
show_an_error($runtime);
$lib->metaffi_runtime_free($runtime);
