# The tests of runtime jvm, each with every JDK that is here; skipped where there is none.
set(with_jvm start host threads interrupts end)

file(GLOB jvm_homes /usr/lib/jvm/* $ENV{METAFFI_JAVA_HOME} $ENV{JAVA_HOME})
set(jvms)
foreach(home IN LISTS jvm_homes)
    file(REAL_PATH ${home} home)
    if(EXISTS ${home}/lib/server/libjvm.so AND EXISTS ${home}/release)
        list(APPEND jvms ${home})
    endif()
endforeach()
list(REMOVE_DUPLICATES jvms)

# Classes for the tests, and a service that is looked for by name.
find_program(JAVAC javac)
set(jvm_classes ${CMAKE_CURRENT_BINARY_DIR}/jvm_guest)
if(JAVAC)
    add_custom_command(OUTPUT ${jvm_classes}/JvmGuest.class
        COMMAND ${JAVAC} --release 11 -d ${jvm_classes}
                ${CMAKE_CURRENT_SOURCE_DIR}/guests/JvmGuest.java
        COMMAND ${CMAKE_COMMAND} -E make_directory ${jvm_classes}/META-INF/services
        COMMAND ${CMAKE_COMMAND} -E echo JvmGuest$Service
                > ${jvm_classes}/META-INF/services/java.lang.Runnable
        DEPENDS guests/JvmGuest.java VERBATIM)
    add_custom_target(jvm_guest DEPENDS ${jvm_classes}/JvmGuest.class)
endif()

# metaffi_jvm_test(name): the program test_jvm_<name>, run with each.
function(metaffi_jvm_test name)
    metaffi_program(test_jvm_${name} test_jvm_${name}.c)
    target_compile_definitions(test_jvm_${name} PRIVATE JVM_GUEST="${jvm_classes}")
    target_link_libraries(test_jvm_${name} PRIVATE m ${CMAKE_DL_LIBS})
    if(JAVAC)
        add_dependencies(test_jvm_${name} jvm_guest)
    endif()
    foreach(home IN LISTS jvms)
        file(STRINGS ${home}/release version REGEX "^JAVA_VERSION=")
        string(REGEX MATCH "[0-9]+" version "${version}")
        add_test(NAME test_jvm_${name}_${version} COMMAND test_jvm_${name})
        set_tests_properties(test_jvm_${name}_${version} PROPERTIES
            TIMEOUT 300 LABELS jvm SKIP_RETURN_CODE 77 ENVIRONMENT METAFFI_JAVA_HOME=${home})
    endforeach()
    if(NOT jvms)
        add_test(NAME test_jvm_${name} COMMAND test_jvm_${name})
        set_tests_properties(test_jvm_${name} PROPERTIES TIMEOUT 300 LABELS jvm SKIP_RETURN_CODE 77)
    endif()
endfunction()
foreach(name IN LISTS with_jvm)
    metaffi_jvm_test(${name})
endforeach()

# Go beside it, in either order; skipped where there is no Go.
foreach(first jvm python3)
    set(second python3 jvm)
    list(REMOVE_ITEM second ${first})
    foreach(home IN LISTS jvms)
        file(STRINGS ${home}/release version REGEX "^JAVA_VERSION=")
        string(REGEX MATCH "[0-9]+" version "${version}")
        add_test(NAME test_go_${first}_${second}_${version}
            COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/go/run.sh ${METAFFI_SHARED}
                    ${PROJECT_SOURCE_DIR}/include ${first} ${second})
        set_tests_properties(test_go_${first}_${second}_${version} PROPERTIES
            TIMEOUT 300 LABELS jvm SKIP_RETURN_CODE 77 ENVIRONMENT METAFFI_JAVA_HOME=${home})
    endforeach()
endforeach()
