# cmake -DINPUT=page.html -DOUTPUT=page.cpp -P embed_page.cmake: the file as an
# array of bytes.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(
  WRITE "${OUTPUT}"
  "#include \"ompq/report/report_page.h\"\n\n"
  "namespace ompq {\nnamespace {\n\n"
  "constexpr unsigned char kPage[] = {${bytes}};\n\n"
  "}  // namespace\n\n"
  "std::string_view empty_report_page() {\n"
  "  return {reinterpret_cast<const char*>(kPage), sizeof(kPage)};\n"
  "}\n\n}  // namespace ompq\n")
