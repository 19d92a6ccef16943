// Every mistake in [data], [encoding], [compiler], [training] and the file as a whole is answered
// with the line and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/mistake.hpp"

namespace saltus {
namespace {

class SectionMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(SectionMistakes, AreToldWithTheirLine) {
    EXPECT_THAT(message_of(GetParam()), testing::StartsWith(GetParam().message));
}

const Mistake kMistakes[] = {
    {"UnknownTopKey", 1, R"(descripton = "x")",
     "[x.toml:1] unknown key 'descripton' of the network file; did you mean "
     "'description'?"},
    {"DescriptionNumber", 1, "description = 3",
     "[x.toml:1] description of the network file must be a text, not 3 (a number); "
     "write it in quotes"},
    {"UnfinishedText", 1, R"(description = "unfinished)",
     "[x.toml:1:26] this is not TOML: Error while parsing string: unescaped control "
     "characters other than TAB (U+0009) are explicitly prohibited; see "
     "https://toml.io for how to write it"},
    {"KeyTwice", 1, R"(description = "a"
description = "b")",
     "[x.toml:2:15] this is not TOML: Error while parsing key-value pair: cannot "
     "redefine existing string 'description'; see https://toml.io for how to write "
     "it"},
    {"HugeInteger", 1, "a = 99999999999999999999",
     "[x.toml:1:25] this is not TOML: Error while parsing decimal integer: "
     "'99999999999999999999' is not representable in 64 bits; see https://toml.io "
     "for how to write it"},
    {"NoData", 2, "[dta]",
     "[x.toml:2] unknown key 'dta' of the network file; did you mean 'data'?"},
    {"NoFormat", 3, "# no format",
     "[x.toml:2] [data] has no 'format'; add a line that starts with format ="},
    {"UnknownFormat", 3, R"(format = "shd")",
     "[x.toml:3] there is no data format 'shd'; known are idx, nmnist and heidelberg"},
    {"MissingRecordings", 3, "format = \"nmnist\"",
     "[x.toml:5] unknown key 'train_images' of [data] of format nmnist"},
    {"NoSuchShift", 9, "[augmentation]\nshift = 1\n[encoding]",
     "[x.toml:10] shift of [augmentation] must be"},
    {"UnknownAugmentation", 9, "[augmentation]\nshfit = [1]\n[encoding]",
     "[x.toml:10] unknown key 'shfit' of [augmentation]; did you mean 'shift'?"},
    {"BlendAboveOne", 9, "[augmentation]\nblend = 1.5\n[encoding]",
     "[x.toml:10] BlendExamples: probability is 1.5"},
    {"MirrorAboveOne", 9, "[augmentation]\nmirror = 1.5\n[encoding]",
     "[x.toml:10] MirrorNeurons: probability is 1.5"},
    {"NegativeTimeShift", 9, "[augmentation]\ntime_shift = -1.0\n[encoding]",
     "[x.toml:10] ShiftTime: max_shift is -1 ms"},
    {"NegativeJitter", 9, "[augmentation]\ntime_jitter = -1.0\n[encoding]",
     "[x.toml:10] JitterTime: sd is -1 ms"},
    {"DeletionText", 9, "[augmentation]\ndeletion = \"all\"\n[encoding]",
     "[x.toml:10] deletion of [augmentation] must be a number, not 'all'"},
    {"AddedSpikesNan", 9, "[augmentation]\nadded_spikes = nan\n[encoding]",
     "[x.toml:10] AddSpikes: mean_spikes is nan"},
    {"UnknownDataKey", 3, R"(format = "idx"
frmat = "idx")",
     "[x.toml:4] unknown key 'frmat' of [data]; did you mean 'format'?"},
    {"FolderNumber", 4, "folder = 3",
     "[x.toml:4] folder of [data] must be a text, not 3 (a number); write it in "
     "quotes"},
    {"FolderEmpty", 4, R"(folder = "")",
     "[x.toml:4] folder is not the name of a file: ''; write the name of a file in "
     "the folder of the data"},
    {"FileNameWithZero", 5, R"(train_images = "a\u0000b")",
     "[x.toml:5] train_images is not the name of a file: 'a?b'; write the name of a "
     "file in the folder of the data"},
    {"NoTrainImages", 5, "# none",
     "[x.toml:2] [data] has no 'train_images'; add a line that starts with "
     "train_images ="},
    {"MaxTrainZero", 5, R"(train_images = "a"
max_train = 0)",
     "[x.toml:6] max_train of [data] is 0; write a whole number from 1 to 4294967295"},
    {"MaxTrainFraction", 5, R"(train_images = "a"
max_train = 1.5)",
     "[x.toml:6] max_train of [data] must be a whole number, not 1.5 (a number); "
     "write a whole number from 1 to 4294967295"},
    {"MaxTrainDate", 5, R"(train_images = "a"
max_train = 2021-01-01)",
     "[x.toml:6] max_train of [data] must be a whole number, not a date or time; "
     "write a whole number from 1 to 4294967295"},
    {"NoEncoding", 9, "[encodng]",
     "[x.toml:9] unknown key 'encodng' of the network file; did you mean 'encoding'?"},
    {"UnknownEncoding", 10, R"(type = "linear_latncy")",
     "[x.toml:10] there is no encoding 'linear_latncy'; did you mean "
     "'linear_latency'?"},
    {"MisspelledType", 10, R"(typ = "linear_latency")",
     "[x.toml:10] unknown key 'typ' of [encoding]; did you mean 'type'?"},
    {"NoMaxTime", 11, "# none",
     "[x.toml:9] [encoding] has no 'max_time'; add a line that starts with max_time "
     "="},
    {"MaxTimeText", 11, R"(max_time = "18")",
     "[x.toml:11] max_time of [encoding] must be a number, not '18' (a text); write "
     "a number without quotes"},
    {"MaxTimeNegative", 11, "max_time = -1.0",
     "[x.toml:11] LatencyEncoder: max_time is -1; give a time in ms that is not "
     "before min_time"},
    {"MinTimeNan", 11, "max_time = 18.0\nmin_time = nan",
     "[x.toml:12] LatencyEncoder: min_time is nan; give a time in ms that is not "
     "negative"},
    {"ThresholdTooLarge", 11, "max_time = 18.0\nthreshold = 300",
     "[x.toml:12] threshold of [encoding] is 300; write a whole number from 0 to 255"},
    {"TimeOfThermometer", 10, "type = \"thermometer\"\ntime = -1.0\n[augmentation]",
     "[x.toml:11] time is -1; write a time in ms that is not negative"},
    {"LevelsOfThermometer", 10, "type = \"thermometer\"\nlevels = 100\n[augmentation]",
     "[x.toml:11] levels of [encoding] is 100; write a whole number from 1 to 64"},
    {"KeyOfOtherEncoding", 11, "max_time = 18.0\ntau_eff = 3.0",
     "[x.toml:12] unknown key 'tau_eff' of [encoding] of type linear_latency; known "
     "are type, min_time, threshold and max_time"},
    {"MaxTimeOfLog", 10, R"(type = "log_latency"
tau_eff = 0.0
#)",
     "[x.toml:13] unknown key 'max_time' of [encoding] of type log_latency; did you "
     "mean 'min_time'?"},
    {"NoCompiler", 38, "[compilr]",
     "[x.toml:38] unknown key 'compilr' of the network file; did you mean "
     "'compiler'?"},
    {"UnknownCompiler", 39, R"(type = "event_porp")",
     "[x.toml:39] there is no compiler 'event_porp'; did you mean 'event_prop'?"},
    {"KeyOfOtherCompiler", 39, R"(type = "inference"
min_slope = 0.1)",
     "[x.toml:40] unknown key 'min_slope' of [compiler] of type inference; known "
     "are type, timesteps, dt, batch_size, seed, backend, threads, fold_readouts, matrix_types and "
     "spike_times"},
    {"SpikeTimes", 39, R"(type = "event_prop"
spike_times = "exat")",
     "[x.toml:40] Compiler: there are no spike_times 'exat'; did you mean 'exact'?"},
    {"RegularisationKey", 39, R"(type = "event_prop"
regularisation = { silnt = 1.0 })",
     "[x.toml:40] unknown key 'silnt' of regularisation; did you mean 'silent'?"},
    {"RegularisationNumber", 39, R"(type = "event_prop"
regularisation = { silent = -1.0 })",
     "[x.toml:40] silent of a regularisation is -1; give a number of at least 0"},
    {"EPropFeedback", 39, R"(type = "e_prop"
feedback = "randm")",
     "[x.toml:40] EPropCompiler: there is no feedback 'randm'; did you mean 'random'?"},
    {"EPropOutOfRange", 39, R"(type = "e_prop"
tau_reg = 0.0)",
     "[x.toml:40] tau_reg is 0; give a positive time in ms"},
    {"EPropLagsOfReadouts", 39, R"(type = "e_prop"
mlgenn_lags = true
per_timestep_loss = false)",
     "[x.toml:40] mlgenn_lags needs a loss of every timestep; set per_timestep_loss, or leave out "
     "mlgenn_lags"},
    {"UnknownSurrogate", 39, R"(type = "surrogate"
surrogate = "arctn")",
     "[x.toml:40] Surrogate: there is no surrogate 'arctn'; did you mean 'arctan'?"},
    {"SurrogateArgument", 39, R"(type = "surrogate"
surrogate = { type = "arctan", alfa = 1.0 })",
     "[x.toml:40] unknown key 'alfa' of arctan; did you mean 'alpha'?"},
    {"SurrogateOutOfRange", 39, R"(type = "surrogate"
surrogate = { type = "boxcar", width = 0 })",
     "[x.toml:40] Surrogate boxcar: width is 0; give a positive number"},
    {"SurrogateOfOtherNames", 39, R"(type = "surrogate"
surrogate = { derivative = "x + y" })",
     "[x.toml:40] Surrogate: line 1, column 5: unknown name 'y' in \"x + y\"; did you mean 'x'?"},
    {"UnknownCompilerKey", 39, R"(type = "event_prop"
batchsize = 3)",
     "[x.toml:40] unknown key 'batchsize' of [compiler] of type event_prop; did you "
     "mean 'batch_size'?"},
    {"NoTimesteps", 40, "# none",
     "[x.toml:38] [compiler] has no 'timesteps'; add a line that starts with "
     "timesteps ="},
    {"TimestepsZero", 40, "timesteps = 0",
     "[x.toml:40] timesteps of [compiler] is 0; write a whole number from 1 to "
     "10000000"},
    {"DtNegative", 40, "timesteps = 20\ndt = -1.0",
     "[x.toml:41] dt of [compiler] is -1; write a positive number"},
    {"BatchZero", 40, "timesteps = 20\nbatch_size = 0",
     "[x.toml:41] batch_size of [compiler] is 0; write a whole number from 1 to "
     "1000000"},
    {"SeedNegative", 40, "timesteps = 20\nseed = -1",
     "[x.toml:41] seed of [compiler] is -1; write a whole number from 0 to "
     "9223372036854775807"},
    {"ThreadsTooMany", 40, "timesteps = 20\nthreads = 100000",
     "[x.toml:41] threads of [compiler] is 100000; write a whole number from 0 to "
     "4096"},
    {"UnknownBackend", 40, R"(timesteps = 20
backend = "cuda2")",
     "[x.toml:41] there is no backend 'cuda2'; known are cpu, reference and "
     "reference64"},
    {"MinSlopeZero", 40, "timesteps = 20\nmin_slope = 0.0",
     "[x.toml:41] min_slope of [compiler] is 0; write a positive number"},
    {"FoldText", 40, R"(timesteps = 20
fold_readouts = "yes")",
     "[x.toml:41] fold_readouts of [compiler] must be true or false, not 'yes' (a "
     "text); write it without quotes"},
    {"UnknownLoss", 40, R"(timesteps = 20
loss = "crossentropy")",
     "[x.toml:41] there is no loss 'crossentropy'; known are "
     "sparse_categorical_crossentropy"},
    {"UnknownLossArgument", 40, R"(timesteps = 20
loss = { type = "sparse_categorical_crossentropy", temprature = 1.0 })",
     "[x.toml:41] unknown key 'temprature' of sparse_categorical_crossentropy; did "
     "you mean 'temperature'?"},
    {"LossRange", 40, R"(timesteps = 20
loss = { type = "sparse_categorical_crossentropy", temperature = 0.0 })",
     "[x.toml:41] SparseCategoricalCrossentropy: temperature is 0; give a positive "
     "number"},
    {"LossWithoutDelta", 40, R"(timesteps = 20
loss = "relative_mean_square_error")",
     "[x.toml:41] relative_mean_square_error has no 'delta'; add a line that starts with delta ="},
    {"UnknownOptimiser", 40, R"(timesteps = 20
optimiser = "adm")",
     "[x.toml:41] there is no optimiser 'adm'; did you mean 'adam'?"},
    {"OptimiserRange", 40, R"(timesteps = 20
optimiser = { type = "adam", beta1 = 1.0 })",
     "[x.toml:41] Adam: beta1 is 1; give a number in [0, 1)"},
    {"UnknownOptimiserArgument", 40, R"(timesteps = 20
optimiser = { type = "adam", lr = 1.0 })",
     "[x.toml:41] unknown key 'lr' of adam; known are type, alpha, beta1, beta2 and "
     "epsilon"},
    {"SgdBetaOfAdam", 40, R"(timesteps = 20
optimiser = { type = "sgd", beta1 = 0.5 })",
     "[x.toml:41] unknown key 'beta1' of sgd; known are type, alpha, momentum, nesterov and "
     "weight_decay"},
    {"NesterovWithoutMomentum", 40, R"(timesteps = 20
optimiser = { type = "sgd", nesterov = true })",
     "[x.toml:41] SGD: nesterov looks ahead along a momentum of 0"},
    {"ClipNormZero", 40, R"(timesteps = 20
clip_norm = 0)",
     "[x.toml:41] clip_norm of [compiler] is 0; write a positive number"},
    {"ClipValueText", 40, R"(timesteps = 20
clip_value = "much")",
     "[x.toml:41] clip_value of [compiler] must be a number, not 'much' (a text)"},
    {"ConstraintKey", 40, R"(timesteps = 20
weight_constraints = { a = { lowr = 0.0 } })",
     "[x.toml:41] unknown key 'lowr' of weight_constraints.a; did you mean 'lower'?"},
    {"ConstraintBounds", 40, R"(timesteps = 20
weight_constraints = { a = { lower = 1.0, upper = 0.0 } })",
     "[x.toml:41] Connection a: the lower bound 1 is above the upper bound 0; give a lower bound "
     "that is not above the upper one"},
    {"ConstraintNorm", 40, R"(timesteps = 20
weight_constraints = { a = { max_norm = 1.0, norm_of = "neurn" } })",
     "[x.toml:41] Connection a: the norm to bound is that of 'neurn'; did you mean 'neuron'?"},
    {"DeepRKey", 40, R"(timesteps = 20
deep_r = { conections = ["a"] })",
     "[x.toml:41] unknown key 'conections' of deep_r; did you mean 'connections'?"},
    {"DeepRWithoutConnections", 40, R"(timesteps = 20
deep_r = { l1_strength = 0.1 })",
     "[x.toml:41] deep_r has no 'connections'"},
    {"DeepRStrength", 40, R"(timesteps = 20
deep_r = { connections = ["a"], l1_strength = -0.5 })",
     "[x.toml:41] DeepR: deep_r_l1_strength is -0.5; give a number of at least 0"},
    {"ConstraintNumber", 40, R"(timesteps = 20
weight_constraints = { a = 3 })",
     "[x.toml:41] a of weight_constraints"},
    {"StepWithoutEpochs", 42, R"(epochs = 2
schedule = { type = "step" })",
     "[x.toml:43] step has no 'epochs'"},
    {"WarmUpOfUnknown", 42, R"(epochs = 2
schedule = { type = "warm_up", epochs = 1, then = "cosin" })",
     "[x.toml:43] there is no schedule 'cosin'; did you mean 'cosine'?"},
    {"PlateauFactor", 42, R"(epochs = 2
schedule = { type = "plateau", factor = -1.0 })",
     "[x.toml:43] Plateau: factor is -1; give a number greater than 0"},
    {"EpochsZero", 42, "epochs = 0",
     "[x.toml:42] epochs of [training] is 0; write a whole number from 1 to "
     "1000000000"},
    {"ShuffleText", 42, R"(epochs = 1
shuffle = "yes")",
     "[x.toml:43] shuffle of [training] must be true or false, not 'yes' (a text); "
     "write it without quotes"},
    {"UnknownSchedule", 42, R"(epochs = 1
schedule = "cosin")",
     "[x.toml:43] there is no schedule 'cosin'; did you mean 'cosine'?"},
    {"DropoutOne", 42, "epochs = 1\ninput_dropout = 1.0",
     "[x.toml:43] input_dropout is 1; write a probability from 0 to below 1"},
    {"MetricsText", 42, R"(epochs = 1
metrics = "accuracy")",
     "[x.toml:43] metrics of [training] must be a list of texts, not 'accuracy' (a "
     "text); write, for example, metrics = [\"accuracy\"]"},
    {"MetricsNumber", 42, "epochs = 1\nmetrics = [1]",
     "[x.toml:43] metrics of [training] must be a list of texts, not 1 (a number); "
     "write, for example, metrics = [\"accuracy\"]"},
    {"UnknownMetric", 42, R"(epochs = 1
metrics = ["acuracy"])",
     "[x.toml:43] Metric: there is no metric 'acuracy'; did you mean 'accuracy'?"},
    {"ValidationSplitOne", 42, "epochs = 1\nvalidation_split = 1.0",
     "[x.toml:43] validation_split is 1; write the fraction of the training examples to keep, "
     "from 0 to below 1"},
    {"RestoreUnknown", 42, "epochs = 1\nrestore_best = \"acuracy\"",
     "[x.toml:43] there is no figure 'acuracy'; did you mean 'accuracy'?"},
    {"RestoreWithoutValidation", 42, "epochs = 1\nrestore_best = \"validation_loss\"",
     "[x.toml:43] 'validation_loss' needs examples for validation, and there are none; write, for "
     "example, validation_split = 0.1 under [training]"},
    {"StoppingWithoutValidation", 42, "epochs = 1\nearly_stopping = { patience = 3 }",
     "[x.toml:43] 'validation_loss' needs examples for validation, and there are none; write, for "
     "example, validation_split = 0.1 under [training]"},
    {"StoppingPatience", 42, "epochs = 1\nearly_stopping = { figure = \"loss\", patience = 0 }",
     "[x.toml:43] patience of early_stopping is 0; write a whole number from 1 to 1000000000"},
    {"StoppingDelta", 42, "epochs = 1\nearly_stopping = { figure = \"loss\", min_delta = -1.0 }",
     "[x.toml:43] EarlyStopping: min_delta is -1; give a finite number that is not negative"},
    {"StoppingKey", 42, "epochs = 1\nearly_stopping = { figur = \"loss\" }",
     "[x.toml:43] unknown key 'figur' of early_stopping; did you mean 'figure'?"},
    {"UnknownTrainingKey", 42, "epoch = 1",
     "[x.toml:42] unknown key 'epoch' of [training]; did you mean 'epochs'?"},
    {"MisspelledCompiler", 38, "[compilers]",
     "[x.toml:38] unknown key 'compilers' of the network file; did you mean "
     "'compiler'?"},
    {"UnknownSection", 40, "timesteps = 20\n[extra]",
     "[x.toml:41] unknown key 'extra' of the network file; known are description, "
     "data, encoding, augmentation, population, connection, compiler and training"},
};

INSTANTIATE_TEST_SUITE_P(All, SectionMistakes, testing::ValuesIn(kMistakes), name_of);

}  // namespace
}  // namespace saltus
