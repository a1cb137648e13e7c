# What `cmake --install` puts under the prefix.
include(CMakePackageConfigHelpers)

install(FILES include/metaffi.h include/metaffi.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/metaffi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h*" PATTERN "*.cdef")

install(FILES LICENSE-APACHE LICENSE-MIT LICENSES-DEPENDENCIES.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Without what only debuggers need: the build tree's has that.
set(stripped ${library_dir}/stripped/libmetaffi.so.${PROJECT_VERSION})
if(CMAKE_STRIP)
    set(copy_stripped ${CMAKE_STRIP} -o ${stripped} ${METAFFI_SHARED})
else()
    set(copy_stripped ${CMAKE_COMMAND} -E copy ${METAFFI_SHARED} ${stripped})
endif()
add_custom_command(OUTPUT ${stripped}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${library_dir}/stripped
    COMMAND ${copy_stripped}
    DEPENDS ${METAFFI_SHARED} VERBATIM)
add_custom_target(metaffi_stripped ALL DEPENDS ${stripped})
# One target alone makes the library's file: two would write it at the same time.
add_dependencies(metaffi_stripped metaffi_library)
install(PROGRAMS ${stripped} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${library_dir}/${METAFFI_SONAME} ${library_dir}/libmetaffi.so
    DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(METAFFI_STATIC)
    install(FILES ${METAFFI_ARCHIVE} DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/metaffi)
configure_package_config_file(cmake/metaffi-config.cmake.in ${PROJECT_BINARY_DIR}/metaffi-config.cmake
    INSTALL_DESTINATION ${package_dir}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
# Before 1.0 every minor version may change the ABI.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/metaffi-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/metaffi-config.cmake
    ${PROJECT_BINARY_DIR}/metaffi-config-version.cmake DESTINATION ${package_dir})

# The prefix follows from where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH METAFFI_PC_PREFIX
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/metaffi.pc.in ${PROJECT_BINARY_DIR}/metaffi.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/metaffi.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
