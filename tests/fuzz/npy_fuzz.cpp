// Any bytes either are an array in NumPy's format, which comes back when it is written, or end in
// an error of the library that names the file.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include <saltus/common/errors.hpp>
#include <saltus/io/npy_file.hpp>

#include "io/npy_header.hpp"

namespace {

// Not assert, which release builds leave out.
void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view contents(reinterpret_cast<const char*>(data), size);
    try {
        const saltus::Array array = saltus::parse_npy(contents, "input");
        require(array.size() == array.shape.size());
        require(array.size() <= size);
        std::string again = saltus::npy_header_text(array.shape, "<f8");
        const std::size_t begin = again.size();
        again.resize(begin + array.size() * sizeof(double));
        if (array.size() > 0)
            std::memcpy(again.data() + begin, array.values.data(), again.size() - begin);
        const saltus::Array read = saltus::parse_npy(again, "again");
        require(read.shape == array.shape);
        require(array.size() == 0 ||
                std::memcmp(read.values.data(), array.values.data(), again.size() - begin) == 0);
    } catch (const saltus::ModelError& error) {
        require(error.field("file") == "input");
        require(error.problem().size() < 100000);
    }
    return 0;
}
