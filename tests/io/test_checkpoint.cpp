#include <cmath>
#include <optional>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <saltus/common/errors.hpp>
#include <saltus/io/atomic_file.hpp>
#include <saltus/io/checkpoint.hpp>
#include <saltus/io/model_file.hpp>

#include "data/errors_of.hpp"
#include "io/checksum.hpp"
#include "io/hdf5_image.hpp"
#include "io/model_example.hpp"
#include "io/temporary_folder.hpp"

namespace saltus {
namespace {

using testing::HasSubstr;

TrainingState example_state() {
    TrainingState state;
    state.next_epoch = 3;
    state.num_updates = 1234567890123ULL;
    state.optimiser = Adam{.alpha = 0.1, .beta1 = 0.5, .beta2 = 0.25, .epsilon = 1e-7};
    state.weights["a->b"] = Array(Shape{2, 2}, {1.0, -0.0, 1e-300, 0.1});
    state.weights["fixed"] = Array(Shape{1}, {2.0});
    state.mean_gradients["a->b"] = Array(Shape{2, 2}, {-1.0, 2.0, 3.0, 4.0});
    state.mean_squares["a->b"] = Array(Shape{2, 2}, {0.0, 2.0, 3.0, 4.0});
    return state;
}

class CheckpointFile : public TemporaryFolderTest {
  protected:
    /// A file that says all that a checkpoint says, but for what `write` leaves out.
    template <class Write>
    std::string problem_with(const Write& write) const {
        {
            const Hdf5Session session;
            Hdf5Image image("test", "saltus checkpoint", 1);
            write(image);
            write_file_atomically(path("hostile.h5"), with_checksum(image.bytes()));
        }
        return problem_of_load("hostile.h5");
    }

    std::string problem_of_load(const std::string& name) const {
        try {
            load_checkpoint(path(name));
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
};

TEST_F(CheckpointFile, ComesBackAsItWas) {
    const TrainingState state = example_state();
    save_checkpoint(path("c.h5"), state);
    const TrainingState loaded = load_checkpoint(path("c.h5"));
    EXPECT_EQ(loaded.next_epoch, state.next_epoch);
    EXPECT_EQ(loaded.num_updates, state.num_updates);
    EXPECT_EQ(std::get<Adam>(loaded.optimiser).alpha, 0.1);
    EXPECT_EQ(std::get<Adam>(loaded.optimiser).beta1, 0.5);
    EXPECT_EQ(std::get<Adam>(loaded.optimiser).beta2, 0.25);
    EXPECT_EQ(std::get<Adam>(loaded.optimiser).epsilon, 1e-7);
    EXPECT_EQ(loaded.weights.size(), 2U);
    EXPECT_EQ(loaded.weights.at("a->b").shape, (Shape{2, 2}));
    EXPECT_EQ(loaded.weights.at("a->b").values, state.weights.at("a->b").values);
    EXPECT_EQ(loaded.mean_gradients.at("a->b").values, state.mean_gradients.at("a->b").values);
    EXPECT_EQ(loaded.mean_squares.at("a->b").values, state.mean_squares.at("a->b").values);
    EXPECT_EQ(count_files(), 1U);
}

TEST_F(CheckpointFile, KeepsEveryOptimiserAndWhatEpochsGave) {
    TrainingState state = example_state();
    state.optimiser = AdamW{.alpha = 0.1, .weight_decay = 0.125};
    state.history[0] = {{"loss", 2.0}, {"accuracy", 0.5}};
    state.history[2] = {{"loss", 1.0}, {"validation_loss", std::nan("")}};
    save_checkpoint(path("c.h5"), state);
    const TrainingState loaded = load_checkpoint(path("c.h5"));
    EXPECT_EQ(std::get<AdamW>(loaded.optimiser).weight_decay, 0.125);
    // What is no number counts as no figure.
    state.history[2].erase("validation_loss");
    EXPECT_EQ(loaded.history, state.history);
    state.optimiser = Sgd{.alpha = 0.5, .momentum = 0.75, .nesterov = true, .weight_decay = 0.25};
    state.mean_squares.clear();
    save_checkpoint(path("c.h5"), state);
    EXPECT_EQ(settings_of(load_checkpoint(path("c.h5")).optimiser), settings_of(state.optimiser));
}

TEST_F(CheckpointFile, OfVersionOneIsAdams) {
    {
        const Hdf5Session session;
        Hdf5Image image("test", "saltus checkpoint", 1);
        const TrainingState state = example_state();
        image.write_arrays("weights", state.weights);
        image.write_arrays("mean_gradients", state.mean_gradients);
        image.write_arrays("mean_squares", state.mean_squares);
        image.write_numbers("optimiser", settings_of(state.optimiser));
        image.write_numbers("progress", {{"next_epoch", 3.0}, {"num_updates", 7.0}});
        write_file_atomically(path("c.h5"), with_checksum(image.bytes()));
    }
    const TrainingState loaded = load_checkpoint(path("c.h5"));
    EXPECT_EQ(std::get<Adam>(loaded.optimiser).alpha, 0.1);
    EXPECT_EQ(loaded.num_updates, 7U);
    EXPECT_EQ(loaded.mean_squares.at("a->b").values[3], 4.0);
    EXPECT_TRUE(loaded.history.empty());
}

TEST_F(CheckpointFile, OptimisersAndFiguresThatMakeNoSenseAreRefused) {
    const auto problem = [&](const std::string& name, const Metrics& settings,
                             const std::map<std::string, Array>& history) {
        {
            const Hdf5Session session;
            Hdf5Image image("test", "saltus checkpoint", 2);
            for (const char* group : {"weights", "mean_gradients", "mean_squares"})
                image.write_arrays(group, {});
            image.write_text("optimiser_name", name);
            image.write_numbers("optimiser", settings);
            image.write_numbers("progress", {{"next_epoch", 1.0}, {"num_updates", 2.0}});
            image.write_arrays("history", history);
            write_file_atomically(path("hostile.h5"), with_checksum(image.bytes()));
        }
        return problem_of_load("hostile.h5");
    };
    const Metrics sgd{{"alpha", 0.1}, {"momentum", 0.5}, {"nesterov", 1.0}, {"weight_decay", 0.0}};
    EXPECT_EQ(problem("sgd", sgd, {}), "");
    EXPECT_THAT(problem("sgdd", sgd, {}), HasSubstr("there is no optimiser 'sgdd'"));
    EXPECT_THAT(problem("adam", sgd, {}), HasSubstr("there is no 'optimiser/beta1' in it"));
    Metrics odd = sgd;
    odd["momentum"] = 2.0;
    EXPECT_THAT(problem("sgd", odd, {}), HasSubstr("momentum is 2"));
    EXPECT_THAT(problem("sgd", sgd, {{"loss", Array(Shape{3}, {1.0, 2.0, 3.0})}}),
                HasSubstr("'history/loss' has shape (3,), not pairs of an epoch and a figure"));
    EXPECT_THAT(problem("sgd", sgd, {{"loss", Array(Shape{1, 2}, {-1.0, 2.0})}}),
                HasSubstr("'history/loss' is -1, not a whole number from 0"));
}

TEST_F(CheckpointFile, KeepsSynapses) {
    TrainingState state = example_state();
    state.synapses["a->b"] = {{0, 0, 4000000000U}, {1, 3, 0}};
    state.synapses["c/d"] = {{7}, {8}};
    save_checkpoint(path("c.h5"), state);
    EXPECT_EQ(load_checkpoint(path("c.h5")).synapses, state.synapses);
    state.synapses.clear();
    save_checkpoint(path("c.h5"), state);
    EXPECT_TRUE(load_checkpoint(path("c.h5")).synapses.empty());
}

TEST_F(CheckpointFile, SynapsesThatMakeNoSenseAreRefused) {
    const Array pre(Shape{2}, {0.0, 1.0});
    const Array post(Shape{2}, {3.0, 2.0});
    using Arrays = std::map<std::string, Array>;
    const auto problem = [&](const std::optional<Arrays>& sources,
                             const std::optional<Arrays>& targets) {
        {
            const Hdf5Session session;
            Hdf5Image image("test", "saltus checkpoint", 3);
            for (const char* group : {"weights", "mean_gradients", "mean_squares", "history"})
                image.write_arrays(group, {});
            image.write_text("optimiser_name", "adam");
            image.write_numbers("optimiser", settings_of(Adam()));
            image.write_numbers("progress", {{"next_epoch", 1.0}, {"num_updates", 2.0}});
            if (sources) image.write_arrays("synapses_pre", *sources);
            if (targets) image.write_arrays("synapses_post", *targets);
            write_file_atomically(path("hostile.h5"), with_checksum(image.bytes()));
        }
        return problem_of_load("hostile.h5");
    };
    EXPECT_EQ(problem(Arrays{{"a", pre}}, Arrays{{"a", post}}), "");
    EXPECT_THAT(problem(Arrays{{"a", pre}}, {}), HasSubstr("there is no 'synapses_post' in it"));
    EXPECT_THAT(problem({}, Arrays{{"a", post}}), HasSubstr("there is no 'synapses_pre' in it"));
    EXPECT_THAT(problem(Arrays{{"a", pre}}, Arrays{{"b", post}}),
                HasSubstr("there is no 'synapses_post/a' in it"));
    EXPECT_THAT(problem(Arrays{{"a", pre}}, Arrays{{"a", post}, {"b", post}}),
                HasSubstr("there is no 'synapses_pre/b' in it"));
    EXPECT_THAT(problem(Arrays{{"a", Array(Shape{3}, {0.0, 1.0, 2.0})}}, Arrays{{"a", post}}),
                HasSubstr("'a' has 3 source and 2 target neurons"));
    EXPECT_THAT(problem(Arrays{{"a", Array(Shape{2, 1}, {0.0, 1.0})}}, Arrays{{"a", post}}),
                HasSubstr("'synapses_pre/a' has shape (2, 1), not one axis"));
    for (const double odd : {-1.0, 0.5, 4294967296.0, 1e300}) {
        EXPECT_THAT(problem(Arrays{{"a", pre}}, Arrays{{"a", Array(Shape{2}, {odd, 1.0})}}),
                    HasSubstr(fmt::format("'synapses_post/a' has the neuron {:g}", odd)));
    }
    EXPECT_THAT(problem(Arrays{{"a", pre}}, Arrays{{"a", Array(Shape{2}, {std::nan(""), 1.0})}}),
                HasSubstr("synapses_post/a"));
}

TEST_F(CheckpointFile, IsNoModelNorAModelACheckpoint) {
    save_checkpoint(path("c.h5"), example_state());
    save_model(path("m.h5"), example_model());
    EXPECT_THAT(problem_of_load("m.h5"),
                HasSubstr("its format is 'saltus model', not 'saltus checkpoint'; give a "
                          "checkpoint that training has saved"));
    EXPECT_THROW(load_model(path("c.h5")), ModelError);
}

TEST_F(CheckpointFile, IsNotWrittenWithNumbersThatAreNone) {
    TrainingState state = example_state();
    state.mean_squares.at("a->b").values[2] = std::nan("");
    EXPECT_THROW(save_checkpoint(path("c.h5"), state), ModelError);
    EXPECT_EQ(count_files(), 0U);
}

TEST_F(CheckpointFile, EveryDamagedByteIsFound) {
    save_checkpoint(path("c.h5"), example_state());
    const std::string whole = contents("c.h5");
    std::mt19937 random(1);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
        write("c.h5", damaged);
        ASSERT_NE(problem_of_load("c.h5"), "") << at;
    }
    EXPECT_NE(problem_of_load("missing.h5"), "");
}

TEST_F(CheckpointFile, EveryMissingEndIsFound) {
    save_checkpoint(path("c.h5"), example_state());
    for (std::size_t size = contents("c.h5").size(); size-- > 0;) {
        std::filesystem::resize_file(path("c.h5"), size);
        const auto error = error_of<RuntimeFault>([&] { load_checkpoint(path("c.h5")); });
        ASSERT_EQ(error.field("file"), path("c.h5").string()) << size << ": " << error.what();
    }
}

TEST_F(CheckpointFile, OfAnotherVersionNamesBoth) {
    {
        const Hdf5Session session;
        Hdf5Image image("test", "saltus checkpoint", 7);
        write_file_atomically(path("c.h5"), with_checksum(image.bytes()));
    }
    EXPECT_THAT(
        problem_of_load("c.h5"),
        HasSubstr("its format version is 7, this library reads versions 1 to 3; use the Saltus "
                  "that has saved it ("));
}

TEST_F(CheckpointFile, SaysWhatIsMissingOrMakesNoSense) {
    const Metrics adam{{"alpha", 0.1}, {"beta1", 0.9}, {"beta2", 0.9}, {"epsilon", 1e-8}};
    const auto problem = [&](const Metrics& optimiser, const Metrics& progress) {
        return problem_with([&](Hdf5Image& image) {
            for (const char* group : {"weights", "mean_gradients", "mean_squares"})
                image.write_arrays(group, {});
            image.write_numbers("optimiser", optimiser);
            image.write_numbers("progress", progress);
        });
    };
    const Metrics counts{{"next_epoch", 1.0}, {"num_updates", 2.0}};
    EXPECT_EQ(problem(adam, counts), "");
    EXPECT_THAT(problem(adam, {{"next_epoch", 1.0}}),
                HasSubstr("there is no 'progress/num_updates' in it"));
    EXPECT_THAT(problem({{"alpha", 0.1}}, counts),
                HasSubstr("there is no 'optimiser/beta1' in it"));
    EXPECT_THAT(problem(adam, {{"next_epoch", -1.0}, {"num_updates", 2.0}}),
                HasSubstr("'progress/next_epoch' is -1, not a whole number from 0"));
    EXPECT_THAT(problem(adam, {{"next_epoch", 1e300}, {"num_updates", 2.0}}),
                HasSubstr("not a whole number"));
    EXPECT_THAT(problem(adam, {{"next_epoch", 0.5}, {"num_updates", 2.0}}),
                HasSubstr("not a whole number"));
    Metrics odd = adam;
    odd["beta1"] = 2.0;
    EXPECT_THAT(problem(odd, counts), HasSubstr("beta1"));
    EXPECT_THAT(problem_with([](Hdf5Image&) {}), HasSubstr("there is no 'weights' in it"));
}

}  // namespace
}  // namespace saltus
