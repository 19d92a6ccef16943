#include "cli/profile_json.hpp"

namespace saltus {

nlohmann::ordered_json profile_json(const Profile& profile) {
    using Json = nlohmann::ordered_json;
    Json json;
    json["seconds"] = profile.seconds;
    json["threads"] = profile.threads;
    json["other_seconds"] = profile.other_seconds();
    json["passes"] = Json::array();
    for (const PassProfile& pass : profile.passes) {
        json["passes"].push_back({{"pass", pass.pass},
                                  {"of", pass.subject},
                                  {"seconds", pass.seconds},
                                  {"calls", pass.calls},
                                  {"events", pass.events},
                                  {"unit", pass.unit}});
    }
    return json;
}

}  // namespace saltus
