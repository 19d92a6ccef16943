#include "io/data_sections.hpp"

namespace saltus {
namespace {

// Beyond these is a mistake.
constexpr std::size_t kMaximumEpochs = 1'000'000'000;

Schedule read_warm_up(const TomlTable& table) {
    table.require_known({"type", "epochs", "then", "first"});
    std::size_t epochs = 1;
    table.require("epochs");
    table.read_count("epochs", epochs, 1, kMaximumEpochs);
    double first = 0.0;
    table.read("first", first);
    const Schedule then = table.has("then") ? read_schedule(table, "then").second : Schedule();
    return table.locate("first", [&] { return WarmUp(epochs, then, first); });
}

Schedule read_plateau(const TomlTable& table) {
    table.require_known({"type", "figure", "factor", "patience", "min_delta", "lowest"});
    Plateau::Options options;
    // The program keeps no examples for validation.
    options.figure = "loss";
    table.read("figure", options.figure);
    table.read("factor", options.factor);
    table.read_count("patience", options.patience, 1, kMaximumEpochs);
    table.read("min_delta", options.min_delta);
    table.read("lowest", options.lowest);
    return table.locate("type", [&] { return Plateau(options); });
}

Schedule read_step(const TomlTable& table) {
    table.require_known({"type", "epochs", "factor"});
    std::size_t epochs = 1;
    table.require("epochs");
    table.read_count("epochs", epochs, 1, kMaximumEpochs);
    double factor = 0.1;
    table.read("factor", factor);
    return table.locate("factor", [&] { return StepSchedule(epochs, factor); });
}

Schedule read_exponential(const TomlTable& table) {
    table.require_known({"type", "factor"});
    table.require("factor");
    double factor = 1.0;
    table.read("factor", factor);
    return table.locate("factor", [&] { return ExponentialSchedule(factor); });
}

Schedule read_cosine(const TomlTable& table) {
    table.require_known({"type", "last"});
    double last = 0.0;
    table.read("last", last);
    return table.locate("last", [&] { return CosineSchedule(last); });
}

Schedule read_constant(const TomlTable& table) {
    table.require_known({"type"});
    return {};
}

struct ScheduleKind {
    const char* name;
    Schedule (*read)(const TomlTable&);
};

constexpr ScheduleKind kScheduleKinds[] = {
    {"constant", read_constant}, {"cosine", read_cosine}, {"exponential", read_exponential},
    {"plateau", read_plateau},   {"step", read_step},     {"warm_up", read_warm_up},
};

}  // namespace

std::pair<std::string, Schedule> read_schedule(const TomlTable& table, std::string_view key) {
    const auto [name, arguments] = table.require_typed(key);
    std::vector<std::string> names;
    for (const ScheduleKind& kind : kScheduleKinds) {
        if (name == kind.name) return {name, kind.read(arguments)};
        names.emplace_back(kind.name);
    }
    table.fail_unknown(key, "schedule", name, names);
}

}  // namespace saltus
