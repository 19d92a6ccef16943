// Feeds every file of the folders given to a fuzz target, where no fuzzer is at hand.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

void feed(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    // Exactly as many bytes as the file has, so that a sanitizer sees a read past their end.
    const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(data.data(), data.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int index = 1; index < argc; ++index) {
        try {
            for (const std::filesystem::path& file : files_in(argv[index])) {
                // First, for a crash to show its file.
                std::printf("%s\n", file.filename().c_str());
                std::fflush(stdout);
                feed(file);
                ++count;
            }
        } catch (const std::exception& error) {
            std::printf("failed: %s\n", error.what());
            return 1;
        }
    }
    std::printf("%zu files\n", count);
    // A corpus that was moved away must not pass for one without findings.
    return count == 0 ? 1 : 0;
}
