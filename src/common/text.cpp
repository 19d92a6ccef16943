#include "common/text.hpp"

#include <algorithm>

namespace saltus {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
    // A hostile name must not cost a quadratic search.
    if (name.size() > 100) return {};
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(name, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string enumerate(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (index != 0) text += index + 1 == names.size() ? " and " : ", ";
        text += names[index];
    }
    return text;
}

std::string suggest(std::string_view name, const std::vector<std::string>& candidates) {
    if (candidates.empty()) return "there is none to choose from";
    const std::string nearest = nearest_name(name, candidates);
    const std::string known = "known are " + enumerate(candidates);
    return nearest.empty() ? known : "did you mean '" + nearest + "'? (" + known + ")";
}

}  // namespace saltus
