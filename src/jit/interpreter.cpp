#include "jit/interpreter.hpp"

#include <algorithm>

#include <saltus/common/errors.hpp>

#include "codegen/bytecode.hpp"
#include "codegen/neuron_source.hpp"

#include "kernels/cpu/vector.inl"

// After the vectors that it works on; a block of its own, so that no formatter moves it.
#include "kernels/cpu/neuron_kernel.inl"
// And the loops, after what they have in common.
#include "kernels/cpu/neuron_advance.inl"
#include "kernels/cpu/neuron_retreat.inl"
#include "kernels/cpu/neuron_surrogate.inl"

namespace saltus {
namespace {

using saltus_kernels::M;
using saltus_kernels::V;

/// Arithmetic of the interpreter: conditions are vectors of the numbers 0 and 1.
struct VectorArithmetic {
    static V truth(M mask) {
        return saltus_kernels::select(mask, saltus_kernels::splat(1.0F), V{});
    }
    static M holds(V value) { return value != V{}; }

    static V apply1(expr::Operation operation, V a) {
        switch (operation) {
            case expr::Operation::kNegate:
                return -a;
            case expr::Operation::kNot:
                return truth(saltus_kernels::negated(holds(a)));
            case expr::Operation::kExp:
                return saltus_kernels::vexp(a);
            case expr::Operation::kExpm1:
                return saltus_kernels::vexpm1(a);
            case expr::Operation::kLog:
                return saltus_kernels::vlog(a);
            case expr::Operation::kLog1p:
                return saltus_kernels::vlog1p(a);
            case expr::Operation::kSqrt:
                return saltus_kernels::vsqrt(a);
            case expr::Operation::kAbs:
                return saltus_kernels::vabs(a);
            case expr::Operation::kSin:
                return saltus_kernels::vsin(a);
            case expr::Operation::kCos:
                return saltus_kernels::vcos(a);
            default:
                return saltus_kernels::vtanh(a);
        }
    }

    static V apply2(expr::Operation operation, V a, V b) {
        switch (operation) {
            case expr::Operation::kAdd:
                return a + b;
            case expr::Operation::kSubtract:
                return a - b;
            case expr::Operation::kMultiply:
                return a * b;
            case expr::Operation::kDivide:
                return a / b;
            case expr::Operation::kPower:
                return saltus_kernels::vpow(a, b);
            case expr::Operation::kLess:
                return truth(a < b);
            case expr::Operation::kLessEqual:
                return truth(a <= b);
            case expr::Operation::kGreater:
                return truth(a > b);
            case expr::Operation::kGreaterEqual:
                return truth(a >= b);
            case expr::Operation::kAnd:
                return truth(saltus_kernels::both(holds(a), holds(b)));
            case expr::Operation::kOr:
                return truth(saltus_kernels::either(holds(a), holds(b)));
            case expr::Operation::kMin:
                return saltus_kernels::vmin(a, b);
            default:
                return saltus_kernels::vmax(a, b);
        }
    }

    static V select(V condition, V a, V b) {
        return saltus_kernels::select(holds(condition), a, b);
    }
    template <class T>
    static V number(double value) {
        return saltus_kernels::splat(static_cast<float>(value));
    }
};

/// A kernel's expressions as programs; the Model of kernels/cpu/neuron_kernel.inl.
class InterpretedModel {
  public:
    static constexpr std::size_t kMaxSlots = 160;

    /// Values of the symbols: states, synaptic states, their adjoints, what drives the latter,
    /// inverse slope, scalars, arrays.
    struct Scope {
        // Scratch of one call of a kernel, so it changes under const.
        mutable V slots[kMaxSlots];
    };

    explicit InterpretedModel(NeuronKernel kernel) : kernel_(std::move(kernel)) {
        std::vector<std::string> symbols = kernel_.states;
        const std::size_t groups = kernel_.num_groups();
        const auto add_groups = [&](std::string (*name)(std::size_t)) {
            for (std::size_t group = 0; group < groups; ++group)
                symbols.push_back(name(group));
        };
        add_groups(synaptic_state_name);
        first_adjoint_ = symbols.size();
        for (const std::string& state : kernel_.states)
            symbols.push_back(adjoint_state_name(state));
        add_groups(adjoint_synapse_name);
        add_groups(adjoint_drive_name);
        symbols.emplace_back(kSilencePull);
        symbols.emplace_back(kSpikeAdjoint);
        symbols.emplace_back(kInverseSlope);
        first_coefficient_ = symbols.size();
        symbols.insert(symbols.end(), kernel_.scalars.begin(), kernel_.scalars.end());
        symbols.insert(symbols.end(), kernel_.arrays.begin(), kernel_.arrays.end());
        if (symbols.size() > kMaxSlots) {
            throw ModelError(
                "neuron model " + kernel_.model,
                "its equations use " + std::to_string(symbols.size()) + " names",
                "use at most " + std::to_string(kMaxSlots) + ", or install a C++ compiler");
        }
        for (const std::string& name : kernel_.kept) {
            if (name == kRefractoryTime) continue;
            kept_.push_back(static_cast<std::size_t>(
                std::find(symbols.begin(), symbols.end(), name) - symbols.begin()));
        }
        update_ = compile(kernel_.update, symbols);
        decay_ = compile(kernel_.decay, symbols);
        reset_ = compile(kernel_.reset, symbols);
        if (kernel_.spiking) spike_ = Bytecode(kernel_.spike, symbols);
        for (std::size_t index = 0; index < kernel_.scalars.size(); ++index) {
            if (kernel_.scalars[index] == kernel_.refractory_time) refractory_slot_ = index;
        }
        for (std::size_t index = 0; index < kernel_.arrays.size(); ++index) {
            if (kernel_.arrays[index] == kernel_.refractory_time) {
                refractory_slot_ = kernel_.scalars.size() + index;
            }
        }
        if (!kernel_.adjoint) return;
        adjoint_states_ = compile(kernel_.adjoint_states, symbols);
        adjoint_drive_ = compile(kernel_.adjoint_drive, symbols);
        adjoint_synapses_ = compile(kernel_.adjoint_synapses, symbols);
        shift_ = compile(kernel_.arrival_shift, symbols);
        pulled_ = compile(kernel_.reset_pull, symbols);
        added_ = compile(kernel_.spike_pull, symbols);
        parameter_update_ = compile(kernel_.parameter_update, symbols);
        parameter_decay_ = compile(kernel_.parameter_decay, symbols);
        parameter_pulled_ = compile(kernel_.parameter_reset_pull, symbols);
        parameter_added_ = compile(kernel_.parameter_spike_pull, symbols);
        if (!kernel_.spiking || kernel_.surrogate) return;
        if (kernel_.minds_silence) crossing_ = Bytecode(kernel_.crossing, symbols);
        if (kernel_.refractory) {
            spike_shift_ = Bytecode(kernel_.spike_shift, symbols);
            release_shift_ = Bytecode(kernel_.release_shift, symbols);
        }
        drawn_ = compile(kernel_.drawn, symbols);
        slope_ = Bytecode(kernel_.slope, symbols);
        jumps_ = compile(taped_jumps(kernel_), symbols);
    }

    bool surrogate() const { return kernel_.surrogate; }
    int num_states() const { return static_cast<int>(kernel_.num_states()); }
    int num_groups() const { return static_cast<int>(kernel_.num_groups()); }
    int num_folds() const { return static_cast<int>(kernel_.num_folds); }
    int num_jumps() const { return static_cast<int>(jumps_.size()); }
    int num_parameters() const { return static_cast<int>(kernel_.parameters.size()); }
    int num_kept() const { return static_cast<int>(kernel_.kept.size()); }
    int sub_steps() const { return static_cast<int>(kernel_.sub_steps); }
    bool group_has_state(int s) const {
        return kernel_.group_has_state[static_cast<std::size_t>(s)];
    }
    bool spiking() const { return kernel_.spiking; }
    bool refractory() const { return kernel_.refractory; }
    bool holds(int a) const { return kernel_.held[static_cast<std::size_t>(a)]; }
    bool counts_spikes() const { return kernel_.readout == ReadoutKind::kSpikeCount; }
    bool weighs_output() const { return kernel_.readout == ReadoutKind::kWeightedOutput; }
    bool keeps_greatest() const { return kernel_.readout == ReadoutKind::kGreatestOutput; }
    bool minds_silence() const { return kernel_.minds_silence; }
    int output() const { return static_cast<int>(kernel_.output); }
    float dt() const { return static_cast<float>(kernel_.dt); }

    void load_scalars(Scope& scope, const float* scalars) const {
        for (std::size_t index = 0; index < kernel_.scalars.size(); ++index)
            scope.slots[first_coefficient_ + index] = saltus_kernels::splat(scalars[index]);
    }
    void load_arrays(Scope& scope, const float* arrays, unsigned padded, unsigned n) const {
        V* const slots = scope.slots + first_coefficient_ + kernel_.scalars.size();
        for (std::size_t index = 0; index < kernel_.arrays.size(); ++index)
            slots[index] = saltus_kernels::load(arrays + index * padded + n);
    }

    void update(const Scope& scope, const V* x, const V* g, V* next) const {
        run(update_, slots_with(scope, x, g), next);
    }
    void decay(const Scope& scope, V* g) const { run(decay_, slots_with(scope, nullptr, g), g); }
    M spikes(const Scope& scope, const V* x) const {
        return VectorArithmetic::holds(
            spike_.evaluate<VectorArithmetic>(slots_with(scope, x, nullptr)));
    }
    void reset(const Scope& scope, const V* x, V* next) const {
        run(reset_, slots_with(scope, x, nullptr), next);
    }
    V refractory_time(const Scope& scope) const {
        return scope.slots[first_coefficient_ + refractory_slot_];
    }
    void jump(const Scope& scope, const V* x, const V* g, V* jump) const {
        if (jumps_.empty()) return;
        V* slots = slots_with(scope, x, g);
        slots[first_coefficient_ - 1] =
            saltus_kernels::splat(1.0F) / slope_.evaluate<VectorArithmetic>(slots);
        run(jumps_, slots, jump);
    }
    void apply_jump(const V* jump, const V* lambda, V kappa, V* next) const {
        const auto entry = [&](const expr::Expression& e) {
            return e.is_number() ? saltus_kernels::splat(static_cast<float>(e.value())) : *jump++;
        };
        const std::size_t n = kernel_.num_states();
        const std::size_t rows = kernel_.jump_matrix.size();
        for (std::size_t a = 0; a < rows; ++a) {
            next[a] = V{};
            for (std::size_t b = 0; b < n; ++b)
                next[a] += entry(kernel_.jump_matrix[a][b]) * lambda[b];
        }
        for (std::size_t a = 0; a < rows; ++a)
            next[a] += entry(kernel_.jump_vector[a]) * kappa;
    }
    void keep(const V* x, const V* g, V refractory, V* kept) const {
        // It is the last one.
        if (kept_.size() < kernel_.kept.size()) kept[kept_.size()] = refractory;
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            const std::size_t states = kernel_.num_states();
            kept[k] = kept_[k] < states ? x[kept_[k]] : g[kept_[k] - states];
        }
    }
    void restore(const V* kept, V* x, V* g, V& refractory) const {
        if (kept_.size() < kernel_.kept.size()) refractory = kept[kept_.size()];
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            const std::size_t states = kernel_.num_states();
            (kept_[k] < states ? x[kept_[k]] : g[kept_[k] - states]) = kept[k];
        }
    }
    void retreat(const Scope& scope, const V* x, const V* g, V* lambda, V* drive) const {
        V* slots = slots_with(scope, kept_.empty() ? nullptr : x, kept_.empty() ? nullptr : g);
        fill_adjoint(slots, lambda, nullptr, nullptr);
        run(adjoint_drive_, slots, drive);
        run(adjoint_states_, slots, lambda);
    }
    void arrive(const Scope& scope, const V* drive, V* mu) const {
        fill_adjoint(scope.slots, nullptr, mu, drive);
        run(adjoint_synapses_, scope.slots, mu);
    }
    void shift(const Scope& scope, const V* x, const V* g, const V* lambda, const V* mu,
               V* shift) const {
        V* slots = slots_with(scope, kept_.empty() ? nullptr : x, kept_.empty() ? nullptr : g);
        fill_adjoint(slots, lambda, mu, nullptr);
        run(shift_, slots, shift);
    }
    void pull(const Scope& scope, const V* x, const V* lambda, V zeta, V* pulled, V* added) const {
        V* slots = slots_with(scope, x, nullptr);
        fill_adjoint(slots, lambda, nullptr, nullptr);
        slots[first_coefficient_ - 2] = zeta;
        run(pulled_, slots, pulled);
        run(added_, slots, added);
    }
    void gain_of_update(const Scope& scope, const V* x, const V* g, const V* lambda,
                        V* gain) const {
        V* slots = slots_with(scope, x, g);
        fill_adjoint(slots, lambda, nullptr, nullptr);
        run(parameter_update_, slots, gain);
    }
    void gain_of_decay(const Scope& scope, const V* g, const V* mu, V* gain) const {
        V* slots = slots_with(scope, nullptr, g);
        fill_adjoint(slots, nullptr, mu, nullptr);
        run(parameter_decay_, slots, gain);
    }
    void pull_parameters(const Scope& scope, const V* x, const V* lambda, V zeta, V* pulled,
                         V* added) const {
        V* slots = slots_with(scope, x, nullptr);
        fill_adjoint(slots, lambda, nullptr, nullptr);
        slots[first_coefficient_ - 2] = zeta;
        run(parameter_pulled_, slots, pulled);
        run(parameter_added_, slots, added);
    }
    V crossing(const Scope& scope, const V* x) const {
        return crossing_.evaluate<VectorArithmetic>(slots_with(scope, x, nullptr));
    }
    V spike_shift(const Scope& scope, const V* x, const V* g, const V* lambda) const {
        V* slots = slots_with(scope, x, g);
        fill_adjoint(slots, lambda, nullptr, nullptr);
        return spike_shift_.evaluate<VectorArithmetic>(slots);
    }
    V release_shift(const Scope& scope, const V* x, const V* g, const V* lambda) const {
        V* slots = slots_with(scope, x, g);
        fill_adjoint(slots, lambda, nullptr, nullptr);
        return release_shift_.evaluate<VectorArithmetic>(slots);
    }
    void draw(const Scope& scope, V pull, V* lambda) const {
        fill_adjoint(scope.slots, lambda, nullptr, nullptr);
        scope.slots[first_coefficient_ - 3] = pull;
        run(drawn_, scope.slots, lambda);
    }

  private:
    static std::vector<Bytecode> compile(const std::vector<expr::Expression>& expressions,
                                         const std::vector<std::string>& symbols) {
        std::vector<Bytecode> programs;
        for (const expr::Expression& e : expressions)
            programs.emplace_back(e, symbols);
        return programs;
    }

    static void run(const std::vector<Bytecode>& programs, const V* slots, V* results) {
        V values[saltus_kernels::kMaxJumps];
        for (std::size_t index = 0; index < programs.size(); ++index) {
            values[index] = programs[index].evaluate<VectorArithmetic>(slots);
        }
        for (std::size_t index = 0; index < programs.size(); ++index)
            results[index] = values[index];
    }

    V* slots_with(const Scope& scope, const V* x, const V* g) const {
        for (int a = 0; x != nullptr && a < num_states(); ++a)
            scope.slots[a] = x[a];
        for (int s = 0; g != nullptr && s < num_groups(); ++s)
            scope.slots[num_states() + s] = g[s];
        return scope.slots;
    }
    void fill_adjoint(V* slots, const V* lambda, const V* mu, const V* drive) const {
        V* const adjoint = slots + first_adjoint_;
        for (int a = 0; lambda != nullptr && a < num_states(); ++a)
            adjoint[a] = lambda[a];
        for (int s = 0; mu != nullptr && s < num_groups(); ++s)
            adjoint[num_states() + s] = mu[s];
        for (int s = 0; drive != nullptr && s < num_groups(); ++s)
            adjoint[num_states() + num_groups() + s] = drive[s];
    }

    NeuronKernel kernel_;
    std::size_t first_adjoint_ = 0;
    std::size_t first_coefficient_ = 0;
    std::size_t refractory_slot_ = 0;
    std::vector<Bytecode> update_;
    std::vector<Bytecode> decay_;
    std::vector<Bytecode> reset_;
    Bytecode spike_;
    Bytecode slope_;
    Bytecode crossing_;
    Bytecode spike_shift_;
    Bytecode release_shift_;
    std::vector<Bytecode> drawn_;
    /// By number of what is kept: its slot.
    std::vector<std::size_t> kept_;
    std::vector<Bytecode> adjoint_states_;
    std::vector<Bytecode> adjoint_drive_;
    std::vector<Bytecode> adjoint_synapses_;
    std::vector<Bytecode> shift_;
    std::vector<Bytecode> pulled_;
    std::vector<Bytecode> added_;
    std::vector<Bytecode> jumps_;
    std::vector<Bytecode> parameter_update_;
    std::vector<Bytecode> parameter_decay_;
    std::vector<Bytecode> parameter_pulled_;
    std::vector<Bytecode> parameter_added_;
};

}  // namespace

void interpret(const NeuronKernel& kernel, NeuronFunctions& functions) {
    auto model = std::make_shared<const InterpretedModel>(kernel);
    functions.advance = [](const void* self, const SaltusAdvance* args) {
        saltus_kernels::advance(*static_cast<const InterpretedModel*>(self), *args);
    };
    functions.retreat = [](const void* self, const SaltusRetreat* args) {
        const auto& interpreted = *static_cast<const InterpretedModel*>(self);
        if (interpreted.surrogate()) {
            saltus_kernels::retreat_surrogate(interpreted, *args);
        } else {
            saltus_kernels::retreat(interpreted, *args);
        }
    };
    functions.model = model.get();
    functions.owner = model;
    functions.origin = "interpreted";
}

}  // namespace saltus
