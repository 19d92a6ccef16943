#include "cli/report/figures.hpp"

namespace saltus {

// Blue and vermillion of the palette of M. Okabe and K. Ito, which readers with any colour vision
// can tell apart; lighter on a dark ground.
const char* const kStyleSheet = R"css(
:root {
    color-scheme: light dark;
    --ground: #f5f6f8; --paper: #ffffff; --ink: #1d232a; --soft: #5c6773; --faint: #e1e5ea;
    --first: #0072b2; --second: #d55e00; --other: #aeb7c1; --strong: #ffffff; --empty: #f0f2f5;
    --pixel-ground: #ffffff; --pixel: #1d232a;
}
@media (prefers-color-scheme: dark) {
    :root {
        --ground: #12161b; --paper: #1a2027; --ink: #e4e8ed; --soft: #98a4b1; --faint: #2d3640;
        --first: #56b4e9; --second: #f08a4b; --other: #55616e; --strong: #0c1015; --empty: #222a33;
        --pixel-ground: #12161b; --pixel: #e4e8ed;
    }
}
* { box-sizing: border-box; }
body {
    margin: 0; background: var(--ground); color: var(--ink);
    font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    font-variant-numeric: tabular-nums;
}
main { max-width: 1020px; margin: 0 auto; padding: 48px 24px 72px; }
header { margin-bottom: 28px; }
.eyebrow {
    margin: 0; color: var(--first); font-size: 13px; font-weight: 600; letter-spacing: .08em;
    text-transform: uppercase;
}
h1 { margin: 4px 0 2px; font-size: 30px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 19px; font-weight: 650; }
h3 { margin: 0 0 8px; font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
p { margin: 0; }
.note { max-width: 68ch; margin-bottom: 18px; color: var(--soft); font-size: 15px; }
.subtitle { color: var(--soft); overflow-wrap: anywhere; }
section, details {
    margin-top: 20px; padding: 26px 28px; background: var(--paper); border: 1px solid var(--faint);
    border-radius: 12px;
}
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 20px; }
.headline dt { color: var(--soft); font-size: 14px; }
.headline dd { margin: 0; font-size: 32px; line-height: 1.2; font-weight: 620; letter-spacing: -.015em; }
.headline dd small { display: block; margin-top: 3px; color: var(--soft); font-size: 13px; font-weight: 400; letter-spacing: 0; }
table { width: 100%; margin-top: 24px; border-collapse: collapse; font-size: 15px; }
td { padding: 7px 0; border-top: 1px solid var(--faint); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 11em; padding-right: 18px; color: var(--soft); white-space: nowrap; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 22px 30px; }
.example { display: flex; flex-wrap: wrap; align-items: center; gap: 22px; margin: 4px 0 6px; }
.example svg { width: 112px; margin: 0; background: var(--pixel-ground); border: 1px solid var(--faint); border-radius: 6px; }
.right-answer { color: var(--first); font-weight: 600; }
.wrong-answer { color: var(--second); font-weight: 600; }
summary { cursor: pointer; font-size: 19px; font-weight: 650; }
pre { margin: 16px 0 0; overflow-x: auto; font: 12.5px/1.5 ui-monospace, "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
svg { display: block; width: 100%; height: auto; margin: 0 auto; overflow: visible; }
svg text { fill: var(--ink); font-size: 13px; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
svg .tick, svg .axis, svg .legend, svg .value { fill: var(--soft); font-size: 12.5px; }
svg .panel { font-weight: 600; font-size: 13.5px; }
.grid { stroke: var(--faint); stroke-width: 1; }
.base { stroke: var(--soft); stroke-width: 1; }
.curve, .trace, .outline, .spikes { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.curve { stroke-width: 2.25; }
.curve.first { stroke: var(--first); }
.curve.second { stroke: var(--second); }
.point { stroke: var(--paper); stroke-width: 1.5; }
.point.first { fill: var(--first); }
.point.second { fill: var(--second); }
.cell { fill: var(--empty); }
.cell.right { fill: var(--first); }
.cell.wrong { fill: var(--second); }
svg .count { text-anchor: middle; font-size: 12.5px; }
svg .count.strong { fill: var(--strong); }
.spikes { stroke: var(--ink); stroke-width: 2; stroke-linecap: butt; }
.trace { stroke-width: 1.4; stroke: var(--other); }
.trace.first { stroke: var(--first); stroke-width: 2.75; }
.trace.second { stroke: var(--second); stroke-width: 2.75; }
svg .name { fill: var(--soft); font-size: 12.5px; }
svg .name.first { fill: var(--first); font-weight: 700; }
svg .name.second { fill: var(--second); font-weight: 700; }
.bars { fill: var(--first); fill-opacity: .55; }
.outline { stroke: var(--second); stroke-width: 1.75; }
.pixel { fill: var(--pixel); shape-rendering: crispEdges; }
@media print { body { background: none; } section, details { break-inside: avoid; } }
)css";

}  // namespace saltus
