# The static library exports what the shared one does, and is linked beside the system's libffi.
find_path(FFI_INCLUDE_DIR ffi.h)
find_library(FFI_LIBRARY ffi)

add_test(NAME archive_names COMMAND sh -c
    "nm --defined-only --extern-only \"$0\" | sed -n 's/^[0-9a-f]* . //p' | LC_ALL=C sort | diff - \"$1\""
    ${METAFFI_ARCHIVE} ${PROJECT_SOURCE_DIR}/symbols.txt)

if(FFI_INCLUDE_DIR AND FFI_LIBRARY)
    add_executable(test_archive test_archive.c)
    target_include_directories(test_archive PRIVATE ${FFI_INCLUDE_DIR})
    target_link_libraries(test_archive PRIVATE metaffi::metaffi_static ${FFI_LIBRARY})
    add_test(NAME test_archive COMMAND test_archive)
else()
    add_test(NAME test_archive COMMAND sh -c "echo skipped: no ffi.h (Debian package libffi-dev); exit 77")
    set_tests_properties(test_archive PROPERTIES SKIP_RETURN_CODE 77)
endif()
