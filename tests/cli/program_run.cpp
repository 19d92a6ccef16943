#include "cli/program_run.hpp"

#include <fstream>
#include <sstream>

#include "cli/program.hpp"

namespace saltus {
namespace {

/// Collects what is written and acts once when a text appears.
class WatchingBuffer : public std::stringbuf {
  public:
    WatchingBuffer(std::string text, std::function<void()> action)
        : text_(std::move(text)), action_(std::move(action)) {}

  protected:
    int sync() override {
        if (action_ && str().find(text_) != std::string::npos) std::exchange(action_, nullptr)();
        return std::stringbuf::sync();
    }

  private:
    std::string text_;
    std::function<void()> action_;
};

Outcome run_into(std::stringbuf& out_buffer, const std::vector<std::string>& arguments,
                 const Terminal& terminal) {
    std::vector<const char*> words = {"saltus"};
    for (const std::string& argument : arguments)
        words.push_back(argument.c_str());
    std::ostream out(&out_buffer);
    std::ostringstream err;
    Outcome outcome;
    outcome.exit_code =
        run_program(static_cast<int>(words.size()), words.data(), {out, err, terminal, Terminal{}});
    outcome.out = out_buffer.str();
    outcome.err = err.str();
    return outcome;
}

}  // namespace

Outcome run_saltus(const std::vector<std::string>& arguments, const Terminal& terminal) {
    std::stringbuf buffer;
    return run_into(buffer, arguments, terminal);
}

Outcome run_saltus_until(const std::vector<std::string>& arguments, const std::string& text,
                         const std::function<void()>& action) {
    WatchingBuffer buffer(text, action);
    return run_into(buffer, arguments, {});
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

nlohmann::json last_json(const std::string& text) {
    const std::vector<std::string> lines = lines_of(text);
    return nlohmann::json::parse(lines.empty() ? std::string() : lines.back());
}

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace saltus
