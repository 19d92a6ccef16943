/* The arguments of a neuron kernel: the one interface between generated code and the engine. The
 * text of this file is part of every generated source, so it uses no header.
 *
 * Neurons are padded to a multiple of kSaltusPadding. Arrays named [a][b] are row-major. A kernel
 * runs `num_steps` consecutive steps of one example, the first of which is `first_step`. */
#ifndef SALTUS_NEURON_ABI_H
#define SALTUS_NEURON_ABI_H

/* Neurons are worked on in vectors of kSaltusPadding, which is also the granularity of the tape. */

/* Raised whenever a structure below or the meaning of a field changes. */
#define SALTUS_NEURON_ABI_VERSION 3

enum { kSaltusPadding = 16 };

/* The record of the spikes of one vector of neurons in one step. */
typedef struct {
    unsigned step;
    unsigned first_neuron;
    unsigned lanes; /* bit l: neuron first_neuron + l spiked */
    unsigned reserved;
} SaltusTapeHeader;

/* A stack of spikes in the order in which they happened within each vector of neurons. `values`
 * holds the kernel's jump coefficients, one vector of lanes each, `values_per_entry` floats an
 * entry. Spike times within the step will be a further vector here. */
typedef struct {
    SaltusTapeHeader* headers;
    float* values;
    unsigned long long count;
} SaltusTape;

typedef struct {
    unsigned num_neurons;
    unsigned padded_neurons;
    unsigned num_steps;
    unsigned first_step;
    const float* scalars;      /* [num_scalars] */
    const float* arrays;       /* [num_arrays][padded] */
    float* state;              /* [num_states + num_groups (+ 1 when refractory)][padded] */
    const float* const* input; /* [num_groups] -> [num_steps][padded] */
    unsigned char* spikes;     /* [num_steps][padded / 8], bit set: spike */
    const float* step_weights; /* [num_steps], of a weighted readout */
    float* readout;            /* [padded], accumulated */
    float* greatest_step;      /* [padded], of a readout that keeps the greatest output: the step in which it was
                                * reached; may be null */
    const float* fold_weights; /* [num_folds][num_steps of the example], indexed by step */
    unsigned fold_stride;      /* number of steps of the example */
    float* fold_sums;          /* [num_folds][padded], accumulated */
    SaltusTape* tape;          /* appended to; null without an adjoint */
    float* nearest;            /* [2][padded], of the example so far: the greatest crossing function and its
                                * step; may be null */
    float* kept;               /* [num_steps][num_kept][padded], written; null without an adjoint */
} SaltusAdvance;

typedef struct {
    unsigned num_neurons;
    unsigned padded_neurons;
    unsigned num_steps;
    unsigned first_step;
    const float* scalars;        /* [num_scalars] */
    const float* arrays;         /* [num_arrays][padded] */
    float* adjoint;              /* [num_states + num_groups (+ 1 when refractory) + num_parameters]
                                  * [padded] */
    const float* step_weights;   /* [num_steps], of a weighted readout */
    const float* readout_slope;  /* [padded], derivative of the loss by the readout; may be null */
    const float* greatest_step;  /* [padded], as it was noted; may be null */
    const float* kappa;          /* [num_steps][padded], derivative by the spike's time, or with
                                  * surrogate gradients by the spike; may be null */
    const float* fold_shift;     /* [num_folds][fold_stride], indexed by step; with surrogate
                                  * gradients the response */
    unsigned fold_stride;
    const float* fold_feedback;  /* [num_folds][padded] */
    float* const* arrival;       /* [num_groups] -> [num_steps][padded], adjoint at arrivals */
    float* const* shift;         /* [num_groups] -> [num_steps][padded]; may be null */
    SaltusTape* tape;            /* popped */
    const float* spike_pull;     /* [padded], added to the adjoint of the output at each spike; may be null */
    const float* nearest_step;   /* [padded], as it was noted; may be null */
    const float* silence_pull;   /* [padded], what draws neurons to their threshold in that step */
    const float* kept;           /* [num_steps][num_kept][padded]; may be null when num_kept is 0 */
} SaltusRetreat;

/* `model` is what an interpreted kernel needs, null for a compiled one. */
typedef void (*SaltusAdvanceFunction)(const void* model, const SaltusAdvance*);
typedef void (*SaltusRetreatFunction)(const void* model, const SaltusRetreat*);

#endif
