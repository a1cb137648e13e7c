// Go, Java and Python in one process: faults that Go makes of signals are still Go's, and collections of
// garbage go on while the others run. The arguments are the runtimes, in the order in which they are loaded.
package main

/*
#cgo LDFLAGS: -lmetaffi
#include <metaffi.h>
#include <stdlib.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

func must(status C.metaffi_status, failed *C.metaffi_error) {
	if status != C.METAFFI_OK {
		fmt.Fprintln(os.Stderr, C.GoString(C.metaffi_error_message(failed)))
		if status == C.METAFFI_STATUS_NOT_FOUND {
			fmt.Println("skipped")
			os.Exit(77)
		}
		os.Exit(1)
	}
}

func text(s string) *C.char {
	return C.CString(s)
}

// The function of absolute values of a runtime.
func load(name string) *C.metaffi_entity {
	module, path, kind := "builtins", "callable=abs", C.metaffi_type(C.metaffi_int64_type)
	if name == "jvm" {
		module, path = "", "class=java.lang.Math,callable=abs"
	}
	var failed *C.metaffi_error
	var loaded *C.metaffi_runtime
	must(C.metaffi_runtime_load(text(name), nil, 0, &loaded, &failed), failed)
	var from *C.metaffi_module
	must(C.metaffi_module_load(loaded, text(module), &from, &failed), failed)
	number := C.metaffi_type_info{_type: kind}
	var entity *C.metaffi_entity
	must(C.metaffi_entity_load(from, text(path), &number, 1, &number, 1, &entity, &failed), failed)
	return entity
}

func call(entity *C.metaffi_entity, number int64) int64 {
	var argument, result C.metaffi_value
	argument._type = C.metaffi_int64_type
	*(*int64)(unsafe.Pointer(&argument.data)) = number
	var failed *C.metaffi_error
	must(C.metaffi_entity_call(entity, &argument, 1, &result, 1, &failed), failed)
	return *(*int64)(unsafe.Pointer(&result.data))
}

// A nil pointer is a signal first, and then a panic that is recovered from.
func faults() (err error) {
	defer func() {
		if recover() == nil {
			err = errors.New("a nil pointer was followed")
		}
	}()
	var nothing *[2]int
	fmt.Fprint(os.Stderr, nothing[1])
	return nil
}

func main() {
	done := make(chan bool)
	go func() {
		// Go interrupts what runs long, by a signal.
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
		}
	}()
	if err := faults(); err != nil {
		panic(err)
	}
	var entities []*C.metaffi_entity
	for _, name := range os.Args[1:] {
		entities = append(entities, load(name))
		if err := faults(); err != nil {
			panic(err)
		}
	}
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			until := time.Now().Add(500 * time.Millisecond)
			for n := int64(1); time.Now().Before(until); n++ {
				for _, entity := range entities {
					if call(entity, -n) != n {
						panic("wrong")
					}
				}
				if n%50 == 0 {
					if err := faults(); err != nil {
						panic(err)
					}
					_ = make([]byte, 1<<16)
				}
				if n%500 == 0 {
					runtime.GC()
				}
			}
		}()
	}
	all.Wait()
	close(done)
	fmt.Println("well")
}
