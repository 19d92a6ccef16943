#include "cli/model_saving.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>
#include <saltus/common/errors.hpp>

#include "common/text.hpp"

namespace saltus {
namespace {

RuntimeFault not_writable(const std::filesystem::path& path, const std::string& option,
                          const std::string& why, const std::string& advice) {
    return RuntimeFault(option, fmt::format("cannot write {}: {}", path.string(), why), advice)
        .with("file", path.string());
}

}  // namespace

void require_writable(const std::filesystem::path& path, const std::string& option) {
    std::error_code ignored;
    // What a symbolic link points to is what will be replaced.
    const std::filesystem::path target = std::filesystem::weakly_canonical(path, ignored);
    const std::filesystem::path& file = target.empty() ? path : target;
    if (std::filesystem::is_directory(file, ignored)) {
        throw not_writable(path, option, "it is a folder", "give the name of a file");
    }
    const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
    if (!std::filesystem::is_directory(parent, ignored)) {
        throw not_writable(path, option, fmt::format("there is no folder {}", parent.string()),
                           "create the folder first");
    }
    std::string probe = (parent / ".saltus-probe-XXXXXX").string();
    const int descriptor = mkstemp(probe.data());
    if (descriptor < 0) {
        throw not_writable(path, option, std::strerror(errno),
                           "choose a folder that you may write");
    }
    close(descriptor);
    unlink(probe.c_str());
}

ModelFile model_of(const NetworkFile& file, const CompiledNetwork& network, Metrics metrics) {
    ModelFile model;
    model.network_name = std::filesystem::absolute(file.name).lexically_normal().string();
    model.network_text = file.text;
    for (const std::string& name : network.connections_with_weights())
        model.weights[name] = network.weights(name);
    for (const std::string& name : network.rewired_connections()) {
        SynapseList synapses = network.synapses(name);
        model.synapses[name] = {std::move(synapses.pre), std::move(synapses.post)};
    }
    for (const std::string& name : network.parameters())
        model.weights[name] = Array::vector(network.parameter(name).values);
    model.metrics = std::move(metrics);
    return model;
}

void apply_weights(CompiledNetwork& network, const ModelFile& model,
                   const std::filesystem::path& path) {
    std::vector<std::string> saved;
    for (const auto& entry : model.weights)
        saved.push_back(entry.first);
    const auto require = [&](const std::string& name, const std::string& what) {
        if (model.weights.contains(name)) return;
        throw ModelError(
            path.string(), fmt::format("it has no {} '{}'", what, name),
            saved.empty() ? "it holds no weights at all" : "it has weights for " + enumerate(saved))
            .with("file", path.string())
            .with("connection", name);
    };
    for (const std::string& name : network.connections_with_weights())
        require(name, "weights for connection");
    const std::vector<std::string> parameters = network.parameters();
    for (const std::string& name : parameters)
        require(name, "values for the parameter");
    for (const auto& [name, synapses] : model.synapses)
        network.set_synapses(name, synapses);
    for (const auto& [name, values] : model.weights) {
        if (std::find(parameters.begin(), parameters.end(), name) != parameters.end()) {
            network.set_parameter(name, values);
        } else {
            network.set_weights(name, values);
        }
    }
}

}  // namespace saltus
