# cmake -D OUTPUT=file -D "TEXTS=name=path;..." -P embed_texts.cmake
# Writes a C++ source with one string constant for each file.
set(content "#include \"codegen/kernel_texts.hpp\"\n\nnamespace saltus {\n")
foreach(entry IN LISTS TEXTS)
    string(REGEX MATCH "^([^=]+)=(.*)$" _ "${entry}")
    set(name ${CMAKE_MATCH_1})
    file(READ "${CMAKE_MATCH_2}" text)
    string(APPEND content "const char* const ${name} = R\"saltus(${text})saltus\";\n")
endforeach()
string(APPEND content "}  // namespace saltus\n")
file(WRITE "${OUTPUT}" "${content}")
