# The Wasm module: a reactor without start function that imports module "host" and nothing else.

# A trap is the last word in either toolchain; nlohmann/json must not reach for exceptions.
# Debian ships its libraries for wasm32-wasi; newer compilers would like another spelling of that name.
target_compile_options(core PUBLIC -Oz -msimd128 -mbulk-memory -DNDEBUG -Wno-deprecated)
target_include_directories(core SYSTEM PUBLIC ${ISTHMUS_JSON_INCLUDE})

# What touches every byte is built for speed, the rest for size: docs/decisions/008-size-and-speed.md.
set(EVERY_BYTE ${CORE_SOURCES})
list(FILTER EVERY_BYTE INCLUDE REGEX "/src/(json/|http/|base/crc32|protocol/codewhisperer_decode)")
set_source_files_properties(${EVERY_BYTE} PROPERTIES COMPILE_OPTIONS -O3 SKIP_PRECOMPILE_HEADERS ON)
# It stands in for what the library's headers declare.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/base/runtime.cc PROPERTIES SKIP_PRECOMPILE_HEADERS ON)

include(CheckCXXCompilerFlag)

add_executable(isthmus $<TARGET_OBJECTS:core>)
set_target_properties(isthmus PROPERTIES SUFFIX .wasm)
if(EMSCRIPTEN)
  # Its clang 14 resumes coroutines by tail calls only; every current engine has them.
  target_compile_options(core PUBLIC -mtail-call)
  target_include_directories(core BEFORE PUBLIC src/base/compat)
  target_link_options(isthmus PRIVATE -O3 --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=134217728
    -sINITIAL_MEMORY=1048576 -sTOTAL_STACK=262144 -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0)
else()
  # Optimised as one program: a quarter less to load and to deploy. And string views and JSON values travel as two numbers
  # each, not by a detour through memory; the linker would say if the library's functions did not agree.
  target_compile_options(core PUBLIC -flto -mmultivalue "SHELL:-Xclang -target-abi -Xclang experimental-mv")
  target_link_options(isthmus PRIVATE -mexec-model=reactor -Oz -flto -Wl,--strip-all -Wl,--allow-undefined -Wl,--fatal-warnings
    -Wl,-z,stack-size=262144 -Wl,--stack-first -Wl,--max-memory=134217728)
  # Binaryen makes the module a tenth smaller. clang would call it too, and have it inline whatever has one caller: then the
  # first request compiles what only rare ones need (src/base/apart.h).
  check_cxx_compiler_flag(--no-wasm-opt CLANG_CALLS_WASM_OPT)
  if(CLANG_CALLS_WASM_OPT)
    target_link_options(isthmus PRIVATE --no-wasm-opt)
  endif()
  find_program(WASM_OPT wasm-opt)
  if(WASM_OPT)
    add_custom_command(TARGET isthmus POST_BUILD VERBATIM
      COMMAND ${WASM_OPT} -Oz --one-caller-inline-max-function-size=20 --enable-simd --enable-bulk-memory --enable-sign-ext
        --enable-mutable-globals --enable-nontrapping-float-to-int --enable-multivalue --enable-reference-types
        $<TARGET_FILE:isthmus> -o $<TARGET_FILE:isthmus>)
  else()
    message(WARNING "wasm-opt (Binaryen) is not installed: the module will be a tenth larger.")
  endif()
endif()
