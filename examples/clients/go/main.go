// Go as a host: cgo compiles against the header and links the library.
//
// Handles are kept as C pointers of their own incomplete types, which Go's collector leaves alone.
package main

/*
#cgo LDFLAGS: -lmetaffi
#include <metaffi.h>
#include <stdlib.h>
#include <string.h>

// Exported below.
extern metaffi_status compareInts(void *, metaffi_slot *, metaffi_error **);
*/
import "C"

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"reflect"
	"strings"
	"unsafe"
)

// failure turns what a function reports into an error of Go's.
func failure(status C.metaffi_status, failed *C.metaffi_error) error {
	if status == C.METAFFI_OK {
		return nil
	}
	defer C.metaffi_error_free(failed)
	return errors.New(C.GoString(C.metaffi_error_message(failed)))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func text(s string) (*C.char, func()) {
	made := C.CString(s)
	return made, func() { C.free(unsafe.Pointer(made)) }
}

func loadModule(runtime *C.metaffi_runtime, path string) *C.metaffi_module {
	name, free := text(path)
	defer free()
	var module *C.metaffi_module
	var failed *C.metaffi_error
	must(failure(C.metaffi_module_load(runtime, name, &module, &failed), failed))
	return module
}

func loadEntity(module *C.metaffi_module, path string) (*C.metaffi_entity, error) {
	name, free := text(path)
	defer free()
	var entity *C.metaffi_entity
	var failed *C.metaffi_error
	err := failure(C.metaffi_entity_load(module, name, nil, C.METAFFI_UNSPECIFIED, nil,
		C.METAFFI_UNSPECIFIED, &entity, &failed), failed)
	return entity, err
}

// value is a metaffi_value: the type, then up to two words.
func value(kind uint64, words ...uint64) C.metaffi_value {
	var made C.metaffi_value
	made._type = C.metaffi_type(kind)
	copy((*[2]uint64)(unsafe.Pointer(&made.data))[:], words)
	return made
}

func zlibByValues(runtime *C.metaffi_runtime) {
	module := loadModule(runtime, "libz.so.1;zlib.h")
	entity, err := loadEntity(module, "callable=crc32")
	must(err)
	data, free := text("123456789")
	defer free()
	arguments := []C.metaffi_value{
		value(C.metaffi_uint64_type, 0),
		value(C.metaffi_string8_type, uint64(uintptr(unsafe.Pointer(data))), 9),
		value(C.metaffi_uint32_type, 9),
	}
	var result C.metaffi_value
	var failed *C.metaffi_error
	must(failure(C.metaffi_entity_call(entity, &arguments[0], 3, &result, 1, &failed), failed))
	sum := *(*uint64)(unsafe.Pointer(&result.data))
	if uint32(sum) != crc32.ChecksumIEEE([]byte("123456789")) {
		must(errors.New("crc32 is wrong"))
	}
	fmt.Printf("crc32: %08x\n", sum)
	C.metaffi_entity_free(entity)
	C.metaffi_module_free(module)
}

// A panic must not leave an exported function: C cannot pass it on.
//
//export compareInts
func compareInts(userdata unsafe.Pointer, frame *C.metaffi_slot, failed **C.metaffi_error) C.metaffi_status {
	slots := (*[3]uint64)(unsafe.Pointer(frame))
	places := (*[2]*C.int)(unsafe.Pointer(frame))
	slots[2] = uint64(int64(*places[0]) - int64(*places[1]))
	return C.METAFFI_OK
}

func sortThroughQsort(runtime *C.metaffi_runtime) {
	module := loadModule(runtime, "")
	var failed *C.metaffi_error
	declaration, free := text("void qsort(void *, size_t, size_t, int (*)(const void *, const void *));")
	defer free()
	must(failure(C.metaffi_module_declare(module, declaration, C.strlen(declaration), &failed), failed))
	qsort, err := loadEntity(module, "callable=qsort")
	must(err)
	addresses := [2]C.metaffi_type_info{{_type: C.metaffi_size_type}, {_type: C.metaffi_size_type}}
	order := C.metaffi_type_info{_type: C.metaffi_int32_type}
	var callable *C.metaffi_callable
	must(failure(C.metaffi_callable_new(C.metaffi_callback(C.compareInts), &addresses[0], 2, &order, 1,
		nil, nil, &callable, &failed), failed))

	// C's memory, since its address is passed as a number.
	numbers := (*[6]C.int)(C.malloc(6 * C.sizeof_int))
	defer C.free(unsafe.Pointer(numbers))
	*numbers = [6]C.int{5, 2, 9, -4, 7, 0}
	arguments := []C.metaffi_value{
		value(C.metaffi_size_type, uint64(uintptr(unsafe.Pointer(numbers)))),
		value(C.metaffi_size_type, 6),
		value(C.metaffi_size_type, C.sizeof_int),
		value(C.metaffi_callable_type, uint64(uintptr(unsafe.Pointer(callable)))),
	}
	must(failure(C.metaffi_entity_call(qsort, &arguments[0], 4, nil, 0, &failed), failed))
	if !reflect.DeepEqual(*numbers, [6]C.int{-4, 0, 2, 5, 7, 9}) {
		must(errors.New("qsort is wrong"))
	}
	fmt.Println("qsort:", strings.Trim(fmt.Sprint(*numbers), "[]"))
	C.metaffi_callable_free(callable)
	C.metaffi_entity_free(qsort)
	C.metaffi_module_free(module)
}

func showAnError(runtime *C.metaffi_runtime) {
	module := loadModule(runtime, "libz.so.1;zlib.h")
	_, err := loadEntity(module, "callable=crc33")
	if err == nil || !strings.Contains(err.Error(), "crc33") {
		must(errors.New("a function that is not there was loaded"))
	}
	fmt.Println("error:", err)
	C.metaffi_module_free(module)
}

func main() {
	var runtime *C.metaffi_runtime
	var failed *C.metaffi_error
	name, free := text("c")
	defer free()
	must(failure(C.metaffi_runtime_load(name, nil, 0, &runtime, &failed), failed))
	zlibByValues(runtime)
	sortThroughQsort(runtime)
	showAnError(runtime)
	C.metaffi_runtime_free(runtime)
}
