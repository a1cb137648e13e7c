# Memory lanes. Each holds tests that show that it can fail.
metaffi_program(lane_leak lanes/leak.c)
metaffi_program(lane_overflow lanes/overflow.c)
metaffi_program(lane_sanitizer lanes/sanitizer.c)

if(METAFFI_SANITIZE STREQUAL "address")
    # Allocations that are too large are part of the tests.
    # What libffi keeps for its closures is known to memory only that it maps itself, where nobody looks.
    set(asan ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
        LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/lanes/libffi.supp:print_suppressions=0)
    get_property(programs DIRECTORY PROPERTY TESTS)
    foreach(program IN LISTS programs)
        set_property(TEST ${program} APPEND PROPERTY ENVIRONMENT ${asan})
    endforeach()
    # CPython is never finalised, so that what it made once is there at the exit; and memory that is
    # kept back from reuse would look like memory that grows.
    set_property(TEST ${with_python} PROPERTY ENVIRONMENT
        ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=1)
    # A child hangs in a lock of the sanitizer's own that another thread had when it was forked.
    set_tests_properties(test_fork PROPERTIES DISABLED TRUE)
    # The sanitizer's memory is not what the C library counts.
    set_tests_properties(test_failures PROPERTIES DISABLED TRUE)
    add_test(NAME lane_has_sanitizer COMMAND lane_sanitizer)
    add_test(NAME lane_sees_leak COMMAND lane_leak)
    set_tests_properties(lane_sees_leak PROPERTIES
        ENVIRONMENT "${asan}"
        PASS_REGULAR_EXPRESSION "LeakSanitizer: detected memory leaks.*of 64 byte")
    add_test(NAME lane_sees_overflow COMMAND lane_overflow)
    set_tests_properties(lane_sees_overflow PROPERTIES
        PASS_REGULAR_EXPRESSION "AddressSanitizer: heap-buffer-overflow")
elseif(VALGRIND)
    set(memcheck ${VALGRIND} -q --error-exitcode=99 --leak-check=full
        --errors-for-leak-kinds=definite,indirect --num-callers=30)
    foreach(name values arrays objects callables entity error ctypes cdata structs handles module
            unwind zlib hpp_values hpp_callables)
        add_test(NAME valgrind_${name} COMMAND ${memcheck} $<TARGET_FILE:test_${name}>)
        set_tests_properties(valgrind_${name} PROPERTIES LABELS valgrind TIMEOUT 600)
    endforeach()
    foreach(name leak overflow)
        add_test(NAME valgrind_sees_${name}
            COMMAND sh -c "\"$@\" 2>/dev/null; test $? -eq 99" sh
                    ${memcheck} $<TARGET_FILE:lane_${name}>)
        set_tests_properties(valgrind_sees_${name} PROPERTIES LABELS valgrind)
    endforeach()
endif()
