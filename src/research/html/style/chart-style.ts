// How do charts look? Thin lines that keep their width, told apart by dashes as well as by colour; text that keeps its size.

const SERIES = ['s0', 's1', 's2', 's3', 's4', 's5'];
const DASHES = ['none', '7 3', '2 3', '10 3 2 3', '12 4', '1 4'];

const seriesRules = SERIES.map(
  (name, index) =>
    `.line.${name},.interval.${name}{stroke:var(--${name});stroke-dasharray:${DASHES[index]}}.bar.${name}{fill:var(--${name})}.point.${name}{stroke:var(--${name})}.estimate.${name}{fill:var(--${name})}.interval.${name}{stroke-dasharray:none}`,
).join('\n');

export const CHART_STYLE = `figure{margin:0 0 28px;min-width:0;container-type:inline-size}
figcaption{font-size:14px;font-weight:600;margin:0 0 4px}
figcaption .note{display:block;font-weight:400;font-size:12.5px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:8px 36px}
.pair{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,1fr);gap:0 28px}
.pair>div{container-type:inline-size}
.axis-name{font-size:12.5px;color:var(--soft);margin:4px 0 0}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 20px;margin:0 0 4px;padding:0;font-size:13px}
.legend li{display:flex;align-items:center;gap:7px}
.readout{font-size:12.5px;line-height:1.5;min-height:1.5em;color:var(--soft);margin:0;white-space:pre-wrap}
.plot{margin:8px 4px 30px 58px}
.plot>svg{display:block;overflow:visible}
.drawing{overflow:visible}
.plot text,.gauge text,.axis text{font-size:11.5px;fill:var(--soft)}
.plot text.y{text-anchor:end}
text.x{text-anchor:middle}
.plot text.x.end{text-anchor:end}
.grid line{stroke:var(--faint);stroke-width:1}
.grid line.base{stroke:var(--rule)}
.drawing *{vector-effect:non-scaling-stroke}
.line{fill:none;stroke:var(--ink);stroke-width:1.6;stroke-linejoin:round}
.line.hold{stroke:var(--hold);stroke-width:1.2}
.line.ideal{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4}
.line.curve{stroke:var(--s1);stroke-width:1.2;opacity:.6}
.line.even{stroke:var(--hold);stroke-width:1.4;stroke-dasharray:2 3}
.area.hold{fill:var(--hold);opacity:.1}
.area.band-area{fill:var(--s1);opacity:.11}
.hair{stroke:var(--soft);stroke-width:1;fill:none}
.point{stroke-linecap:round;fill:none}
.point.strong{stroke:var(--s1)}
.whisker{stroke:var(--soft);stroke-width:1.2;fill:none}
.bar.gain{fill:var(--gain)}.bar.loss{fill:var(--loss)}.bar.neutral{fill:var(--hold)}
.bar.step{opacity:.62}
.bar:hover{opacity:.75}
path.bar:hover{opacity:1}
path.bar{shape-rendering:crispEdges}
.legend .bar.r-unknown{stroke:var(--rule)}
.joint{stroke:var(--rule);stroke-width:1;fill:none}
.failed{fill:var(--alarm);opacity:.13}
.plot text.note{fill:var(--alarm);font-size:15px}
.bar.r-up{fill:var(--r-up)}.bar.r-down{fill:var(--r-down)}.bar.r-range{fill:var(--r-range)}.bar.r-volatile{fill:var(--r-volatile)}.bar.r-unknown{fill:var(--r-unknown)}
.bar.g-normal{fill:var(--faint)}.bar.g-reduced{fill:var(--r-down)}.bar.g-paused{fill:var(--alarm)}
.zero{stroke:var(--rule);stroke-width:1}
.interval{stroke-width:2}
.interval.unsure{opacity:.55}.estimate.unsure{opacity:.75}
.estimate.bare{fill:var(--paper)!important;stroke:var(--soft)}
.other{fill:var(--soft);opacity:.28}
.estimate{stroke:var(--paper);stroke-width:1.5}
.estimate.strong{fill:var(--ink)}
.band{stroke:var(--hold);stroke-width:10;opacity:.35}
.axis svg{overflow:visible}
.gauge{overflow:visible;max-width:560px}
.intervals td.bar-cell{min-width:150px}
.intervals th[scope=row]{max-width:210px}
@container (max-width:520px){.intervals .note{display:block;font-size:11.5px}}
${seriesRules}
.controls{display:flex;flex-wrap:wrap;gap:8px 18px;align-items:center;margin:0 0 6px;font-size:13px;color:var(--soft)}
.controls label{min-width:0;max-width:100%;display:flex;align-items:center;gap:6px}
select{min-width:0;max-width:100%;text-overflow:ellipsis}
select,button{font:inherit;font-size:13px;color:var(--ink);background:var(--paper);border:1px solid var(--rule);border-radius:6px;padding:4px 9px;min-height:30px}
button{cursor:pointer}
button:hover,select:hover{border-color:var(--soft)}
button:focus-visible,select:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.buttons{display:flex;flex-wrap:wrap;gap:6px}
.trades .readout{min-height:3em;white-space:pre-wrap}
canvas{display:block;width:100%;touch-action:pan-y}
.candles{height:430px;cursor:crosshair}
.overview{height:46px;margin-top:6px;cursor:pointer;touch-action:none}
.trades .scroll{max-height:340px;overflow:auto;margin-top:14px}
.trade-list thead th{position:sticky;top:0;background:var(--paper);z-index:1}
.trade-list tbody tr{cursor:pointer}
.trade-list tr.chosen th,.trade-list tr.chosen td{background:var(--panel)}
.trade-list tr.chosen th{box-shadow:inset 3px 0 var(--accent)}
.trade-list th button{border:0;background:none;padding:2px 8px;min-height:0;text-decoration:underline;text-underline-offset:2px}
@container (max-width:430px){.plot .minor,.axis .minor{display:none}}
@media (max-width:640px){
.pair{grid-template-columns:minmax(0,1fr)}
.plot{margin-left:48px}
.candles{height:330px}
.trades .scroll{max-height:300px}}`;
