#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "kernels/cpu/convolution.hpp"

namespace saltus::kernels {
namespace {

/// The runs of each position along one axis.
struct Axis {
    const std::vector<std::uint32_t>& begin;
    const std::vector<AxisRun>& runs;

    std::size_t size() const { return begin.size() - 1; }
    std::size_t first_out(std::size_t position) const {
        return begin[position] < begin[position + 1] ? runs[begin[position]].out : 0;
    }
    /// Of two positions with the same key, the runs differ by where they lie alone; or not at all.
    std::vector<std::size_t> key(std::size_t position, bool moved) const {
        const std::size_t origin = moved ? first_out(position) : 0;
        std::vector<std::size_t> key;
        for (std::uint32_t k = begin[position]; k < begin[position + 1]; ++k)
            key.insert(key.end(), {runs[k].kernel, runs[k].out - origin, runs[k].length});
        return key;
    }
};

/// By position: the number of its key.
struct Keys {
    std::vector<std::size_t> of_position;
    std::vector<std::size_t> first_position;  ///< with each key

    Keys(const Axis& axis, bool moved) {
        std::map<std::vector<std::size_t>, std::size_t> known;
        for (std::size_t position = 0; position < axis.size(); ++position) {
            const auto [found, is_new] = known.try_emplace(axis.key(position, moved), known.size());
            of_position.push_back(found->second);
            if (is_new) first_position.push_back(position);
        }
    }
    std::size_t size() const { return first_position.size(); }
};

/// What kernel positions and outputs of an axis have in common, where output = first + step x
/// kernel position everywhere.
struct Line {
    std::vector<std::int64_t> first;   ///< by position
    std::vector<std::uint16_t> masks;  ///< likewise: kernel positions that it reaches
    std::int64_t step = 0;
};

std::optional<Line> line_of(const Axis& axis, std::int64_t step) {
    Line line;
    line.step = step;
    for (std::size_t position = 0; position < axis.size(); ++position) {
        std::optional<std::int64_t> first;
        std::uint16_t mask = 0;
        for (std::uint32_t k = axis.begin[position]; k < axis.begin[position + 1]; ++k) {
            const AxisRun& run = axis.runs[k];
            const std::int64_t own = std::int64_t{run.out} - step * std::int64_t{run.kernel};
            if (run.kernel + run.length > 16 || first.value_or(own) != own) return {};
            if (run.length > 1 && step != 1) return {};
            first = own;
            for (std::uint32_t i = 0; i < run.length; ++i)
                mask |= static_cast<std::uint16_t>(1U << (run.kernel + i));
        }
        line.first.push_back(first.value_or(0));
        line.masks.push_back(mask);
    }
    return line;
}

void find_reach(const ConvolutionShape& shape, const Axis& rows, const Axis& columns,
                ConvolutionPixels& pixels) {
    std::optional<Line> down = line_of(rows, -1);
    if (!down) down = line_of(rows, 1);
    const std::optional<Line> along = line_of(columns, 1);
    if (!down || !along) return;
    const auto row_floats = static_cast<std::int64_t>(shape.out_columns * shape.out_channels);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t column = 0; column < columns.size(); ++column) {
            const std::int64_t first =
                down->first[row] * row_floats +
                along->first[column] * static_cast<std::int64_t>(shape.out_channels);
            if (first != static_cast<std::int32_t>(first)) {
                pixels.reach.clear();
                return;
            }
            pixels.reach.push_back(
                {static_cast<std::int32_t>(first), down->masks[row], along->masks[column]});
        }
    }
    pixels.row_step = static_cast<std::ptrdiff_t>(down->step * row_floats);
}

}  // namespace

ConvolutionPixels find_pixels(const ConvolutionShape& shape) {
    const Axis rows{shape.row_begin, shape.rows};
    const Axis columns{shape.column_begin, shape.columns};
    ConvolutionPixels pixels;
    for (const AxisRun& run : shape.rows)
        pixels.kernel_rows = std::max<std::size_t>(pixels.kernel_rows, run.kernel + 1);
    const Keys row_kinds(rows, false);
    const Keys column_kinds(columns, false);
    for (const std::size_t row : row_kinds.of_position) {
        for (const std::size_t column : column_kinds.of_position)
            pixels.kinds.push_back(row * column_kinds.size() + column);
    }
    pixels.num_kinds = row_kinds.size() * column_kinds.size();
    const Keys row_ways(rows, true);
    const Keys column_ways(columns, true);
    for (const std::size_t row : row_ways.first_position) {
        for (const std::size_t column : column_ways.first_position)
            pixels.alike.push_back({row * columns.size() + column, {}});
    }
    for (std::size_t i = 0; i < row_kinds.size(); ++i) {
        const std::size_t row = row_kinds.first_position[i];
        for (std::size_t j = 0; j < column_kinds.size(); ++j) {
            const std::size_t column = column_kinds.first_position[j];
            const std::size_t way =
                row_ways.of_position[row] * column_ways.size() + column_ways.of_position[column];
            const std::size_t first_row =
                rows.first_out(row_ways.first_position[row_ways.of_position[row]]);
            const std::size_t first_column =
                columns.first_out(column_ways.first_position[column_ways.of_position[column]]);
            const std::size_t down = rows.first_out(row) - first_row;
            const std::size_t along = columns.first_out(column) - first_column;
            pixels.alike[way].pixels.push_back(
                {i * column_kinds.size() + j,
                 (down * shape.out_columns + along) * shape.out_channels});
        }
    }
    find_reach(shape, rows, columns, pixels);
    return pixels;
}

}  // namespace saltus::kernels
