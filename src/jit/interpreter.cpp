#include "jit/interpreter.hpp"

#include <saltus/common/errors.hpp>

#include "codegen/bytecode.hpp"
#include "codegen/neuron_source.hpp"

#include "kernels/cpu/vector.inl"

// After the vectors that it works on; a block of its own, so that no formatter moves it.
#include "kernels/cpu/neuron_kernel.inl"

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
    static constexpr std::size_t kMaxSlots = 128;

    /// Values of the symbols: states (or adjoints), synaptic states (or adjoints), inverse slope,
    /// scalars, arrays.
    struct Scope {
        // Scratch of one call of a kernel, so it changes under const.
        mutable V forward[kMaxSlots];
        mutable V adjoint[kMaxSlots];
    };

    explicit InterpretedModel(NeuronKernel kernel) : kernel_(std::move(kernel)) {
        std::vector<std::string> forward = kernel_.states;
        std::vector<std::string> adjoint;
        for (const std::string& state : kernel_.states)
            adjoint.push_back(adjoint_state_name(state));
        for (std::size_t group = 0; group < kernel_.num_groups(); ++group) {
            forward.push_back(synaptic_state_name(group));
            adjoint.push_back(adjoint_synapse_name(group));
        }
        for (auto* symbols : {&forward, &adjoint}) {
            symbols->emplace_back(kInverseSlope);
            first_coefficient_ = symbols->size();
            symbols->insert(symbols->end(), kernel_.scalars.begin(), kernel_.scalars.end());
            symbols->insert(symbols->end(), kernel_.arrays.begin(), kernel_.arrays.end());
        }
        if (forward.size() > kMaxSlots) {
            throw ModelError(
                "neuron model " + kernel_.model,
                "its equations use " + std::to_string(forward.size()) + " names",
                "use at most " + std::to_string(kMaxSlots) + ", or install a C++ compiler");
        }
        update_ = compile(kernel_.update, forward);
        decay_ = compile(kernel_.decay, forward);
        reset_ = compile(kernel_.reset, forward);
        if (kernel_.spiking) spike_ = Bytecode(kernel_.spike, forward);
        for (std::size_t index = 0; index < kernel_.scalars.size(); ++index) {
            if (kernel_.scalars[index] == kernel_.refractory_time) refractory_slot_ = index;
        }
        for (std::size_t index = 0; index < kernel_.arrays.size(); ++index) {
            if (kernel_.arrays[index] == kernel_.refractory_time) {
                refractory_slot_ = kernel_.scalars.size() + index;
            }
        }
        if (!kernel_.adjoint) return;
        adjoint_states_ = compile(kernel_.adjoint_states, adjoint);
        adjoint_synapses_ = compile(kernel_.adjoint_synapses, adjoint);
        shift_ = compile(kernel_.arrival_shift, adjoint);
        if (!kernel_.spiking) return;
        slope_ = Bytecode(kernel_.slope, forward);
        jumps_ = compile(taped_jumps(kernel_), forward);
    }

    int num_states() const { return static_cast<int>(kernel_.num_states()); }
    int num_groups() const { return static_cast<int>(kernel_.num_groups()); }
    int num_folds() const { return static_cast<int>(kernel_.num_folds); }
    int num_jumps() const { return static_cast<int>(jumps_.size()); }
    bool group_has_state(int s) const {
        return kernel_.group_has_state[static_cast<std::size_t>(s)];
    }
    bool spiking() const { return kernel_.spiking; }
    bool refractory() const { return kernel_.refractory; }
    bool holds(int a) const { return kernel_.held[static_cast<std::size_t>(a)]; }
    bool counts_spikes() const { return kernel_.readout == ReadoutKind::kSpikeCount; }
    bool weighs_output() const { return kernel_.readout == ReadoutKind::kWeightedOutput; }
    bool keeps_greatest() const { return kernel_.readout == ReadoutKind::kGreatestOutput; }
    int output() const { return static_cast<int>(kernel_.output); }
    float dt() const { return static_cast<float>(kernel_.dt); }

    void load(Scope& scope, const float* scalars, const float* arrays, unsigned padded,
              unsigned n) const {
        std::size_t slot = first_coefficient_;
        const auto set = [&](V value) {
            scope.forward[slot] = value;
            scope.adjoint[slot++] = value;
        };
        for (std::size_t index = 0; index < kernel_.scalars.size(); ++index) {
            set(saltus_kernels::splat(scalars[index]));
        }
        for (std::size_t index = 0; index < kernel_.arrays.size(); ++index) {
            set(saltus_kernels::load(arrays + index * padded + n));
        }
    }

    void update(const Scope& scope, const V* x, const V* g, V* next) const {
        V* slots = forward_slots(scope, x, g);
        run(update_, slots, next);
    }
    void decay(const Scope& scope, V* g) const {
        V* slots = forward_slots(scope, nullptr, g);
        run(decay_, slots, g);
    }
    M spikes(const Scope& scope, const V* x) const {
        V* slots = forward_slots(scope, x, nullptr);
        return VectorArithmetic::holds(spike_.evaluate<VectorArithmetic>(slots));
    }
    void reset(const Scope& scope, const V* x, V* next) const {
        run(reset_, forward_slots(scope, x, nullptr), next);
    }
    V refractory_time(const Scope& scope) const {
        return scope.forward[first_coefficient_ + refractory_slot_];
    }
    void jump(const Scope& scope, const V* x, const V* g, V* jump) const {
        if (jumps_.empty()) return;
        V* slots = forward_slots(scope, x, g);
        slots[first_coefficient_ - 1] =
            saltus_kernels::splat(1.0F) / slope_.evaluate<VectorArithmetic>(slots);
        run(jumps_, slots, jump);
    }
    void apply_jump(const V* jump, const V* lambda, V kappa, V* next) const {
        const auto entry = [&](const expr::Expression& e) {
            return e.is_number() ? saltus_kernels::splat(static_cast<float>(e.value())) : *jump++;
        };
        const std::size_t n = kernel_.num_states();
        for (std::size_t a = 0; a < n; ++a) {
            next[a] = V{};
            for (std::size_t b = 0; b < n; ++b)
                next[a] += entry(kernel_.jump_matrix[a][b]) * lambda[b];
        }
        for (std::size_t a = 0; a < n; ++a)
            next[a] += entry(kernel_.jump_vector[a]) * kappa;
    }
    void retreat(const Scope& scope, V* lambda, V* mu) const {
        V* slots = adjoint_slots(scope, lambda, mu);
        run(adjoint_synapses_, slots, mu);
        run(adjoint_states_, slots, lambda);
    }
    void shift(const Scope& scope, const V* lambda, const V* mu, V* shift) const {
        run(shift_, adjoint_slots(scope, lambda, mu), shift);
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

    V* forward_slots(const Scope& scope, const V* x, const V* g) const {
        fill(scope.forward, x, g);
        return scope.forward;
    }
    V* adjoint_slots(const Scope& scope, const V* lambda, const V* mu) const {
        fill(scope.adjoint, lambda, mu);
        return scope.adjoint;
    }
    void fill(V* slots, const V* x, const V* g) const {
        for (int a = 0; x != nullptr && a < num_states(); ++a)
            slots[a] = x[a];
        for (int s = 0; g != nullptr && s < num_groups(); ++s)
            slots[num_states() + s] = g[s];
    }

    NeuronKernel kernel_;
    std::size_t first_coefficient_ = 0;
    std::size_t refractory_slot_ = 0;
    std::vector<Bytecode> update_;
    std::vector<Bytecode> decay_;
    std::vector<Bytecode> reset_;
    Bytecode spike_;
    Bytecode slope_;
    std::vector<Bytecode> adjoint_states_;
    std::vector<Bytecode> adjoint_synapses_;
    std::vector<Bytecode> shift_;
    std::vector<Bytecode> jumps_;
};

}  // namespace

void interpret(const NeuronKernel& kernel, NeuronFunctions& functions) {
    auto model = std::make_shared<const InterpretedModel>(kernel);
    functions.advance = [](const void* self, const SaltusAdvance* args) {
        saltus_kernels::advance(*static_cast<const InterpretedModel*>(self), *args);
    };
    functions.retreat = [](const void* self, const SaltusRetreat* args) {
        saltus_kernels::retreat(*static_cast<const InterpretedModel*>(self), *args);
    };
    functions.model = model.get();
    functions.owner = model;
    functions.origin = "interpreted";
}

}  // namespace saltus
