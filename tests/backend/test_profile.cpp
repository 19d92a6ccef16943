// Profiles: events of passes are those that traces show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saltus/common/errors.hpp>

#include "backend/random_network.hpp"
#include "runtime/compiled.hpp"

namespace saltus::test {
namespace {

std::map<std::string, PassProfile> by_name(const Profile& profile) {
    std::map<std::string, PassProfile> passes;
    for (const PassProfile& pass : profile.passes)
        passes[pass.pass + " " + pass.subject] = pass;
    return passes;
}

class Profiles : public testing::TestWithParam<RandomNetwork> {};

TEST_P(Profiles, CountWhatTracesShow) {
    const RandomNetwork& d = GetParam();
    const SpikeData data = data_for(d);
    for (const int threads : {1, 2}) {
        SCOPED_TRACE(threads);
        EventPropOptions options;
        options.example_timesteps = d.steps;
        options.dt = d.dt;
        options.batch_size = 3;
        options.backend.threads = threads;
        options.backend.kernel_profiling = true;
        CompiledTrainingNetwork network = EventPropCompiler(options).compile(build(d));
        network.loss(data.inputs(), data.targets());
        network.reset_profile();
        network.gradients(data.inputs(), data.targets());
        const Profile profile = network.profile();
        EXPECT_EQ(profile.threads, network.threads());
        EXPECT_GT(profile.seconds, 0.0);
        const auto passes = by_name(profile);
        const Plan& plan = network.plan();
        std::map<std::string, std::uint64_t> expected;
        for (std::size_t example = 0; example < data.spikes->num_examples(); ++example) {
            const Trace trace = network.trace(data.inputs(), example);
            for (const ConnectionPlan& connection : plan.connections) {
                if (connection.fold) continue;
                const SpikeList& list = trace.spikes.at(plan.populations[connection.source].name);
                const std::size_t lag = 1 + connection.delay;
                const std::size_t arriving = list.step_begin[d.steps - lag];
                expected["propagate " + connection.name] += arriving * connection.num_post;
            }
        }
        for (const auto& [name, events] : expected) {
            EXPECT_EQ(passes.at(name).events, events) << name;
            const std::string connection = name.substr(name.find(' ') + 1);
            EXPECT_EQ(passes.at("gradient " + connection).events, events);
        }
        for (const PopulationPlan& population : plan.populations) {
            if (population.input != InputKind::kNone || population.folded) continue;
            EXPECT_GE(passes.at("advance " + population.name).events,
                      data.spikes->num_examples() * d.steps * population.size);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, Profiles,
    testing::Values(
        RandomNetwork{.label = "feed_forward", .hidden = {200, 21}, .steps = 40},
        RandomNetwork{
            .label = "recurrent", .hidden = {20}, .steps = 40, .recurrent = true, .delay = 3}),
    BackendLabel());

TEST(ProfileErrors, OfNetworksWithoutOne) {
    Compiled compiled;
    EXPECT_THAT([&] { compiled.network.profile(); },
                testing::Throws<ModelError>(testing::Property(
                    &ModelError::what,
                    testing::StrEq("[CompiledNetwork] no profile is kept of it; compile it with "
                                   "kernel_profiling"))));
    BackendOptions backend = backend_case("reference").options;
    backend.kernel_profiling = true;
    EXPECT_THROW(Compiled{backend}, ModelError);
}

TEST(ProfileText, IsATable) {
    Profile profile;
    profile.threads = 2;
    profile.seconds = 1.0;
    profile.passes = {{"propagate", "a->b", 0.5, 10, 1234567890, "synaptic events"}};
    EXPECT_EQ(profile.to_string(),
              "pass             of                time   share     calls  events\n"
              "propagate        a->b          0.5000 s  25.0 %        10  1.23 G synaptic events, "
              "2.47 G/s\n"
              "other                          1.5000 s  75.0 %\n"
              "batches in all, 1.0000 s on 2 threads\n");
    EXPECT_DOUBLE_EQ(profile.other_seconds(), 1.5);
}

}  // namespace
}  // namespace saltus::test
