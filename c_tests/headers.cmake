# Every header stands alone, in every standard it promises, without a warning.
set(strict -Wall -Wextra -Wpedantic -Werror -fsyntax-only)
set(include_dir ${PROJECT_SOURCE_DIR}/include)

# header_test(header standard compiler language)
function(header_test header standard compiler language)
    string(REPLACE / _ name ${header})
    add_test(NAME header_${name}_${standard}
        COMMAND ${compiler} -std=${standard} ${strict} -I ${include_dir} -x ${language}
                ${include_dir}/${header})
endfunction()

foreach(header metaffi.h metaffi/values.h)
    foreach(standard c99 c11 c17)
        header_test(${header} ${standard} ${CMAKE_C_COMPILER} c)
    endforeach()
    header_test(${header} c++17 ${CMAKE_CXX_COMPILER} c++)
endforeach()

file(GLOB parts RELATIVE ${include_dir} ${include_dir}/metaffi/*.hpp)
foreach(header metaffi.hpp ${parts})
    header_test(${header} c++17 ${CMAKE_CXX_COMPILER} c++)
endforeach()
header_test(metaffi.hpp c++20 ${CMAKE_CXX_COMPILER} c++)
find_program(CLANGXX clang++)
if(CLANGXX)
    add_test(NAME header_metaffi.hpp_clang
        COMMAND ${CLANGXX} -std=c++17 ${strict} -I ${include_dir} -x c++ ${include_dir}/metaffi.hpp)
endif()

# wrong_class_test(class message): a class that is refused, and what the compiler says.
function(wrong_class_test class message)
    add_test(NAME ${class} COMMAND ${CMAKE_CXX_COMPILER} -std=c++17 -fsyntax-only
        -I ${include_dir} -DWRONG=${class} ${CMAKE_CURRENT_SOURCE_DIR}/wrong_classes.cpp)
    set_tests_properties(${class} PROPERTIES PASS_REGULAR_EXPRESSION "assertion failed.*${message}")
endfunction()
wrong_class_test(wrong_index "operator.. of an object takes an index, a text or a const value &")
wrong_class_test(wrong_size "size of an object takes nothing")
wrong_class_test(wrong_loop "begin of an object takes nothing")
wrong_class_test(wrong_call "operator.. of an object takes numbers, text, vectors")
wrong_class_test(wrong_contains "contains of an object takes what is looked for")
wrong_class_test(wrong_nothing "has no member by which its objects could do something")

find_program(CLANG_FORMAT NAMES clang-format-14 clang-format)
if(CLANG_FORMAT)
    file(GLOB_RECURSE formatted ${include_dir}/*.hpp ${include_dir}/metaffi/*.h
        ${CMAKE_CURRENT_SOURCE_DIR}/*.[ch]
        ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    add_test(NAME format COMMAND ${CLANG_FORMAT} --dry-run -Werror ${formatted})
endif()
