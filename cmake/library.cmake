# The target metaffi::metaffi in the build tree: cargo's library under its versioned names.

set(library_dir ${PROJECT_BINARY_DIR}/lib)
set(METAFFI_SONAME libmetaffi.so.${PROJECT_VERSION_MAJOR})
set(METAFFI_SHARED ${library_dir}/libmetaffi.so.${PROJECT_VERSION})
set(METAFFI_ARCHIVE ${library_dir}/libmetaffi.a)

if(METAFFI_LIBRARY)
    set(built ${METAFFI_LIBRARY})
    add_custom_target(metaffi_cargo)
else()
    find_program(CARGO cargo HINTS $ENV{HOME}/.cargo/bin REQUIRED)
    # The profile "dev" builds in the directory "debug"; every other in its own name.
    string(REGEX REPLACE "^dev$" debug profile_dir ${METAFFI_CARGO_PROFILE})
    set(built ${METAFFI_CARGO_TARGET_DIR}/${profile_dir}/libmetaffi.so)
    # Always run: cargo itself knows what is out of date.
    add_custom_target(metaffi_cargo ALL
        COMMAND ${CARGO} build --lib --locked --profile ${METAFFI_CARGO_PROFILE}
                --manifest-path ${PROJECT_SOURCE_DIR}/Cargo.toml
                --target-dir ${METAFFI_CARGO_TARGET_DIR}
        BYPRODUCTS ${built}
        USES_TERMINAL VERBATIM)
endif()
get_filename_component(built_dir ${built} DIRECTORY)

add_custom_command(OUTPUT ${METAFFI_SHARED}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${library_dir}
    COMMAND ${CMAKE_COMMAND} -E copy ${built} ${METAFFI_SHARED}
    COMMAND ${CMAKE_COMMAND} -E create_symlink libmetaffi.so.${PROJECT_VERSION}
            ${library_dir}/${METAFFI_SONAME}
    COMMAND ${CMAKE_COMMAND} -E create_symlink ${METAFFI_SONAME} ${library_dir}/libmetaffi.so
    DEPENDS metaffi_cargo ${built} VERBATIM)
set(library_files ${METAFFI_SHARED})
if(METAFFI_STATIC)
    add_custom_command(OUTPUT ${METAFFI_ARCHIVE}
        COMMAND ${CMAKE_COMMAND} -E copy ${built_dir}/libmetaffi.a ${METAFFI_ARCHIVE}
        DEPENDS ${METAFFI_SHARED} VERBATIM)
    list(APPEND library_files ${METAFFI_ARCHIVE})
endif()
add_custom_target(metaffi_library ALL DEPENDS ${library_files})

add_library(metaffi SHARED IMPORTED GLOBAL)
add_library(metaffi::metaffi ALIAS metaffi)
add_dependencies(metaffi metaffi_library)
set_target_properties(metaffi PROPERTIES
    IMPORTED_LOCATION ${METAFFI_SHARED}
    IMPORTED_SONAME ${METAFFI_SONAME})
target_include_directories(metaffi INTERFACE ${PROJECT_SOURCE_DIR}/include)
