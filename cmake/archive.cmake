# The static library: one object that has the functions of metaffi.h and no other name, so that it
# can be linked beside another libffi, or another library written in Rust.

file(STRINGS ${PROJECT_SOURCE_DIR}/symbols.txt symbols)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS symbols.txt)
list(TRANSFORM symbols PREPEND -u OUTPUT_VARIABLE wanted)

set(object ${library_dir}/metaffi.o)
if(CMAKE_OBJCOPY AND CMAKE_LINKER AND NOT APPLE)
    # Groups are dissolved: one whose name is local must not stand for another library's.
    set(link_object ${CMAKE_LINKER} -r --gc-sections --force-group-allocation ${wanted}
        -o ${object} ${built_dir}/libmetaffi.a)
    set(hide_names ${CMAKE_OBJCOPY} --strip-unneeded --remove-section=.llvmbc
        --remove-section=.llvmcmd --keep-global-symbols=${PROJECT_SOURCE_DIR}/symbols.txt ${object})
    add_custom_command(OUTPUT ${METAFFI_ARCHIVE}
        COMMAND ${link_object}
        COMMAND ${hide_names}
        COMMAND ${CMAKE_COMMAND} -E rm -f ${METAFFI_ARCHIVE}
        COMMAND ${CMAKE_AR} qcs ${METAFFI_ARCHIVE} ${object}
        COMMAND ${CMAKE_COMMAND} -E rm ${object}
        DEPENDS ${METAFFI_SHARED} symbols.txt VERBATIM)
else()
    add_custom_command(OUTPUT ${METAFFI_ARCHIVE}
        COMMAND ${CMAKE_COMMAND} -E copy ${built_dir}/libmetaffi.a ${METAFFI_ARCHIVE}
        DEPENDS ${METAFFI_SHARED} VERBATIM)
endif()
list(APPEND library_files ${METAFFI_ARCHIVE})

add_library(metaffi_static STATIC IMPORTED GLOBAL)
add_library(metaffi::metaffi_static ALIAS metaffi_static)
add_dependencies(metaffi_static metaffi_library)
set_target_properties(metaffi_static PROPERTIES
    IMPORTED_LOCATION ${METAFFI_ARCHIVE}
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_LINK_LIBRARIES "${METAFFI_ARCHIVE_NEEDS}")
