# The targets metaffi::metaffi and metaffi::metaffi_static in the build tree: cargo's library under
# its versioned names.

set(library_dir ${PROJECT_BINARY_DIR}/lib)
# Before 1.0 a minor version may break the ABI; build.rs says the same.
set(METAFFI_SONAME libmetaffi.so.${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
    string(APPEND METAFFI_SONAME .${PROJECT_VERSION_MINOR})
endif()
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
    # The kinds of libraries are named: with the one of Rust, which Cargo.toml names too, they would
    # not be optimised as a whole.
    set(kinds cdylib)
    if(METAFFI_STATIC)
        string(APPEND kinds ,staticlib)
    endif()
    # Always run: cargo itself knows what is out of date.
    add_custom_target(metaffi_cargo ALL
        COMMAND ${CARGO} rustc --lib --crate-type ${kinds} --locked --profile ${METAFFI_CARGO_PROFILE}
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
# What the code in the archive is linked with.
set(METAFFI_ARCHIVE_NEEDS gcc_s pthread m dl)
if(METAFFI_STATIC)
    include(cmake/archive.cmake)
endif()
add_custom_target(metaffi_library ALL DEPENDS ${library_files})

add_library(metaffi SHARED IMPORTED GLOBAL)
add_library(metaffi::metaffi ALIAS metaffi)
add_dependencies(metaffi metaffi_library)
set_target_properties(metaffi PROPERTIES
    IMPORTED_LOCATION ${METAFFI_SHARED}
    IMPORTED_SONAME ${METAFFI_SONAME})

# The header of C++ needs that standard or a newer one. Where that language is not enabled there is no
# such feature.
set(METAFFI_FEATURES "$<$<BOOL:$<CXX_COMPILER_ID>>:cxx_std_17>")
foreach(target metaffi metaffi_static)
    if(TARGET ${target})
        set_target_properties(${target} PROPERTIES
            INTERFACE_COMPILE_FEATURES "${METAFFI_FEATURES}"
            INTERFACE_INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}/include)
    endif()
endforeach()
