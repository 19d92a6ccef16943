#include <saltus/common/errors.hpp>
#include <saltus/network/neuron.hpp>

namespace saltus {

void InputFrames::check(const std::string& model) const {
    const auto require = [&model](std::size_t value, const std::string& parameter) {
        if (value > 0) return;
        throw ModelError(model, parameter + " is 0", "give at least 1")
            .with("parameter", parameter);
    };
    require(count, "input_frames");
    require(timesteps, "input_frame_timesteps");
}

}  // namespace saltus
