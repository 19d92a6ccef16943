#include <saltus/common/errors.hpp>

#include <utility>

namespace saltus {

Error::Error(std::string where, std::string problem, std::string advice)
    : where_(std::move(where)), problem_(std::move(problem)), advice_(std::move(advice)) {
    text_ = "[" + where_ + "] " + problem_;
    if (!advice_.empty()) text_ += "; " + advice_;
}

std::string Error::field(std::string_view name) const {
    const auto found = fields_.find(std::string(name));
    return found == fields_.end() ? std::string() : found->second;
}

void Error::add_field(std::string name, std::string value) {
    fields_.insert_or_assign(std::move(name), std::move(value));
}

ModelError ModelError::within(const std::string& outer) const {
    ModelError error(outer + ", " + where(), problem(), advice());
    for (const auto& [name, value] : fields())
        error.with(name, value);
    return error;
}

ModelError& ModelError::with(std::string name, std::string value) {
    add_field(std::move(name), std::move(value));
    return *this;
}

RuntimeFault& RuntimeFault::with(std::string name, std::string value) {
    add_field(std::move(name), std::move(value));
    return *this;
}

InternalError::InternalError(std::string where, std::string problem)
    : Error(std::move(where), std::move(problem),
            "this is a defect of Saltus, please report it with the network that shows it") {}

}  // namespace saltus
