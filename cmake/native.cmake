# Native builds exist for the tests: milliseconds to run, sanitizers, a debugger. The fuzzers share the build with
# the sanitizers.
target_compile_options(core PUBLIC -g -O1)
if(ISTHMUS_ASAN)
  set(SANITIZE -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_compile_options(core PUBLIC ${SANITIZE} -fsanitize=fuzzer-no-link)
  link_libraries(-fsanitize=address,undefined)
  file(GLOB FUZZERS CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cc)
  foreach(source ${FUZZERS})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source} tests/script/imports.cc $<TARGET_OBJECTS:core>)
    target_include_directories(${name} PRIVATE src tests)
    target_compile_options(${name} PRIVATE -g -O1 ${SANITIZE} -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
    list(APPEND FUZZ_TARGETS ${name})
  endforeach()
  add_custom_target(fuzzers DEPENDS ${FUZZ_TARGETS})
endif()

find_package(GTest REQUIRED)
enable_testing()
include(GoogleTest)
# The whole core as a library of its own: each load of a copy is an instance with its own statics, as an
# isolate has one.
set_target_properties(core PROPERTIES POSITION_INDEPENDENT_CODE ON)
add_library(core_module MODULE tests/script/imports.cc $<TARGET_OBJECTS:core>)
target_include_directories(core_module PRIVATE src tests)
target_compile_options(core_module PRIVATE ${SANITIZE})
target_link_options(core_module PRIVATE -Wl,-Bsymbolic)

file(GLOB_RECURSE TEST_SOURCES CONFIGURE_DEPENDS tests/unit/*.cc tests/script/*.cc tests/golden/*.cc tests/property/*.cc)
add_executable(unit_tests ${TEST_SOURCES} $<TARGET_OBJECTS:core>)
target_include_directories(unit_tests PRIVATE src tests)
target_compile_options(unit_tests PRIVATE -g -O0 -Wall -Wextra ${SANITIZE})
target_compile_definitions(unit_tests PRIVATE ISTHMUS_TESTS="${CMAKE_SOURCE_DIR}/tests"
                                              ISTHMUS_CORE="$<TARGET_FILE:core_module>")
add_dependencies(unit_tests core_module)
target_link_libraries(unit_tests PRIVATE GTest::gtest GTest::gtest_main ${CMAKE_DL_LIBS})
