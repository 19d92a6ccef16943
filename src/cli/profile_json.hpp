#pragma once

#include <nlohmann/json.hpp>
#include <saltus/backend/profile.hpp>

namespace saltus {

/// A profile for --json: seconds by the clock, threads, and one object a pass.
nlohmann::ordered_json profile_json(const Profile& profile);

}  // namespace saltus
